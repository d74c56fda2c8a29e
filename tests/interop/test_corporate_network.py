"""The real program in a corporate network: a proxy with a password, an authority of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.certificates import make_authority
from tests.support.connect_proxy import connect_proxy
from tests.support.in_thread import in_thread
from tests.support.program import Program, running
from tests.support.rig import get
from tests.support.sample_provider import CLIENT_ID, SampleProvider
from tests.support.tinyproxy import Tinyproxy, tinyproxy

NAME = "login.far.example"


@dataclass
class Office:
    """A program that only the proxy lets out, and the provider out there."""

    program: Program
    proxy: Tinyproxy
    provider: SampleProvider
    entry: dict[str, Any]

    def set_proxy(self, proxy: str) -> None:
        answer = self.program.as_person("PATCH", "/v1.0/settings", {"proxy": proxy})
        assert answer.status == 200, answer.body

    def add(self, **changes: Any) -> Any:
        return self.program.as_program("POST", "/v1.0/providers", {**self.entry, **changes})

    def sign_in(self, provider: str) -> dict[str, Any]:
        wish = {"provider": provider, "open_browser": False}
        begun = self.program.as_program("POST", "/v1.0/oauth/sign-ins", wish)
        assert begun.status == 201, begun.body
        url = begun.json["authorization_url"]
        self.provider.saw(url)
        state = url.partition("state=")[2].partition("&")[0]
        assert get(f"{begun.json['redirect_uri']}?code=c&state={state}")[0] == 200
        path = f"/v1.0/oauth/sign-ins/{begun.json['id']}"
        while (now := self.program.as_program("GET", path).json)["status"] == "pending":
            time.sleep(0.02)
        return now


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root: Path = tmp_path_factory.mktemp("office")
    authority = make_authority(root)
    tls = authority.server_context(name=NAME, folder=root)
    with (
        in_thread(lambda: SampleProvider(time.time, name=NAME, tls=tls)) as provider,
        in_thread(lambda: connect_proxy(provider.port)) as far,
        tinyproxy(root, upstream=far.port) as proxy,
        running(root / "data", "--key-file", str(root / "key"), HTTPS_PROXY=proxy.url) as program,
    ):
        entry = {
            "name": "Far",
            "issuer": provider.issuer,
            "client_id": CLIENT_ID,
            "ca_file": str(authority.file),
        }
        yield Office(program, proxy, provider, entry)


def test_everything_goes_through_the_environments_proxy(office: Office) -> None:
    assert office.add(id="far").status == 201
    done = office.sign_in("far")
    assert done["status"] == "completed", done
    paths = {path for path, _ in office.provider.requests}
    assert paths >= {"/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"}
    assert set(office.proxy.asked()) == {f"CONNECT {NAME}:443"}
    # Any change makes Coatcheck ask again what a provider says of itself.
    assert office.program.as_person("DELETE", "/v1.0/providers/far").status == 204


@pytest.mark.parametrize("setting", ["none", "bare", "wrong"])
def test_the_settings_win_and_a_proxy_that_refuses_is_named(office: Office, setting: str) -> None:
    wrong = f"http://coatcheck:wrong@127.0.0.1:{office.proxy.port}"
    office.set_proxy({"none": "none", "bare": office.proxy.bare_url, "wrong": wrong}[setting])
    refused = office.add(id=f"far-{setting}")
    assert (refused.status, refused.json["error"]) == (502, "provider_unreachable")
    assert ("proxy" in refused.json["message"]) == (setting != "none")
    office.set_proxy(office.proxy.url)
    assert office.add(id=f"far-{setting}").status == 201
    office.set_proxy("")


def test_an_authority_that_nobody_named_is_refused(office: Office) -> None:
    refused = office.add(id="untrusted", ca_file=None)
    assert (refused.status, refused.json["error"]) == (502, "provider_unreachable")
    assert "certificate" in refused.json["message"]

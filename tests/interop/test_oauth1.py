"""The real program against an OAuth 1.0a server on oauthlib, with all five signature methods."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.oauth1_server import METHODS, Oauth1Server, running_oauth1_server
from tests.support.program import Program, running
from tests.support.rig import get

every_method = pytest.mark.parametrize("method", METHODS)


@dataclass
class Peers:
    """A program and a server, with an entry for each signature method."""

    program: Program
    server: Oauth1Server

    def sign_in(self, method: str, **options: Any) -> dict[str, Any]:
        """Begin a sign-in, and have the person say yes at the server."""
        wish = {"provider": f"signed-{method.lower()}", "open_browser": False, **options}
        begun = self.program.as_program("POST", "/v1.0/oauth/sign-ins", wish)
        assert begun.status == 201, begun.body
        status, said = get(begun.json["authorization_url"])
        assert status == 200
        return {**begun.json, "said": said}

    def ended(self, sign_in: dict[str, Any]) -> dict[str, Any]:
        """Return the sign-in once it is over; asking is all that a program can do."""
        path = f"/v1.0/oauth/sign-ins/{sign_in['id']}"
        while (now := self.program.as_program("GET", path).json)["status"] == "pending":
            time.sleep(0.02)
        return now

    def completed(self, sign_in: dict[str, Any]) -> dict[str, Any]:
        """Return the profile of a sign-in that worked."""
        done = self.ended(sign_in)
        assert done["status"] == "completed", done
        return self.program.as_program("GET", f"/v1.0/profiles/{done['profile_id']}").json

    def signature(self, profile: dict[str, Any], **wish: Any) -> str:
        path = f"/v1.0/profiles/{profile['id']}/oauth1-signature"
        answer = self.program.as_person("POST", path, wish)
        assert answer.status == 200, answer.body
        return str(answer.json["authorization"])


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    root = tmp_path_factory.mktemp("oauth1")
    with (
        running_oauth1_server() as server,
        running(root / "data", "--key-file", str(root / "key")) as program,
    ):
        for method in METHODS:
            entry = server.entry(method, id=f"signed-{method.lower()}", name=method)
            assert program.as_program("POST", "/v1.0/providers", entry).status == 201
        yield Peers(program, server)


def send(url: str, header: str, form: dict[str, str] | None = None) -> Any:
    body = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data=body, headers={"Authorization": header})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=120) as response:
        return json.loads(response.read())


@every_method
def test_it_signs_in_and_signs_what_the_server_takes(peers: Peers, method: str) -> None:
    profile = peers.completed(peers.sign_in(method))
    assert (profile["name"], profile["username"]) == ("Maria Sample", "maria")
    assert (profile["status"], profile["can_refresh"]) == ("active", False)
    url = f"{peers.server.url}/app/private"
    # What is hard to encode is where two programs disagree.
    form = {"tïtle": "a+b & c=~%", "empty": ""}
    header = peers.signature(profile, method="POST", url=f"{url}?q=%20+x", parameters=form)
    assert f'oauth_signature_method="{method}"' in header
    assert send(f"{url}?q=%20+x", header, form) == [["tïtle", "a+b & c=~%"]]
    assert send(url, peers.signature(profile, method="GET", url=url)) == []


@every_method
def test_it_takes_the_code_that_the_person_types(peers: Peers, method: str) -> None:
    begun = peers.sign_in(method, flow="paste")
    assert "redirect_uri" not in begun or begun["redirect_uri"] is None
    verifier = urllib.parse.parse_qs(begun["said"])["oauth_verifier"][0]
    path = f"/v1.0/oauth/sign-ins/{begun['id']}/redirect"
    assert peers.program.as_program("POST", path, {"code": verifier}).status in {200, 202, 204}
    assert peers.completed(begun)["username"] == "maria"


@pytest.mark.parametrize("spelling", ["True", "TRUE", "true"])
def test_the_callback_may_be_confirmed_in_any_letter_case(peers: Peers, spelling: str) -> None:
    peers.server.confirmed = spelling
    assert peers.completed(peers.sign_in("HMAC-SHA1"))["status"] == "active"


def test_a_callback_that_is_not_confirmed_ends_it(peers: Peers) -> None:
    """OAuth 1.0 without the "a" lets somebody else finish the sign-in (RFC 5849 section 4.7)."""
    peers.server.confirmed = "no"
    wish = {"provider": "signed-plaintext", "open_browser": False}
    refused = peers.program.as_program("POST", "/v1.0/oauth/sign-ins", wish)
    peers.server.confirmed = "true"
    assert refused.status >= 400
    assert refused.json["error"] == "callback_not_confirmed"


def test_plaintext_is_never_sent_in_the_clear(peers: Peers) -> None:
    """RFC 5849 section 3.4.4: it would show both secrets to the network."""
    profile = peers.completed(peers.sign_in("PLAINTEXT"))
    path = f"/v1.0/profiles/{profile['id']}/oauth1-signature"
    wish = {"method": "GET", "url": "http://photos.example/"}
    assert peers.program.as_person("POST", path, wish).status == 400

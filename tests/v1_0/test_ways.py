"""``/v1.0/ways``: how a program gets to a server as the person wants."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.certificates import make_authority
from tests.support.served import Served

PATH = "/v1.0/ways"
WISH = {"url": "https://tools.example/mcp"}


@pytest.mark.parametrize(
    ("setting", "proxy", "has_password"),
    [
        ("", "system", False),
        ("none", "none", False),
        ("http://proxy.example:80", "http://proxy.example:80", False),
        ("http://me:secret@proxy.example:3128", "http://proxy.example:3128", True),
    ],
)
def test_the_proxy_is_told_and_never_its_password(
    served: Served, setting: str, proxy: str, has_password: bool
) -> None:
    person = served.person()
    assert person.ask("PATCH", "/v1.0/settings", {"proxy": setting}).status == 200
    answer = served.program("POST", PATH, WISH)
    assert answer.status == 200
    assert answer.json == {"proxy": proxy, "has_password": has_password, "ca_file": None}


def test_the_authority_is_that_of_an_account_s_provider_whose_tokens_may_go_there(
    served: Served, tmp_path: Path
) -> None:
    authority = str(make_authority(tmp_path).file)
    entry = {
        "id": "company",
        "name": "Company",
        "authorization_endpoint": "https://login.example/authorize",
        "token_endpoint": "https://login.example/token",
        "userinfo_endpoint": "https://login.example/me",
        "client_id": "c",
        "token_hosts": ["https://tools.example"],
        "ca_file": authority,
    }
    assert served.program("POST", "/v1.0/providers", entry).status == 201
    assert served.program("POST", PATH, WISH).json["ca_file"] is None, "a program added it"
    served.add_profile(provider="company")
    places = [WISH["url"], "https://login.example/", "https://tools.example.org/mcp"]
    told = [served.program("POST", PATH, {"url": each}).json["ca_file"] for each in places]
    assert told == [authority, authority, None]


def test_a_stranger_a_foreign_place_and_a_locked_vault_are_refused(served: Served) -> None:
    assert served.ask("POST", PATH, body=WISH).status == 401
    foreign = served.program("POST", PATH, WISH, Origin="https://evil.example")
    assert foreign.status == 403
    served.lock()
    assert served.program("POST", PATH, WISH).error == "locked"


@pytest.mark.parametrize("body", [{}, {"url": 1}, {"url": "http://tools.example/"}, {"url": "x"}])
def test_what_is_no_address_is_400(served: Served, body: dict[str, object]) -> None:
    assert served.program("POST", PATH, body).status == 400

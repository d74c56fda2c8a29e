"""``/v1.0/oauth/sign-ins``: start, watch, answer and give up a sign-in."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.served import Answer, Served
from tests.v1_0.test_providers import OWN

PROVIDER = OWN | {"redirect": "any_port"}


def start(served: Served, **wish: Any) -> Answer:
    served.program("POST", "/v1.0/providers", PROVIDER)
    return served.program("POST", "/v1.0/oauth/sign-ins", {"provider": "forge", **wish})


def test_a_sign_in_says_where_the_person_signs_in(served: Served) -> None:
    answer = start(served, open_browser=False, scopes=["read", "write"], login_hint="ada")
    assert answer.status == 201
    body = answer.json
    assert answer.headers["location"] == f"/v1.0/oauth/sign-ins/{body['id']}"
    assert (body["status"], body["flow"]) == ("pending", "redirect")
    assert body["expires_at"] == "2026-02-02T02:50:00Z"
    query = parse_qs(urlsplit(body["authorization_url"]).query)
    assert query["scope"] == ["read write"]
    assert query["redirect_uri"] == [body["redirect_uri"]]
    assert query["code_challenge_method"] == ["S256"]
    assert served.browser.opened == []


def test_a_sign_in_may_say_what_the_access_is_meant_for(served: Served) -> None:
    answer = start(served, open_browser=False, resources=["https://api.example/"])
    query = parse_qs(urlsplit(answer.json["authorization_url"]).query)
    assert query["resource"] == ["https://api.example/"]
    answer = start(served, open_browser=False, resources=["photos"])
    assert (answer.status, answer.error) == (400, "invalid_resource")
    answer = start(served, open_browser=False, resources="https://api.example/")
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_the_browser_is_opened_and_opened_again(served: Served) -> None:
    body = start(served).json
    assert served.browser.opened == [body["authorization_url"]]
    again = served.program("POST", f"/v1.0/oauth/sign-ins/{body['id']}/open", {})
    assert (again.status, again.json["id"]) == (200, body["id"])
    assert len(served.browser.opened) == 2


def test_a_sign_in_is_watched_and_given_up(served: Served) -> None:
    path = f"/v1.0/oauth/sign-ins/{start(served).json['id']}"
    assert served.program("GET", path).json["status"] == "pending"
    assert served.program("GET", "/v1.0/oauth/sign-ins").json["total"] == 1
    assert served.program("DELETE", path).status == 204
    body = served.program("GET", path).json
    assert body["status"] == "cancelled"
    assert "authorization_url" not in body
    assert served.program("POST", f"{path}/open", {}).status == 409


def test_the_person_said_no(served: Served) -> None:
    body = start(served, open_browser=False).json
    state = parse_qs(urlsplit(body["authorization_url"]).query)["state"][0]
    back = urlsplit(body["redirect_uri"])
    connection = http.client.HTTPConnection(back.netloc, timeout=120)
    connection.request("GET", f"{back.path}?error=access_denied&state={state}")
    assert connection.getresponse().status == 303
    connection.close()
    ended = served.program("GET", f"/v1.0/oauth/sign-ins/{body['id']}").json
    assert (ended["status"], ended["error"]) == ("failed", "access_denied")
    assert ended["message"]


def test_a_pasted_address_that_is_not_ours_does_not_end_it(served: Served) -> None:
    body = start(served, open_browser=False).json
    path = f"/v1.0/oauth/sign-ins/{body['id']}"
    for url in ("nonsense", "https://evil.example/?code=x", f"{body['redirect_uri']}?state=no"):
        answer = served.program("POST", f"{path}/redirect", {"url": url})
        assert answer.status == 400, answer
    assert served.program("GET", path).json["status"] == "pending"


@pytest.mark.parametrize("pasted", [{}, {"url": "x", "code": "y"}, {"url": 5}, {"address": "x"}])
def test_a_bad_paste_is_400(served: Served, pasted: dict[str, Any]) -> None:
    path = f"/v1.0/oauth/sign-ins/{start(served, open_browser=False).json['id']}"
    answer = served.program("POST", f"{path}/redirect", pasted)
    assert (answer.status, answer.error) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"provider": 5}, 400, "invalid_request"),
        ({"provider": ""}, 400, "invalid_request"),
        ({"provider": "none"}, 404, "not_found"),
        ({"provider": "github"}, 409, "client_id_needed"),
        ({"provider": "github", "flow": "implicit"}, 400, "invalid_request"),
        ({"provider": "github", "scopes": "read"}, 400, "invalid_request"),
        ({"provider": "github", "scopes": [""]}, 400, "invalid_request"),
    ],
)
def test_a_sign_in_that_cannot_start_says_why(
    served: Served, wish: dict[str, Any], status: int, code: str
) -> None:
    answer = served.program("POST", "/v1.0/oauth/sign-ins", wish)
    assert (answer.status, answer.error) == (status, code)
    assert answer.json["message"]


@pytest.mark.parametrize("path", ["", "/redirect", "/open"])
def test_an_unknown_sign_in_is_404(served: Served, path: str) -> None:
    method, body = ("POST", {"url": "x"} if path == "/redirect" else {}) if path else ("GET", None)
    assert served.program(method, f"/v1.0/oauth/sign-ins/none{path}", body).status == 404


def test_a_sign_in_for_an_account_says_so_and_takes_no_other_provider_s(served: Served) -> None:
    served.program("POST", "/v1.0/providers", PROVIDER)
    served.add_profile("mine", provider="forge")
    served.add_profile("other")
    wish = {"provider": "forge", "open_browser": False, "for_profile": "mine"}
    begun = served.program("POST", "/v1.0/oauth/sign-ins", wish)
    assert (begun.status, begun.json["for_profile"]) == (201, "mine")
    assert "login_hint=ada%40photos.example" in begun.json["authorization_url"]
    wrong = served.program("POST", "/v1.0/oauth/sign-ins", {**wish, "for_profile": "other"})
    assert (wrong.status, wrong.json["field"]) == (400, "for_profile")
    nobody = served.program("POST", "/v1.0/oauth/sign-ins", {**wish, "for_profile": "nobody"})
    assert nobody.status == 404

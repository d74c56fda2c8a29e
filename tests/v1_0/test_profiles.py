"""``/v1.0/profiles``: list, see, name and forget accounts; never a token."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.answers import json_answer
from tests.support.served import NOW, PHOTOS, Served

PUBLIC_FIELDS = {
    "id",
    "provider",
    "issuer",
    "subject",
    "label",
    "name",
    "username",
    "email",
    "avatar_url",
    "scopes_requested",
    "scopes_granted",
    "status",
    "access_token_expires_at",
    "can_refresh",
    "created_at",
    "updated_at",
    "claims",
}
SECRETS = (b"the-access-token", b"the-refresh-token", b"the-id-token", b"the-client-secret")


def test_the_list_is_a_collection_with_a_total(served: Served) -> None:
    for number in range(3):
        served.add_profile(f"p{number}", email=f"a{number}@photos.example")
    body = served.program("GET", "/v1.0/profiles?limit=2&offset=1").json
    assert body["total"] == 3
    assert len(body["profiles"]) == 2
    assert served.program("GET", "/v1.0/profiles?query=a2@photos").json["total"] == 1
    assert served.program("GET", "/v1.0/profiles?provider=github").json["total"] == 0
    assert served.program("GET", "/v1.0/profiles?limit=0").json == {"profiles": [], "total": 3}


def test_only_providers_that_may_send_tokens_to_a_host_are_left(served: Served) -> None:
    entry = {
        "name": "Forge",
        "id": "forge",
        "authorization_endpoint": "https://forge.example/authorize",
        "token_endpoint": "https://forge.example/token",
        "userinfo_endpoint": "https://forge.example/user",
        "client_id": "c",
        "token_hosts": ["git.forge.example", "http://127.0.0.1:9200"],
    }
    assert served.program("POST", "/v1.0/providers", entry).status == 201
    served.add_profile("p1")
    served.add_profile("p2", provider="forge")

    def found(host: str) -> list[str]:
        body = served.program("GET", f"/v1.0/profiles?token_host={host}").json
        return [each["id"] for each in body["profiles"]]

    for host in ("https://git.forge.example", "git.forge.example:443", "http://127.0.0.1:9200"):
        assert found(host) == ["p2"], host
    for host in (
        "https://forge.example",
        "https://git.forge.example.org",
        "https://xgit.forge.example",
        "https://git.forge.example:8443",
        "http://127.0.0.1:9201",
        "http://localhost:9200",
    ):
        assert found(host) == [], host
    for host in ("http://git.forge.example", "https://git.forge.example/path", "ftp://x", "a@b"):
        answer = served.program("GET", f"/v1.0/profiles?token_host={host}")
        assert (answer.status, answer.error) == (400, "bad_endpoint"), host


def test_an_account_without_tokens_is_no_account_for_a_host(served: Served) -> None:
    """An OAuth 1.0a account signs requests: git, which asks this way, could not use it."""
    place = "https://forge.example"
    entry = {
        "name": "Forge",
        "id": "forge",
        "protocol": "oauth1",
        "request_token_endpoint": f"{place}/initiate",
        "authorization_endpoint": f"{place}/authorize",
        "token_endpoint": f"{place}/token",
        "userinfo_endpoint": f"{place}/user",
        "client_id": "c",
        "client_secret": "s",
        "token_hosts": [place],
    }
    assert served.program("POST", "/v1.0/providers", entry).status == 201
    served.add_profile("p1", provider="forge")
    assert served.program("GET", f"/v1.0/profiles?token_host={place}").json["profiles"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=1001", "limit"),
        ("offset=-1", "offset"),
        ("offset=1.5", "offset"),
        ("limit=1&limit=2", "limit"),
        ("query=%ff", "query"),
    ],
)
def test_a_bad_query_is_400(served: Served, query: str, field: str) -> None:
    answer = served.program("GET", f"/v1.0/profiles?{query}")
    assert (answer.status, answer.error, answer.json["field"]) == (400, "invalid_request", field)


def test_a_profile_has_every_public_field_and_no_secret(served: Served) -> None:
    served.add_profile()
    answer = served.program("GET", "/v1.0/profiles/p1")
    body = answer.json
    assert set(body) >= PUBLIC_FIELDS
    assert body["access_token_expires_at"] == "2026-02-02T02:45:00Z"
    assert body["created_at"] == "2026-02-02T02:40:00Z"
    assert body["can_refresh"] is True
    assert body["scopes_requested"] == ["openid", "photos.read", "photos.delete"]
    assert body["scopes_granted"] == ["openid", "photos.read"]
    for shown in (answer, served.program("GET", "/v1.0/profiles")):
        assert not [secret for secret in SECRETS if secret in shown.body]


def test_a_profile_without_a_grant_or_an_end_has_nulls(served: Served) -> None:
    served.add_profile(grant=None, status="revoked")
    body = served.program("GET", "/v1.0/profiles/p1").json
    assert (body["access_token_expires_at"], body["can_refresh"]) == (None, False)
    assert body["scopes_granted"] == []


@pytest.mark.parametrize("moment", [1e300, float("inf"), -5.0])
def test_a_time_beyond_the_calendar_still_answers(served: Served, moment: float) -> None:
    served.add_profile(created_at=moment)
    assert served.program("GET", "/v1.0/profiles/p1").status == 200


def test_a_name_that_fits_one_profile_is_enough(served: Served) -> None:
    served.add_profile()
    for name in ("photos", "ada@photos", "ada@photos.example", "ada%40photos.example"):
        assert served.program("GET", f"/v1.0/profiles/{name}").json["id"] == "p1"


def test_a_name_that_fits_several_is_409_and_lists_them(served: Served) -> None:
    served.add_profile("p1")
    served.add_profile("p2", username="bob", email="bob@photos.example")
    for method, body in (("GET", None), ("PATCH", {"label": "x"}), ("DELETE", None)):
        answer = served.program(method, "/v1.0/profiles/photos", body)
        assert (answer.status, answer.error) == (409, "ambiguous_profile")
        assert len(answer.json["candidates"]) == 2


def test_a_profile_is_named(served: Served) -> None:
    served.add_profile()
    answer = served.program("PATCH", "/v1.0/profiles/p1", {"label": "Holidays"})
    assert (answer.status, answer.json["label"]) == (200, "Holidays")
    answer = served.program("PATCH", "/v1.0/profiles/p1", {"label": "two\nlines"})
    assert (answer.status, answer.json["field"]) == (400, "label")


def test_a_profile_is_forgotten_and_revoked_first_if_asked(served: Served) -> None:
    for number in (1, 2):
        served.add_profile(f"p{number}")
    assert served.program("DELETE", "/v1.0/profiles/p1").status == 204
    assert served.http.asked == []
    served.plug_in()
    assert served.program("DELETE", "/v1.0/profiles/p2?revoke=true").status == 204
    assert f"{PHOTOS}/revoke" in served.http.asked
    assert served.program("GET", "/v1.0/profiles/p2").status == 404


def test_a_profile_that_cannot_be_revoked_is_not_forgotten(served: Served) -> None:
    served.add_profile()
    answer = served.program("DELETE", "/v1.0/profiles/p1?revoke=true")
    assert (answer.status, answer.error) == (502, "provider_unreachable")
    assert served.program("GET", "/v1.0/profiles/p1").status == 200
    assert served.program("DELETE", "/v1.0/profiles/p1?revoke=perhaps").status == 400


def test_a_picture_is_a_png_or_404(served: Served) -> None:
    served.add_profile()
    assert served.program("GET", "/v1.0/profiles/p1/picture").status == 404
    served.run(served.services.profiles.keep_picture("p1", b"\x89PNG", "https://photos.example"))
    answer = served.program("GET", "/v1.0/profiles/p1/picture")
    assert (answer.headers["content-type"], answer.body) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize("action", ["refresh", "revoke", "introspect", "token"])
class TestGrants:
    """What is done with a grant."""

    def test_it_answers(self, served: Served, action: str) -> None:
        served.add_profile()
        served.plug_in()
        answer = served.person().ask("POST", f"/v1.0/profiles/p1/{action}", {})
        assert answer.status == 200
        expected: dict[str, Any] = {
            "refresh": ("id", "p1"),
            "revoke": ("proof", "provider_confirmed"),
            "introspect": ("active", True),
            "token": ("access_token", "the-access-token"),
        }
        name, value = expected[action]
        assert answer.json[name] == value

    def test_an_unknown_profile_is_404(self, served: Served, action: str) -> None:
        assert served.program("POST", f"/v1.0/profiles/none/{action}", {}).status == 404

    def test_a_provider_that_is_away_is_502(self, served: Served, action: str) -> None:
        served.add_profile(access_token_expires_at=NOW - 1)
        answer = served.person().ask("POST", f"/v1.0/profiles/p1/{action}", {})
        assert (answer.status, answer.error) == (502, "provider_unreachable")


@pytest.mark.parametrize("action", ["refresh", "token"])
def test_an_ended_grant_is_409(served: Served, action: str) -> None:
    served.add_profile(status="needs_sign_in")
    answer = served.person().ask("POST", f"/v1.0/profiles/p1/{action}", {})
    assert (answer.status, answer.error) == (409, "needs_sign_in")


def test_a_token_says_until_when_it_is_good(served: Served) -> None:
    served.add_profile()
    wish = {"scopes": ["photos.read"], "min_valid_seconds": 30, "wait_seconds": 0}
    body = served.person().ask("POST", "/v1.0/profiles/p1/token", wish).json
    assert body == {
        "access_token": "the-access-token",
        "token_type": "Bearer",
        "expires_at": "2026-02-02T02:45:00Z",
        "scopes": ["openid", "photos.read"],
        "wider": True,
    }


def test_a_token_allows_no_more_than_was_asked_for_where_the_provider_gives_such(
    served: Served,
) -> None:
    served.add_profile()
    narrowed = {"access_token": "narrow", "token_type": "Bearer", "scope": "photos.read"}
    served.http.answers[f"{PHOTOS}/token"] = json_answer(narrowed)
    wish = {"scopes": ["photos.read"]}
    body = served.person().ask("POST", "/v1.0/profiles/p1/token", wish).json
    assert (body["access_token"], body["scopes"]) == ("narrow", ["photos.read"])
    assert body["wider"] is False


def test_a_token_for_a_place_that_the_provider_refuses_is_502(served: Served) -> None:
    served.add_profile()
    person, path = served.person(), "/v1.0/profiles/p1/token"
    served.http.answers[f"{PHOTOS}/token"] = json_answer({"error": "invalid_target"}, status=400)
    answer = person.ask("POST", path, {"resource": "https://api.example/"})
    assert (answer.status, answer.error) == (502, "invalid_target")
    answer = person.ask("POST", path, {"resource": "api"})
    assert (answer.status, answer.error) == (400, "invalid_resource")
    answer = person.ask("POST", path, {"resource": 5})
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert NOW + 300 == 1_770_000_300


@pytest.mark.parametrize("wish", [{"wait_seconds": 0}, {"scopes": ["openid"], "wait_seconds": 0}])
@pytest.mark.parametrize("over_socket", [True, False])
def test_a_program_gets_no_token_without_an_approval(
    served: Served, wish: dict[str, Any], over_socket: bool
) -> None:
    served.add_profile()
    person = served.person()
    path = "/v1.0/profiles/p1/token"
    if over_socket:
        answer = served.ask("POST", path, wish, over_socket=True, headers={"Cookie": person.cookie})
    else:
        answer = served.program("POST", path, wish, Cookie=person.cookie)
    assert (answer.status, answer.error) == (403, "approval_required")
    assert b"the-access-token" not in answer.body


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"scopes": "photos.read"}, "scopes"),
        ({"scopes": [5]}, "scopes[0]"),
        ({"min_valid_seconds": -1}, "min_valid_seconds"),
        ({"min_valid_seconds": "60"}, "min_valid_seconds"),
        ({"wait_seconds": None}, "wait_seconds"),
        ({"scope": ["photos.read"]}, "scope"),
    ],
)
def test_a_bad_wish_for_a_token_is_400(served: Served, wish: dict[str, Any], field: str) -> None:
    served.add_profile()
    answer = served.person().ask("POST", "/v1.0/profiles/p1/token", wish)
    assert (answer.status, answer.json["field"]) == (400, field)

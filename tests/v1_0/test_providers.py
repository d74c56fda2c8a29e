"""``/v1.0/providers``: presets and the person's own; secrets are never given back."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.providers.model import Provider, Redirect
from desktop_app.v1_0.schemas.providers import provider_body
from tests.support.answers import json_answer
from tests.support.served import Served

OWN: dict[str, Any] = {
    "id": "forge",
    "name": "The forge",
    "protocol": "oauth2",
    "authorization_endpoint": "https://forge.example/authorize",
    "token_endpoint": "https://forge.example/token",
    "userinfo_endpoint": "https://forge.example/me",
    "userinfo_mapping": {"subject": "/account/id", "name": "login"},
    "client_id": "coatcheck",
    "client_secret": "the-client-secret",
    "scopes": ["read"],
    "redirect": {"host": "127.0.0.1", "port": 8123, "path": "/back"},
    "token_hosts": ["forge.example"],
}


def test_the_presets_are_there(served: Served) -> None:
    body = served.program("GET", "/v1.0/providers").json
    assert body["total"] == len(body["providers"])
    assert {"photos", "google", "microsoft", "github", "gitlab"} <= {
        each["id"] for each in body["providers"]
    }
    github = served.program("GET", "/v1.0/providers/github").json
    assert (github["origin"], github["ready"]) == ("preset", False)
    assert github["redirect_uri"].startswith("http://127.0.0.1/")


def test_a_provider_is_added_and_its_secret_never_given_back(served: Served) -> None:
    answer = served.program("POST", "/v1.0/providers", OWN)
    assert answer.status == 201, answer
    assert answer.headers["location"] == "/v1.0/providers/forge"
    body = answer.json
    assert (body["origin"], body["ready"], body["has_client_secret"]) == ("own", True, True)
    assert body["redirect"] == {"host": "127.0.0.1", "port": 8123, "path": "/back"}
    assert body["redirect_uri"] == "http://127.0.0.1:8123/back"
    assert body["userinfo_mapping"]["subject"] == "/account/id"
    assert body["token_hosts"] == ["https://forge.example"]
    shown = served.program("GET", "/v1.0/providers/forge")
    assert shown.json == body
    for each in (answer, shown, served.program("GET", "/v1.0/providers")):
        assert b"the-client-secret" not in each.body


def test_an_issuer_is_enough(served: Served) -> None:
    issuer = "https://id.example"
    served.http.answers[f"{issuer}/.well-known/openid-configuration"] = json_answer(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile"],
        }
    )
    draft = {"name": "Example", "issuer": issuer, "client_id": "coatcheck"}
    answer = served.program("POST", "/v1.0/providers", draft)
    assert (answer.status, answer.json["issuer"]) == (201, issuer)


def _registering(served: Served, answer: dict[str, Any], status: int = 201) -> dict[str, Any]:
    """Let an issuer register clients; return the draft that asks for it."""
    issuer = "https://id.example"
    served.http.answers[f"{issuer}/.well-known/openid-configuration"] = json_answer(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "registration_endpoint": f"{issuer}/register",
            "jwks_uri": f"{issuer}/jwks",
        }
    )
    served.http.answers[f"{issuer}/register"] = json_answer(answer, status=status)
    return {"id": "id", "name": "Example", "issuer": issuer, "register": True}


def test_a_provider_that_registers_coatcheck_needs_no_client_id(served: Served) -> None:
    registered = {"client_id": "made", "client_secret": "the-client-secret"}
    draft = _registering(served, registered)
    answer = served.program("POST", "/v1.0/providers", draft)
    assert answer.status == 201, answer
    body = answer.json
    assert (body["ready"], body["client_id"], body["register"]) == (True, "made", True)
    assert body["registered_client"] == {
        "client_id": "made",
        "registered_at": served.program("GET", "/v1.0/providers/id").json["registered_client"][
            "registered_at"
        ],
        "client_secret_expires_at": None,
        "managed": False,
    }
    assert b"the-client-secret" not in answer.body


def test_the_token_for_registering_is_kept_and_never_given_back(served: Served) -> None:
    draft = _registering(served, {"client_id": "made"}) | {"initial_access_token": "t0ken"}
    answer = served.program("POST", "/v1.0/providers", draft)
    assert (answer.status, answer.json["has_initial_access_token"]) == (201, True)
    person = served.person()
    again = person.ask("PUT", "/v1.0/providers/id", {**answer.json, "name": "Another name"})
    assert again.json["has_initial_access_token"]
    for each in (answer, again, person.ask("GET", "/v1.0/providers/id")):
        assert b"t0ken" not in each.body
    elsewhere = {"issuer": "https://id.example", "registration_endpoint": "https://x.example/r"}
    gone = person.ask("PUT", "/v1.0/providers/id", elsewhere)
    assert gone.json["has_initial_access_token"] is False


def test_an_answer_about_a_registered_client_can_be_sent_back(served: Served) -> None:
    draft = _registering(served, {"client_id": "made"})
    body = served.program("POST", "/v1.0/providers", draft).json
    again = served.person().ask("PUT", "/v1.0/providers/id", {**body, "name": "Another name"})
    assert (again.status, again.json["name"]) == (200, "Another name")
    assert again.json["registered_client"] == body["registered_client"]


def test_the_person_has_coatcheck_registered_anew(served: Served) -> None:
    served.program("POST", "/v1.0/providers", _registering(served, {"client_id": "first"}))
    _registering(served, {"client_id": "second"})
    person = served.person()
    answer = person.ask("POST", "/v1.0/providers/id/registration")
    assert answer.status == 201, answer
    assert answer.json["registered_client"]["client_id"] == "second"
    assert answer.json == person.ask("GET", "/v1.0/providers/id").json


def _tokens_at_registering(served: Served) -> list[str | None]:
    asked = [each for each in served.http.requests if each.url == "https://id.example/register"]
    return [each.headers.get("Authorization") for each in asked]


def test_a_provider_that_registers_nobody_without_its_token_gets_it_and_nobody_else(
    served: Served,
) -> None:
    """RFC 7591 section 3: the initial access token."""
    draft = _registering(served, {"client_id": "first"}) | {"initial_access_token": "given-1"}
    body = served.program("POST", "/v1.0/providers", draft).json
    assert body["has_initial_access_token"] is True
    assert "initial_access_token" not in body
    _registering(served, {"client_id": "second"})
    person = served.person()
    person.ask("PUT", "/v1.0/providers/id", body)
    person.ask("POST", "/v1.0/providers/id/registration")
    assert _tokens_at_registering(served) == ["Bearer given-1"] * 2
    again = {"initial_access_token": "given-2"}
    assert person.ask("POST", "/v1.0/providers/id/registration", again).status == 201
    person.ask("POST", "/v1.0/providers/id/registration")
    assert _tokens_at_registering(served)[2:] == ["Bearer given-2"] * 2


@pytest.mark.parametrize("body", [{"initial_access_token": "zwölf"}, {"token": "x"}])
def test_registering_anew_takes_nothing_but_a_token(served: Served, body: dict[str, str]) -> None:
    served.program("POST", "/v1.0/providers", _registering(served, {"client_id": "first"}))
    answer = served.person().ask("POST", "/v1.0/providers/id/registration", body)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_refusal_to_register_anew_leaves_the_client_that_is_there(served: Served) -> None:
    served.program("POST", "/v1.0/providers", _registering(served, {"client_id": "first"}))
    _registering(served, {"error": "access_denied"}, status=403)
    person = served.person()
    answer = person.ask("POST", "/v1.0/providers/id/registration")
    assert (answer.status, answer.error) == (502, "registration_failed")
    shown = person.ask("GET", "/v1.0/providers/id").json
    assert shown["registered_client"]["client_id"] == "first"


def test_only_the_person_registers_anew_and_only_where_coatcheck_registers_itself(
    served: Served,
) -> None:
    served.program("POST", "/v1.0/providers", OWN)
    address = "/v1.0/providers/forge/registration"
    assert served.ask("POST", address).status == 401
    answer = served.program("POST", address)
    assert (answer.status, answer.error) == (403, "person_required")
    person = served.person()
    assert person.ask("POST", address, Origin="https://evil.example").status == 403
    answer = person.ask("POST", address)
    assert (answer.status, answer.error) == (400, "not_supported")
    template = person.ask("POST", "/v1.0/providers/mastodon/registration")
    assert (template.status, template.error) == (400, "not_supported")
    assert person.ask("POST", "/v1.0/providers/nobody/registration").status == 404


def test_a_refused_registration_says_what_to_do_and_keeps_nothing(served: Served) -> None:
    draft = _registering(served, {"error": "access_denied"}, status=403)
    answer = served.program("POST", "/v1.0/providers", draft)
    assert (answer.status, answer.error) == (502, "registration_failed")
    assert "Enter a client ID instead" in answer.json["message"]
    assert served.program("GET", "/v1.0/providers/id").status == 404


def test_an_issuer_that_cannot_be_reached_is_502(served: Served) -> None:
    draft = {"name": "Example", "issuer": "https://away.example", "client_id": "c"}
    answer = served.program("POST", "/v1.0/providers", draft)
    assert (answer.status, answer.error) == (502, "provider_unreachable")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"token_endpoint": "http://forge.example/token"}, "token_endpoint"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"authorization_endpoint": "file:///etc/passwd"}, "authorization_endpoint"),
        ({"client_id": 5}, "client_id"),
        ({"redirect": "some_port"}, "redirect"),
        ({"protocol": "oauth3"}, "protocol"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_draft_is_400_and_names_the_field(
    served: Served, change: dict[str, Any], field: str
) -> None:
    answer = served.program("POST", "/v1.0/providers", OWN | change)
    assert answer.status == 400
    assert answer.json["field"] == field


def test_only_the_person_changes_and_deletes(served: Served) -> None:
    served.program("POST", "/v1.0/providers", OWN)
    for method in ("PUT", "DELETE"):
        answer = served.program(method, "/v1.0/providers/forge", OWN)
        assert (answer.status, answer.error) == (403, "person_required")
    person = served.person()
    answer = person.ask("PUT", "/v1.0/providers/forge", OWN | {"name": "Our forge"})
    assert (answer.status, answer.json["name"]) == (200, "Our forge")
    assert person.ask("DELETE", "/v1.0/providers/forge").status == 204
    assert person.ask("GET", "/v1.0/providers/forge").status == 404
    assert person.ask("DELETE", "/v1.0/providers/forge").status == 404


def test_the_redirect_reads_as_it_is_written() -> None:
    for redirect, shown in (
        (Redirect(), "any_port"),
        (Redirect(paste="https://x.example/"), {"paste": "https://x.example/"}),
        (
            Redirect(host="localhost", path="/cb"),
            {"host": "localhost", "port": None, "path": "/cb"},
        ),
    ):
        provider = Provider(id="x", name="X", redirect=redirect)
        assert provider_body(provider, ready=False, redirect_uri="").redirect == shown

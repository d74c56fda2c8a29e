"""``/v1.0/protected-resources``: which provider a server trusts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.answers import json_answer
from tests.support.certificates import make_authority
from tests.support.served import Served

PATH = "/v1.0/protected-resources"
URL = "https://tools.example/mcp"
LOGIN = "https://login.example"
PLACE = "https://tools.example/.well-known/oauth-protected-resource/mcp"


def describe(
    served: Served, place: str = PLACE, provider: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Let the server describe itself, and its provider too, which may have more to say."""
    told = {"resource": URL, "authorization_servers": [LOGIN], "scopes_supported": ["tools"]}
    metadata = {
        "issuer": LOGIN,
        "authorization_endpoint": f"{LOGIN}/authorize",
        "token_endpoint": f"{LOGIN}/token",
        "registration_endpoint": f"{LOGIN}/register",
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        **(provider or {}),
    }
    served.http.answers |= {
        place: json_answer(told | changes),
        f"{LOGIN}/.well-known/oauth-authorization-server": json_answer(metadata),
        f"{LOGIN}/.well-known/openid-configuration": json_answer(metadata),
        f"{LOGIN}/register": json_answer({"client_id": "made-for-us"}, status=201),
    }


def test_two_who_ask_share_one_entry_that_registers_itself(served: Served) -> None:
    describe(served)
    first = served.program("POST", PATH, {"url": URL})
    assert first.status == 200, first.json
    assert (first.json["resource"], first.json["profiles"]) == (URL, [])
    entry = served.program("GET", f"/v1.0/providers/{first.json['provider']}").json
    assert entry["resources"] == [URL]
    assert entry["token_hosts"] == ["https://tools.example"]
    assert entry["scopes"] == ["tools"]
    assert entry["protocol"] == "oauth2", "it does not say who signs in"
    assert served.program("POST", PATH, {"url": URL}).json == first.json
    served.add_profile("p1", provider=entry["id"])
    assert served.program("POST", PATH, {"url": URL}).json["profiles"] == ["p1"]


@pytest.mark.parametrize(
    ("provider", "protocol"),
    [({}, "oauth2"), ({"jwks_uri": f"{LOGIN}/keys"}, "oidc")],
)
def test_only_a_provider_with_keys_can_prove_who_signs_in(
    served: Served, provider: dict[str, Any], protocol: str
) -> None:
    """FastMCP's proxies name ``openid`` for the provider behind them, and prove nothing."""
    describe(served, provider={"scopes_supported": ["openid"], **provider})
    found = served.program("POST", PATH, {"url": URL}).json["provider"]
    entry = served.program("GET", f"/v1.0/providers/{found}").json
    assert (entry["protocol"], entry["scopes"]) == (protocol, ["tools", "openid"])


def test_the_refusal_may_say_where_the_description_is(served: Served) -> None:
    place = "https://tools.example/elsewhere"
    describe(served, place)
    wish = {"url": URL, "challenge": f'Bearer resource_metadata="{place}"'}
    assert served.program("POST", PATH, wish).status == 200


@pytest.mark.parametrize("resource", ["https://tools.example", "https://tools.example/"])
def test_a_description_of_the_whole_server_is_its_too(served: Served, resource: str) -> None:
    describe(
        served, "https://tools.example/.well-known/oauth-protected-resource", resource=resource
    )
    answer = served.program("POST", PATH, {"url": URL})
    assert (answer.status, answer.json["resource"]) == (200, resource)


@pytest.mark.parametrize(
    "resource",
    [
        "https://bank.example/mcp",
        "https://tools.example/mcp2",
        "https://tools.example/mc",
        "https://tools.example:8443/mcp",
        "https://tools.example.org/mcp",
        "http://tools.example/mcp",
        None,
        7,
    ],
)
def test_a_description_of_another_address_is_refused(served: Served, resource: object) -> None:
    describe(served, resource=resource)
    before = served.program("GET", "/v1.0/providers").json["total"]
    assert served.program("POST", PATH, {"url": URL}).status == 502
    assert served.program("GET", "/v1.0/providers").json["total"] == before


def test_a_server_without_a_provider_is_refused(served: Served) -> None:
    describe(served, authorization_servers=[])
    assert served.program("POST", PATH, {"url": URL}).status == 502


@pytest.mark.parametrize(
    "wish", [{}, {"url": ""}, {"url": "x"}, {"url": "http://tools.example/"}, {"url": URL, "a": 1}]
)
def test_what_is_no_server_is_400(served: Served, wish: dict[str, Any]) -> None:
    answer = served.program("POST", PATH, wish)
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_strangers_and_foreign_pages_get_nothing(served: Served) -> None:
    assert served.ask("POST", PATH, {"url": URL}).status == 401
    foreign = served.person().ask("POST", PATH, {"url": URL}, Origin="https://evil.example")
    assert foreign.status == 403


ORIGIN = "https://tools.example"


def say_nothing(served: Served) -> None:
    """A server from before RFC 9728."""
    for path in ("/mcp", "/other", ""):
        place = f"{ORIGIN}/.well-known/oauth-protected-resource{path}"
        served.http.answers[place] = json_answer({}, status=404)


def test_a_server_that_says_nothing_is_its_own_provider(served: Served) -> None:
    """MCP 2025-03-26, “Authorization Base URL”."""
    say_nothing(served)
    metadata = {
        "issuer": f"{ORIGIN}/",
        "authorization_endpoint": f"{ORIGIN}/authorize",
        "token_endpoint": f"{ORIGIN}/token",
        "registration_endpoint": f"{ORIGIN}/register",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
    for name in ("oauth-authorization-server", "openid-configuration"):
        served.http.answers[f"{ORIGIN}/.well-known/{name}"] = json_answer(metadata)
    served.http.answers[f"{ORIGIN}/register"] = json_answer(
        {"client_id": "c", "client_secret": "s"}, status=201
    )
    first = served.program("POST", PATH, {"url": URL, "challenge": "Bearer"})
    assert first.status == 200, first.json
    assert (first.json["resource"], first.json["described"]) == (ORIGIN, False)
    entry = served.program("GET", f"/v1.0/providers/{first.json['provider']}").json
    assert entry["name"] == urlsplit(ORIGIN).netloc
    assert (entry["token_hosts"], entry["protocol"]) == ([ORIGIN], "oauth2")
    assert entry["client_authentication"] == "client_secret_post"
    assert served.program("POST", PATH, {"url": f"{ORIGIN}/other"}).json == first.json


def test_without_any_description_the_usual_endpoints_are_tried(served: Served) -> None:
    """MCP 2025-03-26, “Fallbacks for Servers without Metadata Discovery”."""
    say_nothing(served)
    for name in ("oauth-authorization-server", "openid-configuration"):
        served.http.answers[f"{ORIGIN}/.well-known/{name}"] = json_answer({}, status=404)
    wish = {"url": URL, "challenge": 'Bearer scope="a b"'}
    assert served.program("POST", PATH, wish).status == 502, "nobody can register there"
    served.http.answers[f"{ORIGIN}/register"] = json_answer({"client_id": "c"}, status=201)
    first = served.program("POST", PATH, wish)
    assert first.status == 200, first.json
    entry = served.program("GET", f"/v1.0/providers/{first.json['provider']}").json
    assert entry["authorization_endpoint"] == f"{ORIGIN}/authorize"
    assert entry["token_endpoint"] == f"{ORIGIN}/token"
    assert entry["scopes"] == ["a", "b"]
    assert served.program("POST", PATH, wish).json == first.json


@pytest.mark.parametrize("issuer", ["https://login.example", "https://tools.example.org"])
def test_an_own_provider_of_another_name_is_refused(served: Served, issuer: str) -> None:
    say_nothing(served)
    told = {"issuer": issuer, "authorization_endpoint": f"{ORIGIN}/a", "token_endpoint": ORIGIN}
    for name in ("oauth-authorization-server", "openid-configuration"):
        served.http.answers[f"{ORIGIN}/.well-known/{name}"] = json_answer(told)
    assert served.program("POST", PATH, {"url": URL}).status == 502


def test_a_named_description_that_is_not_there_is_no_silence(served: Served) -> None:
    say_nothing(served)
    challenge = f'Bearer resource_metadata="{PLACE}"'
    answer = served.program("POST", PATH, {"url": URL, "challenge": challenge})
    assert (answer.status, answer.error) == (502, "resource_metadata")


def test_the_refusal_says_what_to_ask_for(served: Served) -> None:
    """MCP 2025-11-25, “Scope Selection Strategy”: the challenge comes before the description."""
    describe(served)
    challenge = 'Bearer error="insufficient_scope", scope="tools more tools"'
    first = served.program("POST", PATH, {"url": URL, "challenge": challenge}).json
    assert first["scopes"] == ["tools", "more"]
    entry = served.program("GET", f"/v1.0/providers/{first['provider']}").json
    assert entry["scopes"] == ["tools", "more"]
    assert served.program("POST", PATH, {"url": URL}).json["scopes"] == []


def test_a_company_s_authority_is_trusted_where_the_person_said_so(
    served: Served, tmp_path: Path
) -> None:
    authority = str(make_authority(tmp_path).file)
    describe(served)
    entry = {
        "id": "company",
        "name": "Company",
        "authorization_endpoint": f"{LOGIN}/other/authorize",
        "token_endpoint": f"{LOGIN}/other/token",
        "userinfo_endpoint": f"{LOGIN}/other/me",
        "client_id": "c",
        "token_hosts": [ORIGIN],
        "ca_file": authority,
    }
    assert served.program("POST", "/v1.0/providers", entry).status == 201
    served.add_profile(provider="company")
    found = served.program("POST", PATH, {"url": URL}).json
    asked = {each.url: each.ca_file for each in served.http.requests}
    assert (asked[PLACE], asked[f"{LOGIN}/register"]) == (authority, authority)
    made = served.program("GET", f"/v1.0/providers/{found['provider']}").json
    assert made["ca_file"] == authority

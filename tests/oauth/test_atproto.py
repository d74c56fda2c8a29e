"""AT Protocol's names, documents and demands."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.atproto import (
    account_name,
    document_request,
    handle_request,
    parse_document,
    parse_handle_answer,
    resolve_request,
)
from desktop_app.oauth.atproto_server import (
    check_origin,
    check_profile,
    parse_profile,
    profile_request,
    session_endpoint,
)
from desktop_app.oauth.errors import DiscoveryError, EndpointError, OAuthError
from desktop_app.oauth.flow_errors import AccountUnknownError
from desktop_app.oauth.metadata import ServerMetadata
from tests.support.answers import body_answer, json_answer

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
DIRECTORY = "https://plc.directory"
WEB = "https://{host}/.well-known/did.json"
SERVER = "https://pds.example.com"
SERVICE = {
    "id": "#atproto_pds",
    "type": "AtprotoPersonalDataServer",
    "serviceEndpoint": SERVER,
}
DOCUMENT = {"id": DID, "alsoKnownAs": ["at://jay.bsky.social"], "service": [SERVICE]}
METADATA = ServerMetadata(
    issuer="https://bsky.social",
    pushed_authorization_request_endpoint="https://bsky.social/oauth/par",
    require_pushed_authorization_requests=True,
    authorization_response_iss_parameter_supported=True,
    scopes_supported=("atproto",),
    dpop_signing_alg_values_supported=("ES256",),
    code_challenge_methods_supported=("S256",),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jay.bsky.social", "jay.bsky.social"),
        (" @Jay.BSKY.Team ", "jay.bsky.team"),
        ("8.cn", "8.cn"),
        ("name.t--t", "name.t--t"),
        ("XX.LCS.MIT.EDU", "xx.lcs.mit.edu"),
        ("xn--ls8h.test", "xn--ls8h.test"),
        (DID, DID),
        ("did:web:example.com", "did:web:example.com"),
    ],
)
def test_names_of_the_specification_are_taken(text: str, name: str) -> None:
    """AT Protocol, Handle specification, "Identifier Examples"."""
    assert account_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "org",
        "jo@hn.test",
        "💩.test",
        "john..test",
        "xn--bcher-.tld",
        "john.0",
        "cn.8",
        "www.masełkowski.pl.com",
        "name.org.",
        "laptop.local",
        "blah.arpa",
        "x.onion",
        "x.localhost",
        "127.0.0.1",
        "a" * 64 + ".com",
        "a." * 127 + "com",
        "did:plc:short",
        "did:key:z6Mkh",
        "did:web:example.com:user",
        "did:web:example.com/path",
        "did:" + "a" * 3000,
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(AccountUnknownError):
        account_name(text)


def test_a_names_own_host_is_asked_and_a_service() -> None:
    template = "https://{handle}/.well-known/atproto-did"
    request = handle_request(template, "bsky.app")
    assert request.url == "https://bsky.app/.well-known/atproto-did"
    request = resolve_request("https://public.api.bsky.app", "bsky.app")
    assert request.url.endswith("/xrpc/com.atproto.identity.resolveHandle?handle=bsky.app")


@pytest.mark.parametrize(
    ("answer", "did"),
    [
        (body_answer(f"{DID}\n".encode()), DID),
        (json_answer({"did": DID}), DID),
        (json_answer({"did": 7}), None),
        (json_answer({"error": "InvalidRequest"}, status=400), None),
        (body_answer(b"<h1>Welcome</h1>"), None),
        (body_answer(b"{"), None),
        (body_answer(b"\xff\xfe"), None),
        (body_answer(b""), None),
    ],
)
def test_an_answer_holds_an_identifier_or_nothing(answer: Any, did: str | None) -> None:
    assert parse_handle_answer(answer) == did


def test_documents_lie_in_the_directory_or_on_their_host() -> None:
    assert document_request(DID, directory=DIRECTORY, web=WEB).url == f"{DIRECTORY}/{DID}"
    request = document_request("did:web:example.com", directory=DIRECTORY, web=WEB)
    assert request.url == "https://example.com/.well-known/did.json"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost%3A8080", "192.168.1.1", "a.localhost"])
def test_an_account_cannot_lie_nearer_than_the_directory(host: str) -> None:
    with pytest.raises(EndpointError):
        document_request(f"did:web:{host}", directory=DIRECTORY, web=WEB)


def parse(document: Any) -> Any:
    return parse_document(json_answer(document), did=DID, url=f"{DIRECTORY}/{DID}")


def test_a_document_names_the_handle_and_the_server() -> None:
    account = parse(DOCUMENT)
    assert (account.did, account.handle, account.server) == (DID, "jay.bsky.social", SERVER)
    assert account.without_handle().handle is None
    whole = {**SERVICE, "id": f"{DID}#atproto_pds", "serviceEndpoint": f"{SERVER}/"}
    assert parse({**DOCUMENT, "service": [{"id": "#other"}, whole]}).server == SERVER


@pytest.mark.parametrize(
    "names", [None, [], "at://jay.bsky.social", ["https://x.example"], ["at://💩.test", 7]]
)
def test_a_document_may_claim_no_name(names: object) -> None:
    assert parse({**DOCUMENT, "alsoKnownAs": names}).handle is None


def test_only_the_first_name_counts() -> None:
    names = ["at://first.test", "at://second.test"]
    assert parse({**DOCUMENT, "alsoKnownAs": names}).handle == "first.test"


@pytest.mark.parametrize(
    "change",
    [
        {"id": "did:plc:z72i7hdynmk6r22z27h6tvur"},
        {"service": None},
        {"service": []},
        {"service": [{**SERVICE, "type": "Other"}]},
        {"service": [{**SERVICE, "id": "#other"}]},
        {"service": [{**SERVICE, "serviceEndpoint": "http://pds.example.com"}]},
        {"service": [{**SERVICE, "serviceEndpoint": "https://127.0.0.1"}]},
        {"service": [{**SERVICE, "serviceEndpoint": "https://10.0.0.1"}]},
        {"service": [{**SERVICE, "serviceEndpoint": f"{SERVER}/path"}]},
        {"service": [{**SERVICE, "serviceEndpoint": None}]},
    ],
)
def test_a_document_that_leads_nowhere_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AccountUnknownError):
        parse({**DOCUMENT, **change})


def test_an_account_that_nobody_knows_is_told() -> None:
    with pytest.raises(AccountUnknownError):
        parse_document(json_answer({}, status=404), did=DID, url=DIRECTORY)


@given(st.binary())
def test_any_bytes_are_a_document_or_refused(body: bytes) -> None:
    with suppress(OAuthError):
        parse_document(body_answer(body), did=DID, url=DIRECTORY)
    assert parse_profile(body_answer(body), did=DID) == {}


@given(st.text())
def test_any_text_is_a_name_or_refused(text: str) -> None:
    with suppress(AccountUnknownError):
        assert account_name(text).isascii()


def test_a_public_profile_is_the_accounts_own_or_none() -> None:
    url = profile_request("https://public.api.bsky.app", DID).url
    assert url.endswith(
        "/xrpc/app.bsky.actor.getProfile?actor=did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz"
    )
    told = {
        "did": DID,
        "displayName": "Jay",
        "avatar": "https://x.example/a.jpg",
        "followersCount": 1,
    }
    found = parse_profile(json_answer(told), did=DID)
    assert found == {"displayName": "Jay", "avatar": "https://x.example/a.jpg"}
    assert parse_profile(json_answer({**told, "did": "did:plc:other"}), did=DID) == {}
    assert parse_profile(json_answer(told, status=500), did=DID) == {}


def test_the_owner_is_told_more_by_the_accounts_server() -> None:
    assert session_endpoint(SERVER) == f"{SERVER}/xrpc/com.atproto.server.getSession"


@pytest.mark.parametrize(
    "change",
    [
        {"pushed_authorization_request_endpoint": None},
        {"require_pushed_authorization_requests": False},
        {"authorization_response_iss_parameter_supported": False},
        {"scopes_supported": None},
        {"dpop_signing_alg_values_supported": ("RS256",)},
        {"code_challenge_methods_supported": None},
    ],
)
def test_every_demanded_protection_must_be_there(change: dict[str, Any]) -> None:
    """AT Protocol, OAuth specification, "Server Metadata"."""
    assert check_profile(METADATA) is METADATA
    with pytest.raises(DiscoveryError):
        check_profile(replace(METADATA, **change))


@pytest.mark.parametrize("url", [f"{SERVER}/x", f"{SERVER}?x", f"{SERVER}#x"])
def test_an_origin_is_no_more_than_that(url: str) -> None:
    assert check_origin(f"{SERVER}/", name="issuer") == SERVER
    with pytest.raises(EndpointError):
        check_origin(url, name="issuer")

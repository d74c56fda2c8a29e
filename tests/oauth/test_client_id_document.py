import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.client_id_document import (
    check_client_id_url,
    client_id_document,
    client_id_document_request,
    document_ports,
    loopback_client_id,
    parse_client_id_document,
)
from desktop_app.oauth.client_metadata import ClientMetadata, native_client
from desktop_app.oauth.errors import OAuthError
from desktop_app.oauth.flow_errors import ClientDocumentError
from tests.support.answers import body_answer, json_answer

URL = "https://coatcheck.example/oauth/client.json"
CALLBACK = "http://127.0.0.1/callback"
NATIVE = native_client(client_name="Coatcheck", redirect_uris=(CALLBACK,))


@pytest.mark.parametrize("url", [URL, "https://a.example:8443/x", "https://a.example/x?v=1"])
def test_an_https_address_of_a_document_can_be_a_client_id(url: str) -> None:
    """draft-ietf-oauth-client-id-metadata-document section 3."""
    assert check_client_id_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "coatcheck",
        "http://127.0.0.1/client.json",
        "http://coatcheck.example/client.json",
        "https://coatcheck.example",
        "https://coatcheck.example/",
        "https://coatcheck.example/a/../client.json",
        "https://coatcheck.example/./client.json",
        "https://coatcheck.example/%2e%2e/client.json",
        "https://coatcheck.example/client.json#x",
        "https://me:secret@coatcheck.example/client.json",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ClientDocumentError):
        check_client_id_url(url)


def test_the_document_to_host_is_one_that_is_accepted() -> None:
    document = client_id_document(URL, NATIVE)
    found = parse_client_id_document(
        body_answer(document), client_id=URL, redirect_uris=("http://127.0.0.1:5000/callback",)
    )
    assert found["client_id"] == URL
    assert found["application_type"] == "native"
    assert client_id_document_request(URL).url == URL


def test_a_document_with_a_secret_is_neither_made_nor_taken() -> None:
    """Anybody can read it."""
    secret = ClientMetadata(
        redirect_uris=(CALLBACK,),
        client_name="C",
        token_endpoint_auth_method="client_secret_basic",
    )
    with pytest.raises(ClientDocumentError):
        client_id_document(URL, secret)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": URL + "/"},
        {"client_id": None},
        {"client_secret": "s"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"redirect_uris": None},
        {"redirect_uris": "http://127.0.0.1/callback"},
        {"redirect_uris": ["http://127.0.0.1/other"]},
        {"redirect_uris": ["https://coatcheck.example/callback", 7]},
    ],
)
def test_a_document_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    document = {**json.loads(client_id_document(URL, NATIVE)), **changes}
    with pytest.raises(ClientDocumentError):
        parse_client_id_document(json_answer(document), client_id=URL, redirect_uris=(CALLBACK,))


def test_ports_that_the_document_names_are_told() -> None:
    document = {"redirect_uris": ["http://127.0.0.1:81/callback", CALLBACK, "https://a.example/"]}
    assert document_ports(document, "http://127.0.0.1:5000/callback") == (81, None)
    assert document_ports(document, "http://127.0.0.1/other") == ()
    assert document_ports({}, CALLBACK) == ()


def test_the_port_is_free_on_this_machine_alone() -> None:
    """RFC 8252 section 7.3."""
    https = "https://coatcheck.example:8443/callback"
    document = {"client_id": URL, "redirect_uris": ["http://[::1]/callback", https]}
    answer = json_answer(document)
    for uri in ("http://[::1]:50000/callback", https):
        assert parse_client_id_document(answer, client_id=URL, redirect_uris=(uri,))
    for uri in ("https://coatcheck.example/callback", "http://127.0.0.1:1/callback"):
        with pytest.raises(ClientDocumentError):
            parse_client_id_document(answer, client_id=URL, redirect_uris=(uri,))


def test_blueskys_client_needs_no_document() -> None:
    """AT Protocol OAuth specification, "Localhost Client Development"."""
    assert loopback_client_id((), ()) == "http://localhost"
    assert loopback_client_id(
        ("http://127.0.0.1:5000/callback",), ("atproto", "transition:generic")
    ) == (
        "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback"
        "&scope=atproto%20transition%3Ageneric"
    )


@given(st.integers(100, 599), st.binary(), st.text())
def test_any_bytes_are_a_document_or_one_of_our_errors(
    status: int, body: bytes, redirect: str
) -> None:
    with suppress(OAuthError):
        parse_client_id_document(
            body_answer(body, status=status), client_id=URL, redirect_uris=(redirect,)
        )


@given(st.text(), st.lists(st.text()))
def test_any_text_is_a_client_id_or_one_of_our_errors(text: str, redirects: list[str]) -> None:
    with suppress(OAuthError):
        check_client_id_url(text)
    document = {"client_id": URL, "redirect_uris": redirects}
    with suppress(OAuthError):
        parse_client_id_document(
            json_answer(document), client_id=URL, redirect_uris=redirects or [text]
        )

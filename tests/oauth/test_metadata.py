import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import DiscoveryError, EndpointError, OAuthError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.metadata import (
    ServerMetadata,
    discovery_request,
    discovery_urls,
    parse_metadata,
    speaks_openid,
)
from tests.support.answers import body_answer, json_answer

ISSUER = "https://server.example.com"

# RFC 8414 section 3.2, its example.
RFC_DOCUMENT: dict[str, Any] = {
    "issuer": "https://server.example.com",
    "authorization_endpoint": "https://server.example.com/authorize",
    "token_endpoint": "https://server.example.com/token",
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
    "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
    "userinfo_endpoint": "https://server.example.com/userinfo",
    "jwks_uri": "https://server.example.com/jwks.json",
    "registration_endpoint": "https://server.example.com/register",
    "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
    "response_types_supported": ["code", "code token"],
    "service_documentation": "http://server.example.com/service_documentation.html",
    "ui_locales_supported": ["en-US", "en-GB", "en-CA", "fr-FR", "fr-CA"],
}


def changed(**members: Any) -> HttpResponse:
    return json_answer({**RFC_DOCUMENT, **members})


def test_the_document_of_the_rfc_is_read() -> None:
    """RFC 8414 section 3.2."""
    metadata = parse_metadata(json_answer(RFC_DOCUMENT), issuer=ISSUER)
    assert metadata.token_endpoint == "https://server.example.com/token"
    assert metadata.token_endpoint_auth_methods_supported == (
        "client_secret_basic",
        "private_key_jwt",
    )
    assert metadata.revocation_endpoint is None
    assert metadata.response_modes_supported is None
    assert not metadata.authorization_response_iss_parameter_supported


@pytest.mark.parametrize(
    ("members", "openid"),
    [
        ({"id_token_signing_alg_values_supported": ("RS256",)}, True),
        ({"jwks_uri": f"{ISSUER}/keys", "scopes_supported": ("openid", "email")}, True),
        ({"scopes_supported": ("openid", "email")}, False),
        ({"jwks_uri": f"{ISSUER}/keys"}, True),
        ({"jwks_uri": f"{ISSUER}/keys", "scopes_supported": ("atproto",)}, False),
        ({"scopes_supported": ("read",)}, False),
        ({}, False),
    ],
)
def test_openid_is_told_from_oauth_alone(members: dict[str, Any], openid: bool) -> None:
    """OpenID Connect Discovery section 3 demands what RFC 8414 does not."""
    assert speaks_openid(ServerMetadata(issuer=ISSUER, **members)) is openid


def test_discovery_addresses_are_those_of_the_documents() -> None:
    """OpenID Connect Discovery section 4.1, RFC 8414 section 3.1."""
    assert discovery_urls("https://example.com/issuer1") == (
        "https://example.com/issuer1/.well-known/openid-configuration",
        "https://example.com/.well-known/oauth-authorization-server/issuer1",
        "https://example.com/.well-known/openid-configuration/issuer1",
    )
    assert discovery_urls("https://example.com/") == (
        "https://example.com/.well-known/openid-configuration",
        "https://example.com/.well-known/oauth-authorization-server",
    )


def test_discovery_asks_for_json_without_credentials() -> None:
    request = discovery_request(discovery_urls(ISSUER)[0], ca_file="ca.pem")
    assert (request.method, request.body, request.ca_file) == ("GET", None, "ca.pem")
    assert request.headers == {"Accept": "application/json"}


def test_discovery_never_asks_an_unsafe_address() -> None:
    with pytest.raises(EndpointError):
        discovery_request("http://server.example.com/.well-known/openid-configuration")


@pytest.mark.parametrize(
    "issuer",
    ["https://server.example.com/", "https://SERVER.example.com", "https://evil.example", "", 7],
)
def test_another_issuer_is_refused(issuer: object) -> None:
    """RFC 8414 section 3.3; conformance case discovery-issuer-mismatch."""
    with pytest.raises(DiscoveryError):
        parse_metadata(changed(issuer=issuer), issuer=ISSUER)


def test_a_template_accepts_its_own_issuers_and_no_others() -> None:
    template = "https://login.example.com/{tid}/v2.0"
    asked = "https://login.example.com/common/v2.0"
    for named in (
        "https://login.example.com/{tenantid}/v2.0",
        "https://login.example.com/9-a/v2.0",
    ):
        answer = changed(issuer=named)
        assert parse_metadata(answer, issuer=asked, issuer_template=template).issuer == named
    for named in ("https://login.example.com/a/b/v2.0", "https://evil.example/{tid}/v2.0"):
        with pytest.raises(DiscoveryError):
            parse_metadata(changed(issuer=named), issuer=asked, issuer_template=template)


@pytest.mark.parametrize(
    "answer",
    [
        body_answer(b""),
        body_answer(b"<html></html>", content_type="text/html"),
        body_answer(json.dumps(RFC_DOCUMENT).encode(), content_type="text/html; charset=utf-8"),
        body_answer(b"[]"),
        body_answer(b"{}"),
        json_answer(RFC_DOCUMENT, status=404),
        json_answer(RFC_DOCUMENT, status=302),
        body_answer(b'{"issuer": "https://server.example.com", "issuer": "https://evil.example"}'),
        changed(scopes_supported="openid"),
        changed(scopes_supported=["openid", 1]),
        changed(response_modes_supported=["x"] * 1001),
    ],
)
def test_what_is_no_such_document_is_refused(answer: HttpResponse) -> None:
    with pytest.raises(DiscoveryError):
        parse_metadata(answer, issuer=ISSUER)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url",
    [
        "http://server.example.com/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a@server.example.com/",
        "http://127.0.0.1:9000/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/x",
        5,
        ["https://server.example.com/x"],
    ],
)
def test_an_endpoint_that_is_unsafe_or_further_in_is_refused(name: str, url: object) -> None:
    with pytest.raises(EndpointError) as caught:
        parse_metadata(changed(**{name: url}), issuer=ISSUER)
    assert caught.value.fields["name"] == name


def test_a_provider_on_this_machine_may_name_this_machine() -> None:
    document = {"issuer": "http://127.0.0.1:9000", "token_endpoint": "http://localhost:9000/token"}
    metadata = parse_metadata(json_answer(document), issuer="http://127.0.0.1:9000")
    assert metadata.token_endpoint == "http://localhost:9000/token"


def test_an_empty_endpoint_is_none() -> None:
    """RFC 8414 section 3.2 leaves out what there is not; some providers write it empty."""
    answer = changed(registration_endpoint="", end_session_endpoint="")
    metadata = parse_metadata(answer, issuer=ISSUER)
    assert metadata.registration_endpoint is metadata.end_session_endpoint is None


def test_a_flag_is_only_true_when_it_is_true() -> None:
    name = "authorization_response_iss_parameter_supported"
    assert getattr(parse_metadata(changed(**{name: True}), issuer=ISSUER), name) is True
    assert getattr(parse_metadata(changed(**{name: "true"}), issuer=ISSUER), name) is False


@given(st.integers(100, 599), st.binary(), st.sampled_from(["application/json", "text/html", ""]))
def test_any_answer_is_metadata_or_one_of_our_errors(status: int, body: bytes, kind: str) -> None:
    with suppress(OAuthError):
        parse_metadata(body_answer(body, status=status, content_type=kind), issuer=ISSUER)


@given(
    st.dictionaries(
        st.sampled_from(sorted(RFC_DOCUMENT)),
        st.none() | st.integers() | st.text() | st.lists(st.text()) | st.booleans(),
    )
)
def test_any_member_is_read_or_refused(members: dict[str, Any]) -> None:
    with suppress(OAuthError):
        parse_metadata(changed(**members), issuer=ISSUER)

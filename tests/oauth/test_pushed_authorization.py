import contextlib
import json
import secrets
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import (
    AuthorizationResponseError,
    EndpointError,
    InvalidClientError,
    OAuthError,
)
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.pushed_authorization import (
    parse_pushed_response,
    pushed_authorization_url,
    pushed_request,
)
from tests.support.authorizations import NOW, begun

ENDPOINT = "https://as.example.com/as/par"
PUBLIC = Client(client_id="client")
BASIC = Client(
    client_id="s6BhdRkqt3", client_secret="7Fjfp0ZBr1KtDRbnfVdmIw", method="client_secret_basic"
)


def push(client: Client = PUBLIC, endpoint: str = ENDPOINT) -> HttpRequest:
    return pushed_request(
        endpoint=endpoint,
        client=client,
        pending=begun(client_id=client.client_id),
        now=NOW,
        random=secrets.token_bytes,
        ca_file="ca.pem",
    )


def answer(status: int, **members: object) -> HttpResponse:
    return HttpResponse(status=status, headers={}, body=json.dumps(members).encode())


def test_every_parameter_of_the_request_is_left_with_the_provider() -> None:
    """RFC 9126 section 2.1."""
    request = push()
    form = {name: value for name, [value] in parse_qs((request.body or b"").decode()).items()}
    assert (request.method, request.url, request.ca_file) == ("POST", ENDPOINT, "ca.pem")
    assert form["response_type"] == "code"
    assert form["code_challenge_method"] == "S256"
    assert form["client_id"] == "client"
    assert {"redirect_uri", "scope", "state", "nonce", "code_challenge"} <= form.keys()
    assert "request_uri" not in form


def test_the_client_proves_itself_as_at_the_token_endpoint() -> None:
    """RFC 9126 section 2: the header is the one of the RFC's example."""
    header = push(BASIC).headers["Authorization"]
    assert header == "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"


def test_nothing_is_pushed_unencrypted() -> None:
    with pytest.raises(EndpointError):
        push(endpoint="http://as.example.com/as/par")


def test_the_reference_is_read_and_the_browser_s_address_holds_nothing_else() -> None:
    """RFC 9126 sections 2.2 and 4."""
    reference = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c"
    given_reference = parse_pushed_response(answer(201, request_uri=reference, expires_in=60))
    assert given_reference == reference
    url = pushed_authorization_url(
        "https://as.example.com/authorize?tenant=a", client_id="client", request_uri=reference
    )
    assert parse_qs(urlsplit(url).query) == {
        "tenant": ["a"],
        "client_id": ["client"],
        "request_uri": [reference],
    }


def test_a_refused_request_tells_the_provider_s_words() -> None:
    """RFC 9126 section 2.3."""
    with pytest.raises(AuthorizationResponseError) as caught:
        parse_pushed_response(
            answer(400, error="invalid_request", error_description="The redirect_uri is not valid")
        )
    assert caught.value.fields["error"] == "invalid_request"
    assert caught.value.fields["description"] == "The redirect_uri is not valid"


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
def test_a_client_that_is_unknown_or_must_not_push_is_told_apart(error: str) -> None:
    with pytest.raises(InvalidClientError):
        parse_pushed_response(answer(401, error=error))


@given(
    st.integers(200, 599),
    st.one_of(
        st.binary(max_size=200),
        st.dictionaries(
            st.sampled_from(["request_uri", "error", "error_description"]),
            st.one_of(st.none(), st.integers(), st.text(max_size=50)),
        ).map(lambda members: json.dumps(members).encode()),
    ),
)
def test_any_answer_is_a_reference_or_an_error_of_the_tree(status: int, body: bytes) -> None:
    with contextlib.suppress(OAuthError):
        reference = parse_pushed_response(HttpResponse(status=status, headers={}, body=body))
        assert pushed_authorization_url(ENDPOINT, client_id="c", request_uri=reference)

import secrets
from urllib.parse import parse_qs

import pytest

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import ClientCredentialError, EndpointError, ScopeError
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.token import code_request, refresh_request
from tests.support.authorizations import NOW, begun

ENDPOINT = "https://server.example.com/token"
BASIC = Client(client_id="s6BhdRkqt3", client_secret="gX1fBat3bV", method="client_secret_basic")


def form(request: HttpRequest) -> dict[str, str]:
    assert request.body is not None
    return {name: value for name, [value] in parse_qs(request.body.decode("ascii")).items()}


def test_the_code_is_sent_as_the_rfc_shows() -> None:
    """RFC 6749 section 4.1.3, RFC 7636 section 4.5."""
    pending = begun()
    request = code_request(
        endpoint=ENDPOINT,
        client=BASIC,
        pending=pending,
        code="SplxlOBeZQQYbYS6WxSbIA",
        now=NOW,
        random=secrets.token_bytes,
        ca_file="ca.pem",
    )
    assert (request.method, request.url, request.ca_file) == ("POST", ENDPOINT, "ca.pem")
    assert request.headers == {
        "Accept": "application/json",
        "Authorization": "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": "SplxlOBeZQQYbYS6WxSbIA",
        "redirect_uri": pending.redirect_uri,
        "code_verifier": pending.code_verifier,
    }


def test_a_refresh_is_sent_as_the_rfc_shows() -> None:
    """RFC 6749 section 6."""
    request = refresh_request(
        endpoint=ENDPOINT,
        client=BASIC,
        refresh_token="tGzv3JOkF0XG5Qx2TlKWIA",
        now=NOW,
        random=secrets.token_bytes,
    )
    assert request.body == b"grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA"


def refresh(
    endpoint: str = ENDPOINT, client: Client = BASIC, scopes: tuple[str, ...] = ()
) -> HttpRequest:
    return refresh_request(
        endpoint=endpoint,
        client=client,
        refresh_token="r&=+ é",
        now=NOW,
        random=secrets.token_bytes,
        scopes=scopes,
    )


def test_fewer_scopes_can_be_asked_for_and_odd_characters_survive() -> None:
    sent = form(refresh(scopes=("a", "b")))
    assert sent == {"grant_type": "refresh_token", "refresh_token": "r&=+ é", "scope": "a b"}


def test_a_public_client_names_itself_in_the_form() -> None:
    request = refresh(client=Client(client_id="public"))
    assert form(request)["client_id"] == "public"
    assert "Authorization" not in request.headers


def test_a_posted_secret_is_in_the_form_alone() -> None:
    client = Client(client_id="id", client_secret="s", method="client_secret_post")
    assert form(refresh(client=client))["client_secret"] == "s"
    assert "Authorization" not in refresh(client=client).headers


@pytest.mark.parametrize("endpoint", ["http://server.example.com/token", "file:///token", ""])
def test_secrets_never_go_to_an_unsafe_address(endpoint: str) -> None:
    with pytest.raises(EndpointError):
        refresh(endpoint=endpoint)


def test_a_missing_secret_and_a_bad_scope_are_clear_errors() -> None:
    with pytest.raises(ClientCredentialError):
        refresh(client=Client(client_id="id", method="client_secret_basic"))
    with pytest.raises(ScopeError):
        refresh(scopes=("a\nb",))


def test_a_loopback_provider_is_asked_over_http() -> None:
    assert refresh(endpoint="http://127.0.0.1:9000/token").url == "http://127.0.0.1:9000/token"


def test_secrets_are_not_in_the_repr_of_the_request() -> None:
    assert "gX1f" not in repr(refresh())
    assert "tGzv" not in repr(refresh())

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.oauth.authorization import authorization_url
from desktop_app.oauth.errors import EndpointError, ScopeError
from desktop_app.oauth.pkce import s256_challenge
from tests.support.authorizations import ISSUER, METADATA, NOW, begun

ENDPOINT = ISSUER + "/auth"


def query(url: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}


def test_the_request_has_everything_that_binds_its_answer() -> None:
    """RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1."""
    pending = begun()
    assert query(authorization_url(ENDPOINT, pending)) == {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": "http://127.0.0.1:5000/callback",
        "scope": "openid email",
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": s256_challenge(pending.code_verifier),
        "code_challenge_method": "S256",
    }


def test_state_nonce_and_verifier_differ_and_are_not_in_the_repr() -> None:
    pending = begun()
    secrets = {pending.state, pending.nonce, pending.code_verifier}
    assert len(secrets) == 3
    assert not any(str(secret) in repr(pending) for secret in secrets)


def test_a_plain_oauth_request_has_no_nonce() -> None:
    pending = begun(openid=False)
    assert pending.nonce is None
    assert "nonce" not in authorization_url(ENDPOINT, pending)


def test_it_ends_after_ten_minutes() -> None:
    assert begun().expires_at == NOW + 600
    assert begun(lifetime=5).expires_at == NOW + 5


def test_form_post_is_asked_for_where_it_is_offered() -> None:
    offered = replace(METADATA, response_modes_supported=("query", "form_post"))
    pending = begun(metadata=offered)
    assert pending.response_mode == "form_post"
    assert query(authorization_url(ENDPOINT, pending))["response_mode"] == "form_post"


def test_offline_access_asks_for_consent() -> None:
    """OpenID Connect Core section 11."""
    pending = begun(scopes=("openid", "offline_access"))
    assert query(authorization_url(ENDPOINT, pending))["prompt"] == "consent"
    other = begun(scopes=("openid", "offline_access"), extra_parameters={"prompt": "login"})
    assert query(authorization_url(ENDPOINT, other))["prompt"] == "login"
    assert "prompt" not in authorization_url(ENDPOINT, begun())
    plain = begun(scopes=("offline_access",), openid=False)
    assert "prompt" not in authorization_url(ENDPOINT, plain)


def test_login_hint_and_the_providers_own_parameters_are_sent() -> None:
    pending = begun(login_hint="me@example.com", extra_parameters={"access_type": "offline"})
    sent = query(authorization_url(ENDPOINT, pending, {"display": "touch"}))
    assert (sent["login_hint"], sent["access_type"]) == ("me@example.com", "offline")
    assert sent["display"] == "touch"


@pytest.mark.parametrize(
    "name", ["state", "nonce", "redirect_uri", "code_challenge_method", "response_type", "request"]
)
def test_extra_parameters_never_replace_what_binds_the_answer(name: str) -> None:
    pending = begun(extra_parameters={name: "evil"})
    assert "evil" not in authorization_url(ENDPOINT, pending)
    assert "evil" not in authorization_url(ENDPOINT, begun(), {name: "evil"})


def test_the_query_of_the_endpoint_stays() -> None:
    """RFC 6749 section 3.1."""
    url = authorization_url(ENDPOINT + "?p=B2C_1%20x", begun())
    assert url.startswith(ENDPOINT + "?p=B2C_1%20x&")


@pytest.mark.parametrize("endpoint", ["javascript:alert(1)", "http://op.example.com/auth", "x"])
def test_an_unsafe_endpoint_never_becomes_an_address(endpoint: str) -> None:
    with pytest.raises(EndpointError):
        authorization_url(endpoint, begun())


def test_a_scope_that_is_none_is_refused() -> None:
    with pytest.raises(ScopeError):
        authorization_url(ENDPOINT, begun(scopes=('a"b',)))


def test_without_scopes_none_are_named() -> None:
    assert "scope=" not in authorization_url(ENDPOINT, begun(scopes=(), openid=False))


def test_an_issuer_that_is_only_the_token_endpoint_is_not_known() -> None:
    assert begun().iss_known
    assert not begun(issuer=ISSUER + "/token").iss_known

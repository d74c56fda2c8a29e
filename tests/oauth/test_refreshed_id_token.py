from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import ClockSkewError, IdTokenError, OAuthError
from desktop_app.oauth.refreshed_id_token import validate_refreshed_id_token
from tests.support.signing import CLIENT_ID, ISSUER, NOW, claims, key_set, public_jwk, signed

KEYS = key_set(public_jwk(kid="key-1"))
ORIGINAL = signed(claims(auth_time=NOW - 10, azp=CLIENT_ID))


def refreshed(token: str | None = None, **changes: Any) -> Any:
    return validate_refreshed_id_token(
        signed(claims(**{"nonce": None, **changes})) if token is None else token,
        KEYS,
        original=ORIGINAL,
        client_id=CLIENT_ID,
        client_secret=None,
        access_token="at",
        now=NOW,
    )


def test_the_same_account_is_accepted() -> None:
    """OpenID Connect Core section 12.2."""
    assert refreshed(name="Jane")["name"] == "Jane"
    assert refreshed(nonce="n-0S6_WzA2Mj", auth_time=NOW - 10, azp=CLIENT_ID)


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("sub", {"sub": "another"}),
        ("iss", {"iss": ISSUER + "/"}),
        ("aud", {"aud": "other"}),
        ("nonce", {"nonce": "other"}),
        ("auth_time", {"auth_time": NOW}),
        ("azp", {"azp": "other"}),
        ("at_hash", {"at_hash": "x"}),
    ],
)
def test_what_changed_is_refused(check: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IdTokenError) as caught:
        refreshed(**changes)
    assert caught.value.fields["check"] == check


def test_an_old_token_is_refused() -> None:
    with pytest.raises(ClockSkewError):
        refreshed(exp=NOW - 500)


@given(st.text())
def test_any_text_is_refused(token: str) -> None:
    with suppress(OAuthError):
        refreshed(token)
        raise AssertionError(token)

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import ClockSkewError, IdTokenError, OAuthError
from desktop_app.oauth.id_token import validate_id_token
from desktop_app.oauth.refreshed_id_token import check_unchanged, expect_same
from tests.support.signing import CLIENT_ID, ISSUER, NOW, claims, key_set, public_jwk, signed

KEYS = key_set(public_jwk(kid="key-1"))
ORIGINAL = signed(claims(auth_time=NOW - 10, azp=CLIENT_ID))


def refreshed(token: str | None = None, **changes: Any) -> Any:
    expectation = expect_same(
        ORIGINAL, client_id=CLIENT_ID, client_secret=None, access_token="at", now=NOW
    )
    token = signed(claims(**{"nonce": None, **changes})) if token is None else token
    found = validate_id_token(token, KEYS, expectation)
    check_unchanged(ORIGINAL, found)
    return found


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
        ("azp", {"azp": "other"}),
        ("at_hash", {"at_hash": "x"}),
    ],
)
def test_what_changed_is_refused(check: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IdTokenError) as caught:
        refreshed(**changes)
    assert caught.value.fields["check"] == check


def test_a_session_that_is_shared_with_other_programs_is_accepted() -> None:
    """There the time of the last sign-in is that of any of them."""
    assert refreshed(auth_time=NOW)


def test_a_sign_in_without_an_account_has_no_successor() -> None:
    with pytest.raises(IdTokenError):
        expect_same(
            signed(claims(sub=None)),
            client_id=CLIENT_ID,
            client_secret=None,
            access_token="at",
            now=NOW,
        )


def test_an_old_token_is_refused() -> None:
    with pytest.raises(ClockSkewError):
        refreshed(exp=NOW - 500)


@given(st.text())
def test_any_text_is_refused(token: str) -> None:
    with suppress(OAuthError):
        refreshed(token)
        raise AssertionError(token)

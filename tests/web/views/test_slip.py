"""What was asked for against what was given, as the profile page shows it."""

from __future__ import annotations

import pytest

from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Profile
from desktop_app.web.views.slip import short_scope, slip_of

PROVIDER = Provider(id="sample", name="Sample", issuer="https://sample.example")


def profile(*granted: str, refresh_token: str | None) -> Profile:
    return Profile(
        id="p1",
        provider="sample",
        issuer="https://sample.example",
        subject="1",
        created_at=0,
        updated_at=0,
        last_seen_at=0,
        grant=Grant(
            issuer="https://sample.example",
            authorization_endpoint="https://sample.example/authorize",
            token_endpoint="https://sample.example/token",
            client_id="client",
            client_authentication="none",
            access_token="at",
            token_type="Bearer",
            access_token_issued_at=0,
            refresh_token=refresh_token,
            scopes_requested=("openid", "offline_access"),
            scopes_granted=granted,
        ),
    )


@pytest.mark.parametrize(("refresh_token", "not_given"), [("rt", []), (None, ["offline_access"])])
def test_a_refresh_token_shows_that_staying_signed_in_was_given(
    refresh_token: str | None, not_given: list[str]
) -> None:
    """Microsoft never names offline_access among what it gave."""
    slip = slip_of(profile("openid", refresh_token=refresh_token), PROVIDER)
    assert [each.scope for each in slip.not_given] == not_given


def test_a_named_permission_is_shown_once() -> None:
    slip = slip_of(profile("openid", "offline_access", refresh_token="rt"), PROVIDER)
    assert sorted(each.scope for each in slip.allowed) == ["offline_access", "openid"]


@pytest.mark.parametrize(
    ("scope", "short"),
    [
        ("https://www.googleapis.com/auth/gmail.readonly", "…/auth/gmail.readonly"),
        ("https://mail.google.com/", "https://mail.google.com/"),
        ("user:email", "user:email"),
    ],
)
def test_a_permission_that_is_called_by_an_address_is_known_by_its_end(
    scope: str, short: str
) -> None:
    assert short_scope(scope) == short

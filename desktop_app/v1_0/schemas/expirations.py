"""The calendar: which accounts end when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from desktop_app.services.accounts import ProfileStatus
from desktop_app.services.profiles.naming import display_name
from desktop_app.services.upkeep.expirations import Expiration
from desktop_app.v1_0.schemas.base import Answer, maybe_moment


class ExpirationBody(Answer):
    """How long one account lasts.

    ``ends_at`` is null where nobody says. ``renews`` says that Coatcheck puts the end off by
    itself, at ``renews_at``. ``warning`` is null, ``week``, ``day`` or ``over``: how soon the
    person has to sign in again.
    """

    profile_id: str
    provider: str
    name: str
    status: ProfileStatus
    ends_at: datetime | None
    renews: bool
    renews_at: datetime | None
    warning: Literal["week", "day", "over"] | None


class ExpirationList(Answer):
    """Every account but those that were taken back, what needs the person first."""

    expirations: list[ExpirationBody]
    total: int


def expiration_list(expirations: Sequence[Expiration]) -> ExpirationList:
    """Return the calendar for the outside."""
    return ExpirationList(expirations=[_body(each) for each in expirations], total=len(expirations))


def _body(expiration: Expiration) -> ExpirationBody:
    profile, ending = expiration.profile, expiration.ending
    return ExpirationBody(
        profile_id=profile.id,
        provider=profile.provider,
        name=display_name(profile),
        status=profile.status,
        ends_at=maybe_moment(ending.at),
        renews=ending.renews,
        renews_at=maybe_moment(ending.renews_at),
        warning=expiration.nearness or None,
    )

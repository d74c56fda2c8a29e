"""The calendar: who comes first, and what is said of each."""

from __future__ import annotations

import asyncio

from desktop_app.services.accounts import Profile
from desktop_app.services.events import EventBus
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.upkeep.expirations import Expirations
from tests.support.account_stores import AccountPictures, AccountStore, Disk
from tests.support.made_up import DAY, NOW, grant, profile


async def calendar(*profiles: Profile) -> list[tuple[str, str]]:
    disk = Disk()
    store = AccountStore(disk)
    for each in profiles:
        await store.save(each)
    service = ProfileService(
        profiles=store,
        pictures=AccountPictures(disk),
        clock=lambda: NOW,
        publish=EventBus().publish,
    )
    found = Expirations(profiles=service, clock=lambda: NOW).list()
    return [(each.profile.id, each.nearness) for each in found]


def test_what_needs_the_person_comes_first_then_what_renews_then_what_stays() -> None:
    fixed = {"granted_at": NOW - 90 * DAY, "refresh_token_end_fixed": True}
    forever = grant(refresh_token=None, access_token_expires_at=None)
    moving = grant(refresh_token_expires_at=NOW + 30 * DAY)
    found = asyncio.run(
        calendar(
            profile(id="stays", subject="1", grant=forever),
            profile(id="moves", subject="2", grant=moving),
            profile(id="unknown", subject="3"),
            profile(
                id="later",
                subject="4",
                grant=grant(refresh_token_expires_at=NOW + 60 * DAY, **fixed),
            ),
            profile(
                id="soon", subject="5", grant=grant(refresh_token_expires_at=NOW + 3 * DAY, **fixed)
            ),
            profile(id="ended", subject="6", status="needs_sign_in"),
            profile(id="back", subject="7", status="revoked"),
        )
    )
    assert found == [
        ("ended", "over"),
        ("soon", "week"),
        ("later", ""),
        ("unknown", ""),
        ("moves", ""),
        ("stays", ""),
    ]

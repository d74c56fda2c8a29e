"""Profiles: listed, found by name, recorded once, renamed, forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import string
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import InvalidRequestError, LockedError, NotFoundError
from desktop_app.oauth.identity import Identity
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.errors import AmbiguousProfileError
from desktop_app.services.profiles.naming import matches, only_one
from tests.support.account_stores import FullError
from tests.support.rig import Rig

PHOTOS = Provider(id="photos", name="Photos")
# "MARIA@photos" as an East Asian keyboard may write it.
FULL_WIDTH = "\uff2d\uff21\uff32\uff29\uff21@photos"

GITHUB = Provider(id="github", name="GitHub")


def grant(issuer: str = "https://photos.example") -> Grant:
    return Grant(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        client_id="c",
        access_token="secret-token",
        access_token_issued_at=1.0,
    )


def maria(subject: str = "1", **changes: Any) -> Identity:
    values = {"name": "Maria Sample", "username": "maria", "email": "maria@example.org"}
    return Identity(subject=subject, **{**values, **changes})


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(coroutine)


def test_the_same_issuer_and_subject_is_the_same_profile() -> None:
    async def story() -> None:
        rig = Rig()
        first = await rig.profiles.record(maria(), grant(), PHOTOS)
        rig.clock.now += 60
        again = await rig.profiles.record(maria(name="Maria Married"), grant(), PHOTOS)
        assert (again.id, again.created_at) == (first.id, first.created_at)
        assert again.updated_at == first.updated_at + 60
        other = await rig.profiles.record(maria(), grant("https://other.example"), GITHUB)
        assert other.id != first.id
        assert [event for event, _ in rig.events] == [
            "profile_added",
            "profile_changed",
            "profile_added",
        ]

    run(story())


def test_recording_the_same_account_at_the_same_moment_makes_no_twin() -> None:
    async def story() -> None:
        rig = Rig()
        await asyncio.gather(*(rig.profiles.record(maria(), grant(), PHOTOS) for _ in range(10)))
        assert rig.profiles.list()[1] == 1

    run(story())


def test_the_e_mail_address_never_joins_two_accounts() -> None:
    async def story() -> None:
        rig = Rig()
        await rig.profiles.record(maria("1"), grant(), PHOTOS)
        await rig.profiles.record(maria("2"), grant(), PHOTOS)
        assert rig.profiles.list()[1] == 2

    run(story())


def test_a_new_id_is_safe_in_a_url_and_a_shell() -> None:
    async def story() -> None:
        rig = Rig()
        for number in range(50):
            profile = await rig.profiles.record(maria(str(number)), grant(), PHOTOS)
            assert set(profile.id) <= set(string.ascii_lowercase + string.digits)
            assert len(profile.id) == 16

    run(story())


def test_a_failed_write_tells_nobody_of_a_profile() -> None:
    async def story() -> None:
        rig = Rig()
        rig.disk.full = True
        with pytest.raises(FullError):
            await rig.profiles.record(maria(), grant(), PHOTOS)
        assert (rig.events, rig.profiles.list()[1]) == ([], 0)

    run(story())


def test_a_new_name_and_a_renewal_at_the_same_moment_both_last() -> None:
    async def story() -> None:
        rig = Rig()
        profile = await rig.profiles.record(maria(), grant(), PHOTOS)
        renewed = replace(grant(), access_token="renewed")
        await asyncio.gather(
            rig.profiles.rename(profile.id, "At home"),
            rig.profiles.update(profile.id, lambda old: replace(old, grant=renewed)),
        )
        kept = rig.profiles.get(profile.id)
        assert (kept.label, kept.grant) == ("At home", renewed)

    run(story())


@pytest.mark.parametrize("label", ["x" * 101, "two\nlines", "bell\a", "zero\u200bwidth"])
def test_a_name_that_is_no_short_line_is_refused(label: str) -> None:
    async def story() -> None:
        rig = Rig()
        profile = await rig.profiles.record(maria(), grant(), PHOTOS)
        with pytest.raises(InvalidRequestError):
            await rig.profiles.rename(profile.id, label)
        assert rig.profiles.get(profile.id).label == ""

    run(story())


def test_forgetting_deletes_the_picture_too() -> None:
    async def story() -> None:
        rig = Rig()
        profile = await rig.profiles.record(maria(), grant(), PHOTOS)
        await rig.profiles.keep_picture(profile.id, b"png", "https://photos.example/m.png")
        assert rig.profiles.picture(profile.id) is not None
        await rig.profiles.forget(profile.id)
        assert rig.profiles.picture(profile.id) is None
        with pytest.raises(NotFoundError):
            rig.profiles.get(profile.id)
        with pytest.raises(NotFoundError):
            await rig.profiles.forget(profile.id)
        with pytest.raises(NotFoundError):
            await rig.profiles.keep_picture(profile.id, b"png", "")

    run(story())


@pytest.mark.parametrize(
    "name",
    [
        "photos",
        "maria@photos",
        "MARIA@Photos",
        "maria@example.org",
        "at home",
        "\uff2d\uff21\uff32\uff29\uff21@photos",
    ],
)
def test_whatever_names_one_profile_finds_it(name: str) -> None:
    async def story() -> None:
        rig = Rig()
        profile = await rig.profiles.record(maria(), grant(), PHOTOS)
        await rig.profiles.rename(profile.id, "At home")
        await rig.profiles.record(
            maria("2", username="jonas", email=None), grant("https://gh.example"), GITHUB
        )
        assert rig.profiles.resolve(name).id == profile.id
        assert rig.profiles.resolve(profile.id).id == profile.id

    run(story())


def test_a_name_of_several_profiles_lists_them_and_picks_none() -> None:
    async def story() -> None:
        rig = Rig()
        first = await rig.profiles.record(maria("1"), grant(), PHOTOS)
        second = await rig.profiles.record(maria("2"), grant(), PHOTOS)
        for name in ("photos", "maria@photos", "maria@example.org"):
            with pytest.raises(AmbiguousProfileError) as caught:
                rig.profiles.resolve(name)
            candidates: Any = caught.value.fields["candidates"]
            assert {one["id"] for one in candidates} == {first.id, second.id}
            assert first.id in caught.value.message
        assert rig.profiles.resolve(first.id).id == first.id

    run(story())


@pytest.mark.parametrize("name", ["", " ", "maria", "@", "maria@", "@photos", "nobody"])
def test_a_name_of_nobody_is_not_found(name: str) -> None:
    async def story() -> None:
        rig = Rig()
        await rig.profiles.record(maria(), grant(), PHOTOS)
        with pytest.raises(NotFoundError):
            rig.profiles.resolve(name)

    run(story())


def test_the_list_is_searched_filtered_and_paged() -> None:
    async def story() -> None:
        rig = Rig()
        for number in range(5):
            await rig.profiles.record(maria(f"p{number}", name=f"Name {number}"), grant(), PHOTOS)
        await rig.profiles.record(maria("g", name="Émile"), grant("https://gh.example"), GITHUB)
        page, total = rig.profiles.list(provider="photos", offset=3, limit=10)
        assert ([one.name for one in page], total) == (["Name 3", "Name 4"], 5)
        assert rig.profiles.list(query="émile")[1] == 1
        assert rig.profiles.list(query="NAME 2")[1] == 1
        assert rig.profiles.list(query="github")[1] == 1
        assert rig.profiles.list(query="nobody")[1] == 0
        assert rig.profiles.list(limit=0) == ([], 6)

    run(story())


def test_while_locked_nothing_is_told() -> None:
    async def story() -> None:
        rig = Rig()
        profile = await rig.profiles.record(maria(), grant(), PHOTOS)
        rig.disk.locked = True
        for ask in (
            rig.profiles.list,
            lambda: rig.profiles.get(profile.id),
            lambda: rig.profiles.resolve("photos"),
        ):
            with pytest.raises(LockedError):
                ask()

    run(story())


@given(text=st.text(max_size=40), query=st.text(max_size=20))
def test_any_text_can_be_searched_and_resolved(text: str, query: str) -> None:
    profile = Profile(
        id="x",
        provider="p",
        issuer="i",
        subject="s",
        label=text,
        created_at=0,
        updated_at=0,
        last_seen_at=0,
    )
    assert matches(profile, "")
    matches(profile, query)
    with contextlib.suppress(NotFoundError):
        assert only_one(query, [profile]) is profile

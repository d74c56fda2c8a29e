"""Signing in again: the account stays, what is left out is as it was, another one is another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.errors import InvalidRequestError, NotFoundError
from desktop_app.oauth.provider_rules import AuthorizationRules
from desktop_app.services.accounts import Profile, SignIn
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider, as_json

Story = Callable[[Rig, SampleProvider, Profile], Awaitable[None]]


def signed_in(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample, await rig.signed_in(sample))

    asyncio.run(run())


def asked(view: SignIn) -> dict[str, str]:
    query = parse_qs(urlsplit(view.authorization_url or "").query)
    return {name: values[0] for name, values in query.items()}


def test_what_is_left_out_is_as_it_was() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        more = await rig.signed_in(sample, for_profile=profile.id, scopes=("openid", "photos"))
        assert more.id == profile.id
        again = await rig.start(sample, for_profile=profile.id)
        assert asked(again)["scope"] == "openid photos"
        assert asked(again)["login_hint"] == "maria@example.org"

    signed_in(story)


def test_a_grant_that_the_provider_ended_comes_back_with_everything_that_was_set() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        await rig.profiles.rename(profile.id, "Mine")
        sample.answers["/token"] = lambda _: as_json({"error": "invalid_grant"}, 400)
        with pytest.raises(Exception, match="invalid_grant"):
            await rig.tokens.renew(profile.id)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"
        del sample.answers["/token"]
        back = await rig.signed_in(sample, for_profile=profile.id)
        assert (back.id, back.label, back.status) == (profile.id, "Mine", "active")
        assert back.created_at == profile.created_at

    signed_in(story)


def test_fewer_permissions_can_be_asked_for_and_the_same_profile_has_them() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        fewer = await rig.signed_in(sample, for_profile=profile.id, scopes=("openid",))
        assert fewer.id == profile.id
        assert fewer.grant is not None
        assert fewer.grant.scopes_requested == ("openid",)

    signed_in(story)


def test_another_account_that_comes_back_is_another_profile_and_the_sign_in_says_so() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.subject = "somebody-else"
        view = await rig.sign_in(sample, for_profile=profile.id)
        assert view.status == "completed"
        assert view.for_profile == profile.id
        assert view.profile_id not in {None, profile.id}
        assert rig.profiles.get(profile.id).grant == profile.grant

    signed_in(story)


@pytest.mark.parametrize(
    ("scopes", "sent"),
    [
        (("openid", "profile", "email", "offline_access", "photos"), True),
        (("openid",), False),
        (("openid", "photos"), False),
        (None, False),
    ],
)
def test_what_was_given_is_only_added_to_where_more_is_asked_for(
    scopes: tuple[str, ...] | None, sent: bool
) -> None:
    """Google's ``include_granted_scopes`` would undo asking for less."""

    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        view = await rig.start(sample, for_profile=profile.id, scopes=scopes)
        assert ("include_granted_scopes" in asked(view)) is sent
        first = await rig.start(sample, scopes=scopes)
        assert "include_granted_scopes" not in asked(first)

    signed_in(story, authorization=AuthorizationRules(more={"include_granted_scopes": "true"}))


def test_a_provider_that_wants_the_account_s_own_name_gets_that_under_its_own_parameter() -> None:
    """GitHub's ``login``."""

    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        sample.userinfo = {"preferred_username": "maria", "email": "maria@example.org"}
        named = await rig.signed_in(sample, for_profile=profile.id)
        assert named.username == "maria"
        view = await rig.start(sample, for_profile=profile.id)
        assert (asked(view)["login"], "login_hint" in asked(view)) == ("maria", False)

    rules = AuthorizationRules(login_hint_parameter="login", login_hint_is_username=True)
    signed_in(story, authorization=rules)


def test_an_account_that_is_not_there_or_elsewhere_is_refused() -> None:
    async def story(rig: Rig, sample: SampleProvider, profile: Profile) -> None:
        with pytest.raises(NotFoundError):
            await rig.start(sample, for_profile="nobody")
        await rig.add_provider(sample, id="other")
        with pytest.raises(InvalidRequestError) as caught:
            await rig.start(sample, provider_id="other", for_profile=profile.id)
        assert caught.value.fields["field"] == "for_profile"

    signed_in(story)

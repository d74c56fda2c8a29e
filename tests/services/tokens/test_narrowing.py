"""Tokens for less than a grant allows, against a provider on a real port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.errors import OAuthError
from desktop_app.oauth.flow_errors import InvalidTargetError, ResourceError
from desktop_app.oauth.provider_rules import TokenRules
from desktop_app.oauth.token_exchange import ACCESS_TOKEN, GRANT_TYPE
from desktop_app.services.accounts import Grant, LentToken, Profile
from desktop_app.services.errors import NeedsSignInError, ProviderUnreachableError
from desktop_app.services.tokens.less import Less
from desktop_app.services.tokens.narrowed_tokens import NarrowedTokens
from tests.support.rig import Rig
from tests.support.sample_provider import Answer, SampleProvider, as_json

Story = Callable[[Rig, "Narrower", Profile], Awaitable[None]]
EVERYTHING = ("openid", "profile", "email", "offline_access")
LESS = ("email",)


class Narrower:
    """The token endpoint of *sample*, rotating; attributes say how it takes a wish for less.

    Attributes:
        refresh: ``heeds``, ``ignores`` (says the whole scope), ``silent``, ``refuses``.
        exchange: ``heeds``, ``wider``, ``refuses``; or that of ``answer``.
        trouble: Whether refreshes are refused for no good reason.
        over: Access tokens that were ended before their time.
        token_type: Of all tokens but exchanged ones, which are ``Bearer``.
    """

    def __init__(self, sample: SampleProvider) -> None:
        self.sample = sample
        self.refresh = "heeds"
        self.exchange = "heeds"
        self.expires_in = 300
        self.token_type = "Bearer"
        self.away = False
        self.trouble = False
        self.answer: Answer | None = None
        self.over: set[str] = set()
        self._number = 0
        self._refresh_token = ""
        sample.answers["/token"] = self._token

    def exchanges(self) -> None:
        self.sample.metadata["grant_types_supported"] = ["authorization_code", GRANT_TYPE]

    def forms(self, grant_type: str) -> list[dict[str, str]]:
        return [each for each in self.sample.asked("/token") if each["grant_type"] == grant_type]

    @property
    def refreshes(self) -> list[dict[str, str]]:
        return self.forms("refresh_token")

    @property
    def exchanged(self) -> list[dict[str, str]]:
        return self.forms(GRANT_TYPE)

    def _token(self, form: dict[str, str]) -> Answer:
        if self.away:
            return 503, "text/plain", b""
        if form["grant_type"] == "authorization_code":
            return self._gives(" ".join(EVERYTHING), id_token=self.sample.id_token())
        if form["grant_type"] == GRANT_TYPE:
            return self._exchange(form)
        return self._refreshed(form)

    def _refreshed(self, form: dict[str, str]) -> Answer:
        if self.trouble:
            return as_json({"error": "unauthorized_client"}, 400)
        if form["refresh_token"] != self._refresh_token:
            return as_json({"error": "invalid_grant"}, 400)
        if "scope" in form and self.refresh == "refuses":
            return as_json({"error": "invalid_scope"}, 400)
        heeded = self.refresh == "heeds" or "scope" not in form
        scope = form.get("scope", " ".join(EVERYTHING)) if heeded else " ".join(EVERYTHING)
        return self._gives(None if self.refresh == "silent" else scope)

    def _exchange(self, form: dict[str, str]) -> Answer:
        if self.answer is not None:
            return self.answer
        if form["subject_token"] in self.over:
            return as_json({"error": "invalid_request"}, 400)
        if self.exchange == "refuses":
            return as_json({"error": "unauthorized_client"}, 400)
        self._number += 1
        scope = form["scope"] if self.exchange == "heeds" else " ".join(EVERYTHING)
        token = {"access_token": f"exchanged-{self._number}", "token_type": "Bearer"}
        kind = {"issued_token_type": ACCESS_TOKEN}
        return as_json({**token, **kind, "scope": scope, "expires_in": self.expires_in})

    def _gives(self, scope: str | None, **more: Any) -> Answer:
        self._number += 1
        self._refresh_token = f"rt-{self._number}"
        told = {} if scope is None else {"scope": scope}
        tokens = {"access_token": f"at-{self._number}", "refresh_token": self._refresh_token}
        ends = {"token_type": self.token_type, "expires_in": self.expires_in}
        return as_json({**tokens, **ends, **told, **more})


def with_narrower(story: Story, *, exchange: bool = False, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            narrower = Narrower(sample)
            narrower.token_type = "DPoP" if entry.get("dpop") else "Bearer"
            if exchange:
                narrower.exchanges()
            await story(rig, narrower, await rig.signed_in(sample))

    asyncio.run(run())


def grant_of(rig: Rig, profile: Profile) -> Grant:
    grant = rig.profiles.get(profile.id).grant
    assert grant is not None
    return grant


def test_a_refresh_gives_less_and_the_grant_stays_whole() -> None:
    """RFC 6749 section 6; the rotated refresh token is durable like any other."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        assert not rig.tokens.can_narrow(profile)
        token = await rig.tokens.access_token(profile.id, LESS)
        assert (token.access_token, token.scopes, token.wider) == ("at-2", LESS, False)
        assert rig.tokens.can_narrow(rig.profiles.get(profile.id))
        kept = grant_of(rig, profile)
        assert (kept.access_token, kept.refresh_token) == ("at-1", "rt-2")
        assert kept.scopes_granted == EVERYTHING
        assert rig.disk.writes[-1] == f"profile {profile.id}"
        assert provider.refreshes[0]["scope"] == "email"
        assert (await rig.tokens.access_token(profile.id)).access_token == "at-1"

    with_narrower(story)


def test_it_is_kept_apart_and_given_again_while_it_is_good() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        asked = (rig.tokens.access_token(profile.id, LESS) for _ in range(20))
        assert {token.access_token for token in await asyncio.gather(*asked)} == {"at-2"}
        assert (await rig.tokens.access_token(profile.id, ("openid",))).access_token == "at-3"
        assert (await rig.tokens.access_token(profile.id, LESS)).access_token == "at-2"
        rig.clock.now += 250
        assert (await rig.tokens.access_token(profile.id, LESS)).access_token == "at-4"
        assert "at-2" not in repr(grant_of(rig, profile))

    with_narrower(story)


def test_everything_at_once_uses_each_refresh_token_once() -> None:
    """A provider that rotates ends the family of one that comes back."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        wishes = [("email",), ("openid",), ("profile",), ("email", "openid")]
        await asyncio.gather(
            *(rig.tokens.access_token(profile.id, wish) for wish in wishes),
            *(rig.tokens.refresh(profile.id) for _ in range(3)),
        )
        used = [form["refresh_token"] for form in provider.refreshes]
        assert len(used) == len(set(used)) == 5
        assert grant_of(rig, profile).scopes_granted == EVERYTHING

    with_narrower(story)


def test_an_asker_that_goes_away_loses_no_rotated_refresh_token() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        provider.sample.gate.clear()
        asking = asyncio.create_task(rig.tokens.access_token(profile.id, LESS))
        while not provider.refreshes:
            await asyncio.sleep(0.005)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        provider.sample.gate.set()
        await rig.tokens.close()
        assert grant_of(rig, profile).refresh_token == "rt-2"

    with_narrower(story)


@pytest.mark.parametrize(("how", "requests"), [("ignores", 1), ("silent", 2), ("refuses", 1)])
def test_a_provider_that_doesn_t_narrow_is_asked_once_and_the_token_says_so(
    how: str, requests: int
) -> None:
    """``silent`` costs one more: nobody knows what its newest token allows."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        provider.refresh = how
        for _ in range(3):
            token = await rig.tokens.access_token(profile.id, LESS)
            assert (token.wider, token.scopes) == (True, EVERYTHING)
            assert token.access_token == grant_of(rig, profile).access_token
        assert len(provider.refreshes) == requests
        assert not rig.tokens.can_narrow(rig.profiles.get(profile.id))
        rig.clock.now += 24 * 3600
        await rig.tokens.access_token(profile.id, LESS)
        assert any("scope" in form for form in provider.refreshes[requests:])

    with_narrower(story)


def test_asking_for_everything_narrows_nothing() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        for scopes in ((), EVERYTHING, tuple(reversed(EVERYTHING))):
            token = await rig.tokens.access_token(profile.id, scopes)
            assert (token.access_token, token.wider) == ("at-1", False)
        with pytest.raises(InvalidRequestError):
            await rig.tokens.access_token(profile.id, ("photos",))
        assert provider.refreshes == []

    with_narrower(story)


def test_token_exchange_is_tried_first() -> None:
    """RFC 8693 section 2.1."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        token = await rig.tokens.access_token(profile.id, LESS)
        assert (token.access_token, token.scopes, token.wider) == ("exchanged-2", LESS, False)
        (form,) = provider.exchanged
        assert (form["subject_token"], form["scope"]) == ("at-1", "email")
        assert provider.refreshes == []
        rig.clock.now += 299
        assert (await rig.tokens.access_token(profile.id, LESS)).access_token == "exchanged-4"
        assert provider.exchanged[1]["subject_token"] == "at-3"

    with_narrower(story, exchange=True)


def test_an_offer_of_exchange_is_no_promise_until_it_was_kept() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        assert grant_of(rig, profile).exchanges_tokens
        assert not rig.tokens.can_narrow(profile)
        await rig.tokens.access_token(profile.id, LESS)
        known = rig.profiles.get(profile.id)
        assert rig.tokens.can_narrow(known)
        assert known.grant is not None
        assert known.grant.exchange_narrows
        assert not known.grant.narrows

    with_narrower(story, exchange=True)


@pytest.mark.parametrize("exchange", [True, False])
def test_what_was_seen_of_narrowing_outlasts_another_sign_in(exchange: bool) -> None:
    """Or what a program may have for always would be asked about again after it."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        await rig.tokens.access_token(profile.id, LESS)
        seen = grant_of(rig, profile)
        assert (seen.exchange_narrows, seen.narrows) == (exchange, not exchange)
        rig.clock.now += 1
        again = await rig.signed_in(provider.sample)
        assert again.id == profile.id
        grant = grant_of(rig, profile)
        assert grant.granted_at != seen.granted_at
        assert (grant.exchange_narrows, grant.narrows) == (exchange, not exchange)

    with_narrower(story, exchange=exchange)


def test_a_token_for_another_place_says_nothing_of_fewer_permissions() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        await rig.tokens.access_token(profile.id, resource="https://api.example/")
        assert not rig.tokens.can_narrow(rig.profiles.get(profile.id))

    with_narrower(story, exchange=True)


def test_what_a_provider_s_entry_says_of_narrowing_is_known_until_it_shows_otherwise() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        assert rig.tokens.can_narrow(profile)
        provider.refresh = "ignores"
        assert (await rig.tokens.access_token(profile.id, LESS)).wider
        assert not rig.tokens.can_narrow(rig.profiles.get(profile.id))

    with_narrower(story, token=TokenRules(narrows=True))


def test_an_exchange_that_is_broken_costs_nothing_but_a_try() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        provider.answer = (500, "text/plain", b"")
        token = await rig.tokens.access_token(profile.id, LESS)
        assert (token.access_token, token.wider) == ("at-2", False)
        provider.answer = None
        token = await rig.tokens.access_token(profile.id, ("openid",))
        assert token.access_token.startswith("exchanged")

    with_narrower(story, exchange=True)


@pytest.mark.parametrize("how", ["refuses", "wider"])
def test_where_the_exchange_is_refused_a_refresh_may_do(how: str) -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        provider.exchange = how
        for _ in range(2):
            token = await rig.tokens.access_token(profile.id, LESS)
            assert (token.scopes, token.wider) == (LESS, False)
        assert (len(provider.exchanged), len(provider.refreshes)) == (1, 1)

    with_narrower(story, exchange=True)


def test_a_token_for_another_place_is_kept_apart_too() -> None:
    """RFC 8707 section 2.2."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        api = "https://api.example/"
        token = await rig.tokens.access_token(profile.id, resource=api)
        assert (token.access_token, token.wider) == ("at-2", False)
        assert provider.refreshes[0]["resource"] == api
        assert "scope" not in provider.refreshes[0]
        assert grant_of(rig, profile).access_token == "at-1"
        both = await rig.tokens.access_token(profile.id, LESS, resource=api)
        assert (both.access_token, both.scopes) == ("at-3", LESS)
        with pytest.raises(ResourceError):
            await rig.tokens.access_token(profile.id, resource="api")

    with_narrower(story)


def test_the_grant_s_own_place_needs_no_other_token() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        api = "https://api.example/"
        assert (await rig.tokens.access_token(profile.id, resource=api)).access_token == "at-1"

    with_narrower(story, resources=("https://api.example/",))


@pytest.mark.parametrize("exchange", [False, True])
def test_a_place_that_the_provider_refuses_is_told(exchange: bool) -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        refusal = as_json({"error": "invalid_target"}, 400)
        usual, provider.sample.answers["/token"] = (
            provider.sample.answers["/token"],
            lambda _: refusal,
        )
        for _ in range(2):
            with pytest.raises(InvalidTargetError):
                await rig.tokens.access_token(profile.id, resource="https://api.example/")
        provider.sample.answers["/token"] = usual
        token = await rig.tokens.access_token(profile.id, LESS)
        assert (token.access_token.startswith("exchanged"), token.wider) == (exchange, False)

    with_narrower(story, exchange=exchange)


def test_an_outage_gives_what_is_still_good_and_never_more() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        await rig.tokens.access_token(profile.id, LESS)
        provider.away = True
        rig.clock.now += 250
        assert (await rig.tokens.access_token(profile.id, LESS)).access_token == "at-2"
        with pytest.raises(ProviderUnreachableError):
            await rig.tokens.access_token(profile.id, ("openid",))
        rig.clock.now += 50
        with pytest.raises(ProviderUnreachableError):
            await rig.tokens.access_token(profile.id, LESS)

    with_narrower(story)


def test_an_outage_before_anything_was_narrowed_gives_the_whole_token_and_says_so() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        provider.away = True
        token = await rig.tokens.access_token(profile.id, LESS)
        assert (token.access_token, token.wider) == ("at-1", True)
        provider.away = False
        assert not (await rig.tokens.access_token(profile.id, LESS)).wider

    with_narrower(story)


def test_an_ended_grant_is_noticed_here_too() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        stolen = replace(grant_of(rig, profile), refresh_token="rt-0")
        await rig.profile_store.save(replace(rig.profiles.get(profile.id), grant=stolen))
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id, LESS)
        assert rig.profiles.get(profile.id).status == "needs_sign_in"

    with_narrower(story)


def test_a_new_sign_in_and_a_revocation_forget_what_was_made_for_less() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        await rig.tokens.access_token(profile.id, LESS)
        rig.clock.now += 1
        await rig.signed_in(provider.sample)
        assert (await rig.tokens.access_token(profile.id, LESS)).access_token == "at-4"
        await rig.tokens.revoke(profile.id)
        with pytest.raises(NeedsSignInError):
            await rig.tokens.access_token(profile.id, LESS)

    with_narrower(story)


def test_a_refused_token_is_made_anew_once() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        first = await rig.tokens.access_token(profile.id, LESS)
        await rig.tokens.reject(profile.id, first.access_token)
        second = await rig.tokens.access_token(profile.id, LESS)
        assert second.access_token != first.access_token
        await rig.tokens.reject(profile.id, second.access_token)
        assert await rig.tokens.access_token(profile.id, LESS) == second
        rig.clock.now += 601
        assert await rig.tokens.access_token(profile.id, LESS) != second

    with_narrower(story)


def test_an_exchanged_token_that_was_refused_is_made_anew_out_of_a_renewed_one() -> None:
    """The provider ended both before their time; RFC 8693 section 2.2.2."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        first = await rig.tokens.access_token(profile.id, LESS)
        provider.over = {grant_of(rig, profile).access_token}
        await rig.tokens.reject(profile.id, first.access_token)
        second = await rig.tokens.access_token(profile.id, LESS)
        assert (second.access_token, second.wider) == ("exchanged-4", False)
        subjects = [each["subject_token"] for each in provider.exchanged]
        assert subjects == ["at-1", "at-1", "at-3"]
        assert len(provider.refreshes) == 1

    with_narrower(story, exchange=True)


@pytest.mark.parametrize("worked_before", [False, True])
def test_an_exchange_that_fails_whatever_the_token_renews_once_at_most(
    worked_before: bool,
) -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        if worked_before:
            await rig.tokens.access_token(profile.id, LESS)
            provider.sample.requests.clear()
        provider.answer = as_json({"error": "invalid_request"}, 400)
        for scopes in (("openid",), ("profile",), ("openid", "email")):
            assert not (await rig.tokens.access_token(profile.id, scopes)).wider
        assert len(provider.exchanged) == 1 + worked_before
        whole = [each for each in provider.refreshes if "scope" not in each]
        assert len(whole) == worked_before

    with_narrower(story, exchange=True)


def test_a_refresh_that_fails_on_the_way_to_an_exchange_says_nothing_of_the_exchange() -> None:
    """Otherwise a minute's trouble would cost a day of tokens for less."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        await rig.tokens.access_token(profile.id, LESS)
        rig.clock.now += 1_000
        provider.trouble = True
        with pytest.raises(OAuthError):
            await rig.tokens.access_token(profile.id, LESS)
        provider.trouble = False
        token = await rig.tokens.access_token(profile.id, LESS)
        assert token.access_token.startswith("exchanged-")

    with_narrower(story, exchange=True)


def test_a_moment_s_trouble_is_no_refusal() -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        provider.answer = as_json({"error": "temporarily_unavailable"}, 400)
        assert (await rig.tokens.access_token(profile.id, LESS)).scopes == LESS
        assert len(provider.refreshes) == 1, "the other way"
        provider.answer = None
        token = await rig.tokens.access_token(profile.id, ("profile",))
        assert token.access_token.startswith("exchanged-")

    with_narrower(story, exchange=True)


def test_any_number_of_wishes_fills_no_memory() -> None:
    kept = NarrowedTokens(clock=lambda: 0.0)
    token = LentToken(access_token="at", token_type="Bearer", expires_at=None, scopes=LESS)
    for number in range(1_001):
        kept.keep(("p1", None, Less(resource=f"https://api.example/{number}")), token)
    assert kept.find(("p1", None, Less(resource="https://api.example/0")), 60) is None
    assert kept.find(("p1", None, Less(resource="https://api.example/1000")), 60) == token


@pytest.mark.parametrize("exchange", [False, True])
def test_a_changed_entry_sends_the_wish_to_no_other_place(exchange: bool) -> None:
    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        async with SampleProvider(rig.clock) as elsewhere:
            entry = rig.providers.get("sample")
            await rig.provider_store.save(
                replace(entry, issuer=elsewhere.issuer, token_endpoint=f"{elsewhere.issuer}/token")
            )
            token = await rig.tokens.access_token(profile.id, LESS)
            assert (token.scopes, token.wider) == (LESS, False)
            assert elsewhere.requests == []

    with_narrower(story, exchange=exchange)


def test_an_exchanged_token_that_is_not_bound_is_not_lent() -> None:
    """RFC 9449 section 5: whoever copied it could use it, although the grant is bound."""

    async def story(rig: Rig, provider: Narrower, profile: Profile) -> None:
        token = await rig.tokens.access_token(profile.id, LESS)
        assert len(provider.exchanged) == 1
        assert (token.access_token, token.token_type, token.wider) == ("at-3", "DPoP", False)

    with_narrower(story, exchange=True, dpop=True)

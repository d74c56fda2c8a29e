"""Signing in against a real provider on a real port, good and bad."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.errors import InvalidRequestError, LockedError, NotFoundError
from desktop_app.oauth.errors import DiscoveryError, EndpointError, StateMismatchError
from desktop_app.providers.model import Redirect, UserinfoMapping
from desktop_app.services.errors import (
    ClientIdNeededError,
    PortInUseError,
    ProviderUnreachableError,
    SignInOverError,
)
from desktop_app.transport.loopback import LoopbackListener
from tests.support.junk import send_junk
from tests.support.rig import Rig, answer, answer_url, get, state_of
from tests.support.sample_provider import SampleProvider, as_json

Story = Callable[[Rig, SampleProvider], Awaitable[None]]


def with_sample(story: Story, *, lifetime: float = 600.0, **entry: Any) -> None:
    async def run() -> None:
        async with Rig(lifetime=lifetime) as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


def test_a_sign_in_ends_in_a_kept_profile_with_its_grant_and_picture() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.userinfo["picture"] = f"{sample.issuer}/picture.png"
        profile = await rig.signed_in(sample)
        assert (profile.issuer, profile.subject) == (sample.issuer, "subject-1")
        assert (profile.name, profile.email) == ("Maria Sample", "maria@example.org")
        assert profile.grant is not None
        assert profile.grant.access_token == "at-1"
        assert profile.grant.refresh_token == "rt-1"
        assert profile.grant.access_token_expires_at == rig.clock() + 300
        assert profile.grant.scopes_granted == profile.grant.scopes_requested
        assert {"pkce", "state", "nonce", "id_token:RS256"} <= set(profile.grant.protections)
        assert (await rig.picture_of(profile)).png.startswith(b"\x89PNG")

    with_sample(story)


def test_the_last_page_is_there_for_a_browser_that_takes_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was redirected there, and would otherwise say that nobody answers."""
    lingered: list[float] = []
    close = LoopbackListener.close

    async def noting(listener: LoopbackListener, *, linger: float = 0.0) -> None:
        lingered.append(linger)
        await close(listener, linger=linger)

    async def story(rig: Rig, sample: SampleProvider) -> None:
        await rig.signed_in(sample)
        async with asyncio.timeout(120):
            while not lingered:
                await asyncio.sleep(0.005)
        assert lingered[0] >= 30

    monkeypatch.setattr(LoopbackListener, "close", noting)
    with_sample(story)


def test_the_authorization_request_has_pkce_state_nonce_and_the_bound_redirect() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample, login_hint="maria")
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == [view.redirect_uri]
        assert query["prompt"] == ["consent"]
        assert query["login_hint"] == ["maria"]
        assert len(query["state"][0]) >= 22
        assert query["nonce"] != query["state"]
        assert rig.browser.opened == [view.authorization_url]
        await answer(view)
        await rig.wait_over(view.id)
        form = sample.asked("/token")[0]
        assert len(form["code_verifier"]) >= 43
        assert form["redirect_uri"] == view.redirect_uri

    with_sample(story)


def test_every_step_is_told_and_no_event_holds_a_secret() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        state = state_of(view)
        await answer(view)
        await rig.wait_over(view.id)
        told = [data for event, data in rig.events if event == "sign_in"]
        assert [(one["status"], one["step"]) for one in told] == [
            ("pending", "browser"),
            ("pending", "waiting"),
            ("pending", "checking"),
            ("completed", "checking"),
        ]
        assert [event for event, _ in rig.events if event.startswith("profile")] == [
            "profile_added"
        ]
        text = repr(rig.events)
        assert not any(secret in text for secret in (state, "at-1", "rt-1", "the-code"))

    with_sample(story)


def test_signing_in_again_updates_the_account_and_never_makes_a_twin() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        first = await rig.signed_in(sample)
        await rig.profiles.rename(first.id, "At home")
        sample.userinfo["name"] = "Maria Married"
        again = await rig.signed_in(sample)
        assert (again.id, again.label, again.name) == (first.id, "At home", "Maria Married")
        sample.subject = "subject-2"
        other = await rig.signed_in(sample)
        assert other.id != first.id
        assert rig.profiles.list()[1] == 2

    with_sample(story)


def test_several_sign_ins_at_once_do_not_touch_each_other() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        views = [await rig.start(sample) for _ in range(3)]
        assert len({view.redirect_uri for view in views}) == 3
        # The state of one at the listener of another.
        status, _ = await answer(views[0], state=state_of(views[1]))
        assert status == 400
        sample.saw(views[1].authorization_url or "")
        await answer(views[1])
        assert (await rig.wait_over(views[1].id)).status == "completed"
        assert [rig.sign_ins.status(view.id).status for view in views] == [
            "pending",
            "completed",
            "pending",
        ]
        assert len(rig.sign_ins.all()) == 3

    with_sample(story)


def test_a_repeated_answer_is_not_used_twice() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        sample.gate.clear()
        assert (await answer(view))[0] == 200
        assert (await answer(view))[0] == 400
        with pytest.raises(SignInOverError):
            await rig.sign_ins.redirect(view.id, url=answer_url(view))
        sample.gate.set()
        assert (await rig.wait_over(view.id)).status == "completed"
        assert len(sample.asked("/token")) == 1

    with_sample(story)


@pytest.mark.parametrize(
    "stray",
    [
        "/favicon.ico",
        "/callback",
        "/callback?code=x",
        "/callback?code=x&state=wrong",
        "/callback?error=access_denied&state=wrong",
        "/callback?error=access_denied",
        "/callback?code=x&code=y&state={state}",
        "/callback?code=x&state={state}&state={state}",
        "/callback?%ff=%00&state=%zz",
        "/other?code=x&state={state}",
    ],
)
def test_a_stray_request_neither_ends_nor_confuses_the_sign_in(stray: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        origin = (view.redirect_uri or "").removesuffix("/callback")
        status, _ = await asyncio.to_thread(get, origin + stray.format(state=state_of(view)))
        assert status in {400, 404}
        assert rig.sign_ins.status(view.id).status == "pending"
        await answer(view)
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)


def test_ten_thousand_junk_answers_neither_end_nor_confuse_the_sign_in() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        port = urlsplit(view.redirect_uri or "").port or 0
        await asyncio.to_thread(send_junk, port, 10_000)
        assert rig.sign_ins.status(view.id).status == "pending"
        await answer(view)
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)


def test_the_person_saying_no_fails_with_access_denied() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        await answer(view, code="", error="access_denied", error_description="no")
        over = await rig.wait_over(view.id)
        assert (over.status, over.error) == ("failed", "access_denied")
        assert over.authorization_url is None
        assert rig.profiles.list()[1] == 0

    with_sample(story)


def test_the_provider_s_error_is_told_in_its_words_but_cleaned() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        words = "<b>bad</b>\u202e scope" + "x" * 5000
        await answer(view, code="", error="invalid_scope", error_description=words)
        over = await rig.wait_over(view.id)
        assert over.error == "authorization_error"
        assert "invalid_scope" in (over.message or "")
        assert "\u202e" not in (over.message or "")
        assert len(over.message or "") < 500

    with_sample(story)


def test_another_issuer_in_the_answer_ends_the_sign_in() -> None:
    """RFC 9207 section 2.4."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        await answer(view, iss="https://evil.example")
        over = await rig.wait_over(view.id)
        assert (over.status, over.error) == ("failed", "issuer_mismatch")
        assert sample.asked("/token") == []

    with_sample(story)


def test_the_issuer_is_required_where_it_was_announced_and_noted_as_a_protection() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["authorization_response_iss_parameter_supported"] = True
        view = await rig.start(sample)
        await answer(view)
        assert (await rig.wait_over(view.id)).error == "issuer_mismatch"
        view = await rig.start(sample)
        await answer(view, iss=sample.issuer)
        over = await rig.wait_over(view.id)
        grant = rig.profiles.get(over.profile_id or "").grant
        assert grant is not None
        assert "iss" in grant.protections

    with_sample(story)


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"aud": "somebody-else"}, "aud"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "exp"),
        ({"at_hash": "AAAA"}, "at_hash"),
        ({"sub": ""}, "sub"),
    ],
)
def test_an_id_token_that_fails_a_check_keeps_nothing(claims: dict[str, Any], check: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.claims = claims
        over = await rig.sign_in(sample)
        assert over.status == "failed"
        assert over.failure is not None
        assert over.failure.fields["check"] == check
        assert rig.profiles.list()[1] == 0

    with_sample(story)


def test_an_openid_provider_without_an_id_token_is_refused() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.answers["/token"] = lambda _: as_json({"access_token": "x", "token_type": "bearer"})
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", "id_token_invalid")

    with_sample(story)


def test_a_changed_signing_key_is_fetched_once_more() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        await rig.signed_in(sample)
        sample.key_number = 2
        await rig.signed_in(sample)
        assert len(sample.asked("/jwks")) == 2

    with_sample(story)


def test_userinfo_about_somebody_else_keeps_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.answers["/userinfo"] = lambda _: as_json({"sub": "another", "name": "Eve"})
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", "subject_mismatch")
        assert rig.profiles.list()[1] == 0

    with_sample(story)


def test_with_a_good_id_token_missing_userinfo_costs_only_details() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.claims = {"name": "From the token"}
        sample.answers["/userinfo"] = lambda _: (500, "text/html", b"<h1>oops</h1>")
        profile = await rig.signed_in(sample)
        assert (profile.name, profile.email) == ("From the token", None)

    with_sample(story)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((200, "text/html", b"<h1>Welcome</h1>"), "token_response_invalid"),
        ((200, "application/json", b""), "token_response_invalid"),
        ((200, "application/json", b"[1]"), "token_response_invalid"),
        ((200, "application/json", b'{"access_token": 7}'), "token_response_invalid"),
        ((200, "application/json", b'{"error": "invalid_grant"}'), "invalid_grant"),
        ((401, "application/json", b'{"error": "invalid_client"}'), "invalid_client"),
        ((503, "text/html", b"<h1>Down</h1>"), "provider_unreachable"),
        ((429, "application/json", b"{}"), "provider_unreachable"),
        ((200, "application/json", b"x" * (2 << 20)), "response_too_large"),
        ((302, "text/html", b"https://evil.example/"), "token_response_invalid"),
    ],
)
def test_a_bad_token_response_fails_with_its_own_error(
    reply: tuple[int, str, bytes], error: str
) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.answers["/token"] = lambda _: reply
        over = await rig.sign_in(sample)
        assert (over.status, over.error) == ("failed", error)
        assert over.message
        assert rig.profiles.list()[1] == 0

    with_sample(story)


def test_a_provider_without_openid_is_read_through_its_mapping() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        entry = rig.providers.get("sample")
        entry = replace(
            entry,
            protocol="oauth2",
            issuer=None,
            authorization_endpoint=f"{sample.issuer}/authorize",
            token_endpoint=f"{sample.issuer}/token",
            userinfo_endpoint=f"{sample.issuer}/user",
            emails_endpoint=f"{sample.issuer}/user/emails",
            scopes=("read:user",),
            userinfo_mapping=UserinfoMapping(subject="/account/id", username="login", name=None),
        )
        await rig.provider_store.save(entry)
        sample.answers["/user"] = lambda _: as_json({"account": {"id": 4711}, "login": "maria"})
        sample.answers["/user/emails"] = lambda _: as_json(
            [{"email": "maria@example.org", "primary": True, "verified": True}]
        )
        sample.answers["/token"] = lambda _: (
            200,
            "application/x-www-form-urlencoded",
            b"access_token=gho_1&scope=read%3Auser&token_type=bearer",
        )
        view = await rig.start(sample)
        assert "nonce" not in (view.authorization_url or "")
        # An issuer that nobody announced (GitHub sends one).
        await answer(view, iss="https://sample.example/oauth")
        over = await rig.wait_over(view.id)
        profile = rig.profiles.get(over.profile_id or "")
        assert (profile.issuer, profile.subject) == (f"{sample.issuer}/token", "4711")
        assert (profile.username, profile.email) == ("maria", "maria@example.org")
        assert profile.grant is not None
        assert profile.grant.access_token_expires_at is None

    with_sample(story)


def test_with_an_issuer_template_the_proven_issuer_is_the_account_s() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        tenant = f"{sample.issuer}/8d2b"
        template = f"{sample.issuer}/{{tid}}"
        sample.metadata["issuer"] = template
        entry = rig.providers.get("sample")
        await rig.provider_store.save(replace(entry, issuer_template=template))
        sample.claims = {"iss": tenant, "tid": "8d2b"}
        profile = await rig.signed_in(sample)
        assert profile.issuer == tenant
        view = await rig.start(sample)
        await answer(view, iss="https://evil.example")
        assert (await rig.wait_over(view.id)).error == "issuer_mismatch"

    with_sample(story)


def test_the_scopes_that_were_granted_are_kept_beside_those_asked_for() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.answers["/token"] = lambda _: as_json(
            {
                "access_token": "a",
                "token_type": "Bearer",
                "scope": "openid",
                "id_token": sample.id_token(),
            }
        )
        profile = await rig.signed_in(sample, scopes=["photos.read"])
        assert profile.grant is not None
        assert profile.grant.scopes_requested == ("openid", "photos.read")
        assert profile.grant.scopes_granted == ("openid",)

    with_sample(story)


def test_the_code_goes_where_the_sign_in_began_though_the_entry_changes_meanwhile() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        async with SampleProvider(rig.clock) as other:
            await rig.add_provider(other, client_id="another")
            await answer(view)
            profile = rig.profiles.get((await rig.wait_over(view.id)).profile_id or "")
            assert profile.issuer == sample.issuer
            assert other.requests == []

    with_sample(story)


def test_cancelling_closes_the_listener_and_stays_answerable() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        assert (await rig.sign_ins.cancel(view.id)).status == "cancelled"
        with pytest.raises(OSError, match="refused"):
            await answer(view)
        assert rig.sign_ins.status(view.id).status == "cancelled"
        assert rig.sign_ins.status(view.id).authorization_url is None
        assert (await rig.sign_ins.cancel(view.id)).status == "cancelled"
        with pytest.raises(SignInOverError):
            await rig.sign_ins.open_again(view.id)

    with_sample(story)


def test_cancelling_while_the_answer_is_checked_keeps_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        sample.gate.clear()
        await answer(view)
        assert rig.sign_ins.status(view.id).step == "checking"
        assert (await rig.sign_ins.cancel(view.id)).status == "cancelled"
        sample.gate.set()
        await asyncio.sleep(0)
        assert rig.profiles.list()[1] == 0

    with_sample(story)


def test_a_sign_in_ends_by_itself() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        rig.clock.now -= 0.1
        view = await rig.start(sample)
        rig.clock.now += 0.2
        assert (await rig.wait_over(view.id)).status == "expired"
        assert ("sign_in", "expired") in [(e, d.get("status")) for e, d in rig.events]

    with_sample(story, lifetime=0.15)


def test_a_computer_that_slept_finds_the_sign_in_expired() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        rig.clock.now += 86_400
        assert (await answer(view))[0] == 400
        assert rig.sign_ins.status(view.id).status == "expired"

    with_sample(story)


def test_a_finished_sign_in_is_forgotten_after_an_hour() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        old = await rig.sign_in(sample)
        rig.clock.now += 3500
        await rig.start(sample)
        assert rig.sign_ins.status(old.id).status == "completed"
        rig.clock.now += 200
        await rig.start(sample)
        with pytest.raises(NotFoundError):
            rig.sign_ins.status(old.id)

    with_sample(story)


def test_the_pasted_final_address_is_as_good_as_the_redirect() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample, flow="paste")
        assert view.flow == "paste"
        await rig.sign_ins.redirect(view.id, url=f"  {answer_url(view)}\n")
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)


def test_a_provider_that_only_takes_https_redirects_needs_no_listener() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        assert (view.flow, view.redirect_uri) == ("paste", "https://paste.example/back")
        await rig.sign_ins.redirect(view.id, url=answer_url(view))
        assert (await rig.wait_over(view.id)).status == "completed"
        with pytest.raises(InvalidRequestError):
            await rig.start(sample, flow="redirect")

    with_sample(story, redirect=Redirect(paste="https://paste.example/back"))


@pytest.mark.parametrize("url", ["", "hello", "https://evil.example/callback?code=a", "http://["])
def test_pasting_something_else_says_what_is_wanted_and_the_sign_in_goes_on(url: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        with pytest.raises(InvalidRequestError):
            await rig.sign_ins.redirect(view.id, url=url)
        with pytest.raises(StateMismatchError):
            await rig.sign_ins.redirect(view.id, url=answer_url(view, state="wrong"))
        with pytest.raises(InvalidRequestError):
            await rig.sign_ins.redirect(view.id, code="123")
        assert rig.sign_ins.status(view.id).status == "pending"

    with_sample(story)


def test_without_a_browser_the_address_is_shown_and_can_be_opened_again() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        rig.browser.works = False
        view = await rig.start(sample)
        assert (view.browser_opened, view.step) == (False, "browser")
        rig.browser.works = True
        again = await rig.sign_ins.open_again(view.id)
        assert (again.browser_opened, again.step) == (True, "waiting")
        view = await rig.start(sample, open_browser=False)
        assert len(rig.browser.opened) == 2

    with_sample(story)


@pytest.mark.parametrize(
    "endpoint",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://op.example/authorize",
        "https://op.example/$(touch x)",
        "https://op.example/`id`",
        "https://op.example/a;b",
        "https://user@op.example/",
        "--help",
    ],
)
def test_no_dangerous_address_reaches_the_browser(endpoint: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["authorization_endpoint"] = endpoint
        with pytest.raises((DiscoveryError, EndpointError)):
            await rig.start(sample)
        assert rig.browser.opened == []
        assert rig.sign_ins.all() == []

    with_sample(story)


def test_a_fixed_port_in_use_is_told_before_the_browser_opens() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        first = await rig.listeners.listen(Redirect(), lambda _: False)
        port = urlsplit(first.redirect_uri).port
        entry = replace(rig.providers.get("sample"), redirect=Redirect(port=port))
        await rig.provider_store.save(entry)
        with pytest.raises(PortInUseError):
            await rig.start(sample)
        assert rig.browser.opened == []
        await first.close()

    with_sample(story)


def test_a_missing_client_id_unknown_providers_and_flows_are_refused() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        with pytest.raises(ClientIdNeededError):
            await rig.start(sample)
        with pytest.raises(NotFoundError):
            await rig.sign_ins.start(provider_id="nobody")
        with pytest.raises(InvalidRequestError):
            await rig.start(sample, flow="implicit")

    with_sample(story, client_id=None)


def test_an_unreachable_provider_is_told_at_once() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        await sample.stop()
        with pytest.raises(ProviderUnreachableError):
            await rig.start(sample)

    with_sample(story)


def test_a_vault_locked_meanwhile_fails_the_sign_in_plainly() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        rig.disk.locked = True
        await answer(view)
        assert (await rig.wait_over(view.id)).error == "locked"
        with pytest.raises(LockedError):
            await rig.start(sample)

    with_sample(story)


def test_nothing_secret_is_logged_in_a_whole_sign_in(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        state = state_of(view)
        await answer(view, state="wrong")
        await answer(view)
        over = await rig.wait_over(view.id)
        text = (
            caplog.text + repr(rig.sign_ins.all()) + repr(rig.profiles.get(over.profile_id or ""))
        )
        verifier = sample.asked("/token")[0]["code_verifier"]
        # The sample provider's own access log is not ours.
        ours = "\n".join(line for line in text.splitlines() if "tornado.access" not in line)
        for secret in (state, verifier, "the-code", "at-1", "rt-1"):
            assert secret not in ours

    with_sample(story)

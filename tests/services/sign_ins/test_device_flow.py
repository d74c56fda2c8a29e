"""Signing in on another device against a provider on a real port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.errors import InvalidClientError
from desktop_app.oauth.flow_errors import DeviceAuthorizationError
from desktop_app.services.accounts import Grant, SignIn
from desktop_app.services.errors import SignInOverError
from tests.support.rig import Rig
from tests.support.sample_provider import CLIENT_ID, Answer, SampleProvider, as_json

Story = Callable[[Rig, SampleProvider], Awaitable[None]]
DEVICE_CODE = "the-device-code"
USER_CODE = "WDJB-MJHT"


class Codes:
    """The device endpoints of *sample*: ``answers`` come in turn, then the tokens."""

    def __init__(self, sample: SampleProvider, *answers: str, interval: float = 0.01) -> None:
        self._sample = sample
        self._answers = list(answers)
        self._interval = interval
        self.expires_in = 300
        sample.metadata["device_authorization_endpoint"] = f"{sample.issuer}/device"
        sample.answers["/device"] = self._code
        sample.answers["/token"] = self._token

    def _code(self, _form: Mapping[str, str]) -> Answer:
        return as_json(
            {
                "device_code": DEVICE_CODE,
                "user_code": USER_CODE,
                "verification_uri": f"{self._sample.issuer}/type",
                "verification_uri_complete": f"{self._sample.issuer}/type?code={USER_CODE}",
                "expires_in": self.expires_in,
                "interval": self._interval,
            }
        )

    def _token(self, form: dict[str, str]) -> Answer:
        if form["grant_type"] == "refresh_token":
            return as_json({"access_token": "at-new", "token_type": "Bearer"})
        assert form["device_code"] == DEVICE_CODE
        if self._answers:
            return self._word(self._answers.pop(0))
        tokens = {"access_token": "at-1", "token_type": "Bearer", "refresh_token": "rt-1"}
        return as_json({**tokens, "expires_in": 300, "id_token": self._sample.id_token()})

    def _word(self, word: str) -> Answer:
        return (503, "text/plain", b"") if word == "away" else as_json({"error": word}, 400)


def with_codes(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


async def started(rig: Rig, **options: Any) -> SignIn:
    return await rig.sign_ins.start(provider_id="sample", flow="device", **options)


async def over(rig: Rig, view: SignIn, *, step: float = 1.0) -> SignIn:
    """Let time pass until the sign-in is over."""
    async with asyncio.timeout(120):
        while rig.sign_ins.status(view.id).status == "pending":
            reads = rig.clock.reads
            await asyncio.sleep(0.005)
            # Only when it was looked at: the code must not end while a busy machine works.
            rig.clock.now += step if rig.clock.reads != reads else 0
    return rig.sign_ins.status(view.id)


def polls(sample: SampleProvider) -> int:
    return len(sample.asked("/token"))


async def heard(sample: SampleProvider, times: int) -> None:
    async with asyncio.timeout(120):
        while polls(sample) < times:
            await asyncio.sleep(0.005)


def test_a_code_that_was_typed_ends_in_a_kept_profile() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, "authorization_pending", "authorization_pending")
        view = await started(rig)
        assert (view.status, view.flow, view.user_code) == ("pending", "device", USER_CODE)
        assert view.verification_uri == f"{sample.issuer}/type"
        assert view.verification_uri_complete == f"{sample.issuer}/type?code={USER_CODE}"
        assert view.expires_at == rig.clock() + 300
        assert (view.authorization_url, view.redirect_uri) == (None, None)
        assert rig.browser.opened == []
        done = await over(rig, view)
        assert (done.status, done.user_code, done.verification_uri_complete) == (
            "completed",
            None,
            None,
        )
        profile = rig.profiles.get(done.profile_id or "")
        assert (profile.subject, profile.email) == ("subject-1", "maria@example.org")
        grant = profile.grant
        assert isinstance(grant, Grant)
        assert (grant.access_token, grant.refresh_token) == ("at-1", "rt-1")
        assert grant.protections == ("device_code", "id_token:RS256")
        assert polls(sample) == 3
        asked = sample.asked("/device")[0]
        assert asked["client_id"] == CLIENT_ID
        assert asked["scope"].split() == ["openid", "profile", "email", "offline_access"]

    with_codes(story)


def test_no_event_holds_a_code() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, "authorization_pending")
        await over(rig, await started(rig))
        told = [(data["status"], data["step"]) for name, data in rig.events if name == "sign_in"]
        assert told == [
            ("pending", "waiting"),
            ("pending", "checking"),
            ("completed", "checking"),
        ]
        text = repr(rig.events)
        assert not any(secret in text for secret in (DEVICE_CODE, USER_CODE, "at-1", "rt-1"))

    with_codes(story)


def test_slow_down_makes_the_next_question_come_five_seconds_later() -> None:
    """RFC 8628 section 3.5."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, "slow_down", interval=2)
        view = await started(rig)
        rig.clock.now += 2
        await heard(sample, 1)
        # The answer has arrived when the time of the next question is reckoned from it.
        reads = rig.clock.reads
        async with asyncio.timeout(120):
            while rig.clock.reads == reads:
                await asyncio.sleep(0.005)
        rig.clock.now += 6.9
        # Longer than the time between two looks at the clock.
        await asyncio.sleep(1.2)
        assert polls(sample) == 1
        rig.clock.now += 0.2
        await heard(sample, 2)
        assert (await rig.wait_over(view.id)).status == "completed"

    with_codes(story)


def test_a_provider_that_is_away_for_a_moment_costs_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, "away", "authorization_pending", "away")
        assert (await over(rig, await started(rig))).status == "completed"

    with_codes(story)


@pytest.mark.parametrize(
    ("word", "status", "error"),
    [
        ("access_denied", "failed", "access_denied"),
        ("expired_token", "expired", None),
        ("invalid_client", "failed", "invalid_client"),
    ],
)
def test_what_the_provider_says_ends_it(word: str, status: str, error: str | None) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, "authorization_pending", word)
        view = await over(rig, await started(rig))
        assert (view.status, view.error) == (status, error)
        assert rig.profiles.list()[1] == 0

    with_codes(story)


def test_a_code_that_nobody_types_expires_and_nobody_asks_any_more() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        codes = Codes(sample, *["authorization_pending"] * 1000, interval=30)
        codes.expires_in = 60
        view = await started(rig)
        rig.clock.now += 30
        await heard(sample, 1)
        view = await over(rig, view, step=20)
        assert (view.status, view.user_code) == ("expired", None)
        rig.clock.now += 600
        await asyncio.sleep(0.05)
        assert polls(sample) == 1

    with_codes(story)


def test_giving_up_ends_the_questions() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        view = await started(rig)
        assert (await rig.sign_ins.cancel(view.id)).status == "cancelled"
        rig.clock.now += 60
        await asyncio.sleep(0.05)
        assert polls(sample) == 0

    with_codes(story)


def test_the_page_for_the_code_opens_here_only_when_asked_to() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, *["authorization_pending"] * 1000)
        view = await started(rig)
        await rig.sign_ins.open_again(view.id)
        assert rig.browser.opened == [view.verification_uri_complete]

    with_codes(story)


@pytest.mark.parametrize("pasted", [{"url": "http://127.0.0.1/callback?code=x"}, {"code": "x"}])
def test_nothing_can_be_pasted_into_it(pasted: dict[str, str]) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, *["authorization_pending"] * 1000)
        view = await started(rig)
        with pytest.raises(InvalidRequestError):
            await rig.sign_ins.redirect(view.id, **pasted)
        assert rig.sign_ins.status(view.id).status == "pending"

    with_codes(story)


def test_one_that_is_over_takes_nothing_any_more() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        view = await over(rig, await started(rig))
        with pytest.raises(SignInOverError):
            await rig.sign_ins.open_again(view.id)

    with_codes(story)


def test_a_provider_without_codes_says_so() -> None:
    async def story(rig: Rig, _: SampleProvider) -> None:
        with pytest.raises(InvalidRequestError, match="with a code") as caught:
            await started(rig)
        assert caught.value.fields["field"] == "flow"

    with_codes(story)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (as_json({"error": "invalid_client"}, 401), InvalidClientError),
        (as_json({"error": "unauthorized_client"}, 400), DeviceAuthorizationError),
        ((200, "text/html", b"<h1>Hello</h1>"), DeviceAuthorizationError),
    ],
)
def test_a_refused_beginning_says_why(answer: Answer, error: type[Exception]) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        sample.answers["/device"] = lambda _: answer
        with pytest.raises(error):
            await started(rig)
        assert rig.sign_ins.all() == []

    with_codes(story)


def test_an_id_token_of_another_client_is_refused() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        sample.claims["aud"] = "somebody-else"
        view = await over(rig, await started(rig))
        assert (view.status, view.error) == ("failed", "id_token_invalid")

    with_codes(story)


def test_userinfo_says_who_it_is_where_no_id_token_comes_with_a_code() -> None:
    """As at django-allauth: OpenID's demand for an ID token is for its own flows."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        sample.answers["/token"] = lambda _: as_json({"access_token": "a", "token_type": "Bearer"})
        view = await over(rig, await started(rig))
        assert view.status == "completed"
        profile = rig.profiles.get(view.profile_id or "")
        assert (profile.subject, profile.email) == ("subject-1", "maria@example.org")

    with_codes(story)


def test_without_an_id_token_and_userinfo_nobody_signed_in() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        sample.metadata["userinfo_endpoint"] = None
        sample.answers["/token"] = lambda _: as_json({"access_token": "a", "token_type": "Bearer"})
        view = await over(rig, await started(rig))
        assert (view.status, view.error) == ("failed", "id_token_invalid")
        assert "(check: missing)" in (view.message or "")

    with_codes(story)


@pytest.mark.parametrize("path", ["/device", "/token"])
def test_a_secret_that_is_not_read_in_the_header_is_sent_in_the_form(path: str) -> None:
    """As with a code that comes by a redirect."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample, "authorization_pending")
        sample.metadata["token_endpoint_auth_methods_supported"] = None
        usual = sample.answers[path]

        def read_the_form(form: dict[str, str]) -> Answer:
            if "client_secret" in form:
                return usual(form)
            return as_json({"error": "invalid_client"}, 401)

        sample.answers[path] = read_the_form
        view = await over(rig, await started(rig))
        assert view.status == "completed", view.message
        refused, *taken = sample.asked(path)
        assert "client_secret" not in refused
        assert [each["client_secret"] for each in taken] == ["a+secret/"] * len(taken)
        grant = rig.profiles.get(view.profile_id or "").grant
        assert isinstance(grant, Grant)
        assert grant.client_authentication == "client_secret_post"

    with_codes(story, client_secret="a+secret/")


def test_a_secret_that_is_refused_in_the_form_too_is_sent_no_more() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        sample.metadata["token_endpoint_auth_methods_supported"] = None
        sample.answers["/token"] = lambda _: as_json({"error": "invalid_client"}, 401)
        view = await over(rig, await started(rig))
        assert (view.status, view.error) == ("failed", "invalid_client")
        assert polls(sample) == 2

    with_codes(story, client_secret="a-secret")


def test_without_openid_the_details_say_who_it_is() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        Codes(sample)
        sample.userinfo = {"sub": "17", "name": "Maria Sample"}
        await rig.add_provider(
            sample,
            protocol="oauth2",
            issuer=None,
            scopes=("read",),
            authorization_endpoint=f"{sample.issuer}/authorize",
            token_endpoint=f"{sample.issuer}/token",
            userinfo_endpoint=f"{sample.issuer}/userinfo",
            device_authorization_endpoint=f"{sample.issuer}/device",
        )
        sample.subject = "17"
        view = await over(rig, await started(rig, scopes=["read", "write"]))
        assert view.status == "completed", view.message
        profile = rig.profiles.get(view.profile_id or "")
        assert (profile.issuer, profile.subject) == (f"{sample.issuer}/token", "17")
        assert profile.grant is not None
        assert profile.grant.scopes_granted == ("read", "write")

    with_codes(story)

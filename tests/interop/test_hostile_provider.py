"""A provider that wants more than it may have, end to end: it gets nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop_app.errors import AppError, InvalidRequestError
from desktop_app.oauth.errors import DiscoveryError, EndpointError, StateMismatchError
from desktop_app.oauth.http import HttpResponse
from desktop_app.providers.model import UserinfoMapping
from desktop_app.services.accounts import Profile
from desktop_app.services.providers.discovery import Discovery
from tests.support.memory import UnpluggedHttp
from tests.support.oauth1_server import Oauth1Server
from tests.support.rig import Rig, answer, answer_url, state_of
from tests.support.sample_provider import Answer, SampleProvider, as_json

Story = Callable[[Rig, SampleProvider, SampleProvider], Awaitable[None]]

DOCUMENT = "/.well-known/openid-configuration"
ENDPOINTS = (DOCUMENT, "/jwks", "/token", "/userinfo")
_ENDLESS = b" " * ((1 << 20) + 1)


def with_two(story: Story) -> None:
    """Tell *story* with a provider whose entry is ``sample``, and another one somewhere else."""

    async def run() -> None:
        async with (
            Rig() as rig,
            SampleProvider(rig.clock) as sample,
            SampleProvider(rig.clock) as other,
        ):
            await rig.add_provider(sample)
            await story(rig, sample, other)

    asyncio.run(run())


async def tried(rig: Rig, sample: SampleProvider) -> str | None:
    """Return the error of a sign-in, at its start or its end; None if it worked."""
    try:
        return (await rig.sign_in(sample)).error
    except AppError as error:
        return error.code


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("status", [302, 307, 308])
def test_no_redirect_takes_anything_along(path: str, status: int) -> None:
    """RFC 9700 section 4.12: a 307 would carry the code, the secret and the token further."""

    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        await rig.add_provider(sample, client_secret="the-secret")
        sample.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_basic"]
        sample.answers[path] = lambda _: (status, "text/plain", f"{other.issuer}{path}".encode())
        error = await tried(rig, sample)
        # Userinfo brings details alone: who it is, the ID token has proven.
        assert (error is None) == (path == "/userinfo")
        assert other.requests == []

    with_two(story)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_redirect_in_a_circle_is_asked_once(path: str) -> None:
    async def story(rig: Rig, sample: SampleProvider, _: SampleProvider) -> None:
        sample.answers[path] = lambda _: (302, "text/plain", path.encode())
        await tried(rig, sample)
        assert len(sample.asked(path)) <= (2 if path == "/jwks" else 1)

    with_two(story)


@pytest.mark.parametrize("path", ENDPOINTS)
def test_an_endless_answer_is_cut_off(path: str) -> None:
    async def story(rig: Rig, sample: SampleProvider, _: SampleProvider) -> None:
        sample.answers[path] = lambda _: (200, "application/json", _ENDLESS)
        error = await tried(rig, sample)
        assert error == (None if path == "/userinfo" else "response_too_large")

    with_two(story)


@pytest.mark.parametrize(
    ("path", "error"),
    [(DOCUMENT, "discovery_failed"), ("/token", "token_response_invalid")],
)
@pytest.mark.parametrize("reply", [b"<h1>Sign in to the Wi-Fi</h1>", b"[]", b"\xff\xfe{", b"{" * 9])
def test_an_answer_of_another_kind_is_no_answer(path: str, error: str, reply: bytes) -> None:
    async def story(rig: Rig, sample: SampleProvider, _: SampleProvider) -> None:
        sample.answers[path] = lambda _: (200, "text/html", reply)
        assert await tried(rig, sample) == error
        assert rig.profiles.list()[1] == 0

    with_two(story)


@pytest.mark.parametrize(
    "inside",
    [
        "https://127.0.0.1:9/x",
        "http://localhost:9/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/x",
        "https://[fd00::1]/x",
        "https://[::ffff:10.0.0.1]/x",
    ],
)
@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
def test_a_public_provider_names_no_private_address(name: str, inside: str) -> None:
    """It would make Coatcheck ask the person's own router, with a request of its choice."""

    async def run() -> None:
        document = {"issuer": "https://public.example", name: inside}
        well_known = "https://public.example/.well-known"
        http = UnpluggedHttp(
            {
                f"{well_known}/openid-configuration": _json(document),
                f"{well_known}/oauth-authorization-server": HttpResponse(status=404),
            }
        )
        with pytest.raises(EndpointError) as caught:
            await Discovery(http=http, clock=lambda: 0.0).of_address("https://public.example")
        assert caught.value.fields["name"] == name
        assert all(asked.startswith("https://public.example/") for asked in http.asked)

    asyncio.run(run())


def _json(document: dict[str, Any]) -> HttpResponse:
    _, kind, body = as_json(document)
    return HttpResponse(status=200, headers={"content-type": kind}, body=body)


def test_another_providers_answer_is_never_taken_for_ours() -> None:
    """RFC 9207 section 4: the mix-up, where one provider passes on what another one gave."""

    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        await rig.add_provider(other, id="other")
        for provider in (sample, other):
            provider.metadata["authorization_response_iss_parameter_supported"] = True
        ours = await rig.start(sample)
        theirs = await rig.start(other, provider_id="other")
        # The state of one at the other's listener: a stray request, for both.
        assert (await answer(ours, state=state_of(theirs), iss=other.issuer))[0] == 400
        assert [rig.sign_ins.status(each.id).status for each in (ours, theirs)] == ["pending"] * 2
        # Our own state, and a code of the other provider's.
        await answer(ours, iss=other.issuer)
        over = await rig.wait_over(ours.id)
        assert (over.status, over.error) == ("failed", "issuer_mismatch")
        assert sample.asked("/token") == other.asked("/token") == []

    with_two(story)


@pytest.mark.parametrize("known", [True, False])
def test_an_entry_without_an_issuer_takes_no_answer_of_a_provider_that_is_known(
    known: bool,
) -> None:
    """RFC 9700 section 4.4; an issuer that nobody knows may be the provider's own (GitHub)."""

    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        names = ("authorization", "token", "userinfo")
        mapping = {"userinfo_mapping": UserinfoMapping(subject="email")}
        places = {f"{name}_endpoint": f"{sample.issuer}/{name}" for name in names}
        await rig.add_provider(sample, issuer=None, protocol="oauth2", **places, **mapping)
        if known:
            await rig.add_provider(other, id="other")
        view = await rig.start(sample)
        await answer(view, iss=f"{other.issuer}/realms/staff")
        over = await rig.wait_over(view.id)
        assert over.error == ("issuer_mismatch" if known else None), over.message
        assert bool(sample.asked("/token")) is not known

    with_two(story)


def test_endpoints_that_change_during_a_sign_in_get_nothing() -> None:
    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        view = await rig.start(sample)
        for name, path in (("token_endpoint", "/token"), ("userinfo_endpoint", "/userinfo")):
            sample.metadata[name] = f"{other.issuer}{path}"
        sample.metadata["jwks_uri"] = f"{other.issuer}/jwks"
        rig.clock.now += 500
        assert (await rig.answered(view)).status == "completed"
        assert other.requests == []

    with_two(story)


async def _use(rig: Rig, profile: Profile) -> None:
    await rig.tokens.refresh(profile.id)
    await rig.tokens.introspect(profile.id)
    await rig.tokens.revoke(profile.id)


@pytest.mark.parametrize("by", ["issuer", "endpoints", "metadata"])
def test_an_old_grant_goes_to_no_new_place(by: str) -> None:
    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        names = ("token", "userinfo", "revocation", "introspection")
        places = {f"{name}_endpoint": f"{other.issuer}/{name}" for name in names}
        if by == "metadata":
            sample.metadata |= {**places, "jwks_uri": f"{other.issuer}/jwks"}
            rig.clock.now += 2 * 3600
        else:
            changes = places if by == "endpoints" else {"issuer": other.issuer}
            await rig.add_provider(sample, **changes)
        await _use(rig, profile)
        assert other.requests == []

    with_two(story)


def test_an_entry_that_claims_another_s_issuer_does_not_take_its_account_over() -> None:
    """The issuer is the entry's own word where its keys are as well."""

    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        profile = await rig.signed_in(sample)
        paths = {"authorization_endpoint": "authorize", "jwks_uri": "jwks"}
        paths |= {f"{name}_endpoint": name for name in ("token", "userinfo")}
        places = {name: f"{other.issuer}/{path}" for name, path in paths.items()}
        await rig.add_provider(sample, id="claiming", **places)
        other.claims["iss"] = sample.issuer
        claimed = await rig.signed_in(other, provider_id="claiming")
        assert (claimed.issuer, claimed.subject) == (profile.issuer, profile.subject)
        assert claimed.id != profile.id
        assert rig.profiles.get(profile.id) == profile
        again = await rig.signed_in(sample)
        assert (again.id, rig.profiles.list()[1]) == (profile.id, 2)

    with_two(story)


def test_a_pasted_address_of_another_sign_in_changes_neither() -> None:
    async def story(rig: Rig, sample: SampleProvider, _: SampleProvider) -> None:
        ours = await rig.start(sample, flow="paste")
        theirs = await rig.start(sample, flow="paste")
        with pytest.raises((StateMismatchError, InvalidRequestError)):
            await rig.sign_ins.redirect(ours.id, url=answer_url(theirs))
        assert [rig.sign_ins.status(each.id).status for each in (ours, theirs)] == ["pending"] * 2
        assert sample.asked("/token") == []
        await rig.sign_ins.redirect(theirs.id, url=answer_url(theirs))
        assert (await rig.wait_over(theirs.id)).status == "completed"
        with pytest.raises((StateMismatchError, InvalidRequestError)):
            await rig.sign_ins.redirect(ours.id, url=answer_url(theirs))

    with_two(story)


def test_an_address_of_another_protocol_is_not_taken() -> None:
    async def story(rig: Rig, sample: SampleProvider, _: SampleProvider) -> None:
        async with Oauth1Server() as server:
            await rig.providers.add(server.entry(redirect={"paste": "https://paste.example/back"}))
            signed = await rig.sign_ins.start(provider_id="signed")
            ours = await rig.start(sample, flow="paste")
            token = next(iter(server.book.temporary))
            pairs = (
                (signed.id, f"https://paste.example/back?code=c&state={state_of(ours)}"),
                (ours.id, f"{ours.redirect_uri}?oauth_token={token}&oauth_verifier=v"),
            )
            for sign_in_id, url in pairs:
                with pytest.raises((StateMismatchError, InvalidRequestError)):
                    await rig.sign_ins.redirect(sign_in_id, url=url)
                assert rig.sign_ins.status(sign_in_id).status == "pending"

    with_two(story)


def test_a_device_code_that_is_typed_too_late_gives_nothing() -> None:
    """RFC 8628 section 3.5: by our own clock too, whatever the provider says."""

    async def story(rig: Rig, sample: SampleProvider, _: SampleProvider) -> None:
        asked: list[dict[str, str]] = []

        def token(form: dict[str, str]) -> Answer:
            asked.append(form)
            # The person is slow; the provider takes the code although its time is over.
            if rig.clock.now < begun + 60:
                return as_json({"error": "authorization_pending"}, 400)
            return as_json({"access_token": "late", "token_type": "Bearer"})

        begun = rig.clock.now
        sample.metadata["device_authorization_endpoint"] = f"{sample.issuer}/device"
        sample.answers["/device"] = lambda _: as_json(
            {
                "device_code": "d",
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{sample.issuer}/type",
                "expires_in": 60,
                "interval": 5,
            }
        )
        sample.answers["/token"] = token
        view = await rig.sign_ins.start(provider_id="sample", flow="device")
        rig.clock.now += 61
        assert (await rig.wait_over(view.id)).status == "expired"
        assert rig.profiles.list()[1] == 0
        assert "late" not in repr(rig.events)

    with_two(story)


def test_a_document_that_is_not_this_issuers_is_refused_before_the_browser_opens() -> None:
    async def story(rig: Rig, sample: SampleProvider, other: SampleProvider) -> None:
        sample.metadata["issuer"] = other.issuer
        with pytest.raises(DiscoveryError):
            await rig.start(sample)
        assert rig.browser.opened == []
        assert other.requests == []

    with_two(story)

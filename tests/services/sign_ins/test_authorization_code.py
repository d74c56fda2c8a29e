"""What the authorization code flow asks for, and which of its answers it relies on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from desktop_app.oauth.errors import AuthorizationResponseError, InvalidClientError
from desktop_app.services.accounts import SignIn
from tests.support.rig import Rig, get
from tests.support.sample_provider import CLIENT_ID, Answer, SampleProvider, as_json

Story = Callable[[Rig, SampleProvider], Awaitable[None]]

_REFERENCE = "urn:ietf:params:oauth:request_uri:"


def with_sample(story: Story, **entry: Any) -> None:
    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            await rig.add_provider(sample, **entry)
            await story(rig, sample)

    asyncio.run(run())


def takes_pushed_requests(sample: SampleProvider) -> None:
    sample.metadata["pushed_authorization_request_endpoint"] = f"{sample.issuer}/par"
    sample.answers["/par"] = lambda _: as_json(
        {"request_uri": f"{_REFERENCE}{len(sample.asked('/par'))}", "expires_in": 60}, 201
    )


async def answer_pushed(view: SignIn, sample: SampleProvider) -> None:
    """Bring the answer that a provider gives to the request that was pushed last."""
    pushed = sample.asked("/par")[-1]
    sample.nonce = pushed["nonce"]
    query = urlencode({"code": "the-code", "state": pushed["state"]})
    await asyncio.to_thread(get, f"{view.redirect_uri}?{query}")


def test_a_pushed_request_leaves_only_client_and_reference_in_the_address() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        takes_pushed_requests(sample)
        view = await rig.start(sample)
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query == {"client_id": [CLIENT_ID], "request_uri": [f"{_REFERENCE}1"]}
        pushed = sample.asked("/par")[0]
        assert pushed["redirect_uri"] == view.redirect_uri
        assert pushed["code_challenge_method"] == "S256"
        await answer_pushed(view, sample)
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)


def test_opening_the_page_again_pushes_the_same_request_anew() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        takes_pushed_requests(sample)
        view = await rig.start(sample)
        again = await rig.sign_ins.open_again(view.id)
        assert again.authorization_url != view.authorization_url
        assert rig.browser.opened == [view.authorization_url, again.authorization_url]
        first, second = sample.asked("/par")
        assert first == second
        await answer_pushed(view, sample)
        assert (await rig.wait_over(view.id)).status == "completed"

    with_sample(story)


def test_opening_a_page_again_that_was_not_pushed_keeps_its_address() -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        view = await rig.start(sample)
        again = await rig.sign_ins.open_again(view.id)
        assert again.authorization_url == view.authorization_url

    with_sample(story)


@pytest.mark.parametrize(
    ("error", "kind"),
    [("invalid_request", AuthorizationResponseError), ("invalid_client", InvalidClientError)],
)
def test_a_refused_pushed_request_starts_nothing(error: str, kind: type[Exception]) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        takes_pushed_requests(sample)
        sample.metadata["require_pushed_authorization_requests"] = True
        sample.answers["/par"] = lambda _: as_json({"error": error}, 400)
        with pytest.raises(kind):
            await rig.sign_ins.start(provider_id="sample")
        assert rig.sign_ins.all() == []
        assert rig.browser.opened == []

    with_sample(story)


@pytest.mark.parametrize("error", ["unauthorized_client", "invalid_request"])
def test_where_pushing_is_optional_a_refused_request_goes_the_usual_way(error: str) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        takes_pushed_requests(sample)
        sample.answers["/par"] = lambda _: as_json({"error": error}, 400)
        assert (await rig.signed_in(sample)).subject == sample.subject

    with_sample(story)


@pytest.mark.parametrize(("flow", "mode"), [("redirect", "form_post"), ("paste", None)])
def test_a_form_is_asked_for_unless_the_final_address_is_to_be_pasted(
    flow: str, mode: str | None
) -> None:
    """A form leaves nothing in the address that a person could copy."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["response_modes_supported"] = ["query", "form_post"]
        view = await rig.start(sample, flow=flow)
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query.get("response_mode", [None]) == [mode]

    with_sample(story)


def test_without_openid_an_id_token_that_nobody_can_check_is_left_unread() -> None:
    """A provider by its endpoints alone may still want the permission ``openid``."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        places = {
            name: f"{sample.issuer}{path}"
            for name, path in (
                ("authorization_endpoint", "/authorize"),
                ("token_endpoint", "/token"),
                ("userinfo_endpoint", "/userinfo"),
            )
        }
        scopes = ("openid", "profile")
        await rig.add_provider(sample, protocol="oauth2", issuer=None, scopes=scopes, **places)
        profile = await rig.signed_in(sample)
        assert (profile.issuer, profile.subject) == (f"{sample.issuer}/token", sample.subject)
        assert profile.grant is not None
        assert profile.grant.id_token is None
        assert profile.grant.protections == ("pkce", "state")

    with_sample(story)


def test_a_form_that_was_asked_for_and_not_sent_protected_nothing() -> None:
    """Some providers offer forms and answer in the address all the same."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        sample.metadata["response_modes_supported"] = ["query", "form_post"]
        profile = await rig.signed_in(sample)
        assert profile.grant is not None
        assert "form_post" not in profile.grant.protections

    with_sample(story)


def reads_the_form_alone(sample: SampleProvider, methods: list[str] | None) -> None:
    """Let *sample*, which names *methods*, refuse the first request for tokens."""
    sample.metadata["token_endpoint_auth_methods_supported"] = methods

    def refuse(_: dict[str, str]) -> Answer:
        del sample.answers["/token"]
        return as_json({"error": "invalid_client"}, 401)

    sample.answers["/token"] = refuse


@pytest.mark.parametrize("methods", [None, ["client_secret_basic", "client_secret_post"]])
def test_a_secret_that_is_not_read_in_the_header_is_sent_in_the_form(
    methods: list[str] | None,
) -> None:
    """JupyterHub reads the form alone; Doorkeeper does not decode what is in the header."""

    async def story(rig: Rig, sample: SampleProvider) -> None:
        reads_the_form_alone(sample, methods)
        profile = await rig.signed_in(sample)
        first, second = sample.asked("/token")
        assert "client_secret" not in first
        assert (second["client_secret"], second["code"]) == ("a+secret/", first["code"])
        assert profile.grant is not None
        assert profile.grant.client_authentication == "client_secret_post"

    with_sample(story, client_secret="a+secret/")


@pytest.mark.parametrize(
    ("methods", "entry"),
    [(["client_secret_basic"], {}), (None, {"client_authentication": "client_secret_basic"})],
)
def test_where_somebody_said_how_the_secret_goes_it_goes_no_other_way(
    methods: list[str] | None, entry: dict[str, str]
) -> None:
    async def story(rig: Rig, sample: SampleProvider) -> None:
        reads_the_form_alone(sample, methods)
        view = await rig.sign_in(sample)
        assert (view.status, view.error) == ("failed", "invalid_client")
        assert len(sample.asked("/token")) == 1

    with_sample(story, client_secret="a-secret", **entry)

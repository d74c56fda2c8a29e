"""Mastodon's own registration, as the preset says it, against a server that checks like one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.oauth.errors import RegistrationError
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile
from desktop_app.services.providers.readiness import is_ready
from tests.support import shipped
from tests.support.rig import Rig, answer
from tests.support.sample_provider import Answer, SampleProvider, as_json

_CATALOGUE = shipped.catalogue()


class Mastodon(SampleProvider):
    """The calls of docs.joinmastodon.org/methods/apps and /methods/oauth that matter here."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.apps: dict[str, dict[str, str]] = {}
        self.answers = {
            "/api/v1/apps": self._register,
            "/oauth/token": self._grant,
            "/api/v1/accounts/verify_credentials": lambda _: as_json(
                {"id": "14715", "username": "maria", "display_name": "Maria Sample"}
            ),
        }

    def _register(self, form: dict[str, str]) -> Answer:
        if "http://127.0.0.1/callback" in form["redirect_uris"] and self.metadata.get("strict"):
            return as_json({"error": "Validation failed: Redirect URI is not allowed"}, 422)
        client_id = f"app-{len(self.asked('/api/v1/apps'))}"
        self.apps[client_id] = form
        return as_json(
            {
                "id": "563419",
                "name": form["client_name"],
                "redirect_uri": form["redirect_uris"],
                "redirect_uris": form["redirect_uris"].split("\n"),
                "scopes": form["scopes"].split(),
                "client_id": client_id,
                "client_secret": f"secret-of-{client_id}",
                "client_secret_expires_at": 0,
                "vapid_key": "BCk",
            }
        )

    def _grant(self, form: dict[str, str]) -> Answer:
        known = form["client_id"] in self.apps
        if not known or form.get("client_secret") != f"secret-of-{form['client_id']}":
            return as_json({"error": "invalid_client"}, 401)
        return as_json(
            {
                "access_token": "at",
                "token_type": "Bearer",
                "scope": "read:accounts",
            }
        )


Story = Callable[[Rig, Mastodon], Awaitable[None]]


def at_mastodon(story: Story) -> None:
    async def run() -> None:
        async with Rig(catalogue=_CATALOGUE) as rig, Mastodon(rig.clock) as server:
            await story(rig, server)

    asyncio.run(run())


async def added(rig: Rig, server: Mastodon) -> Provider:
    return await rig.providers.add({"template": "mastodon", "values": {"host": server.issuer}})


async def sign_in(rig: Rig, provider: Provider, server: Mastodon) -> Profile:
    view = await rig.sign_ins.start(provider_id=provider.id)
    query = parse_qs(urlsplit(view.authorization_url or "").query)
    app = server.apps[query["client_id"][0]]
    assert view.redirect_uri in app["redirect_uris"].split("\n")
    assert set(query["scope"][0].split()) <= set(app["scopes"].split())
    await answer(view)
    done = await rig.wait_over(view.id)
    assert done.status == "completed", done.message
    return rig.profiles.get(done.profile_id or "")


def test_a_servers_name_is_all_that_is_needed() -> None:
    async def story(rig: Rig, server: Mastodon) -> None:
        provider = await added(rig, server)
        assert is_ready(provider)
        profile = await sign_in(rig, provider, server)
        assert (profile.subject, profile.username) == ("14715", "maria")
        assert profile.grant is not None
        assert profile.grant.client_secret == "secret-of-app-1"
        assert profile.grant.client_authentication == "client_secret_post"
        (wish,) = server.asked("/api/v1/apps")
        assert wish["client_name"] == "Coatcheck"
        assert "read:accounts" in wish["scopes"]
        assert wish.keys() <= {"client_name", "redirect_uris", "scopes", "website"}

    at_mastodon(story)


def test_the_app_is_looked_for_before_each_sign_in() -> None:
    """It is asked for a token of its own, which nobody uses."""

    async def story(rig: Rig, server: Mastodon) -> None:
        provider = await added(rig, server)
        await sign_in(rig, provider, server)
        grants = [form["grant_type"] for form in server.asked("/oauth/token")]
        assert grants == ["client_credentials", "authorization_code"]
        server.apps.clear()
        profile = await sign_in(rig, provider, server)
        assert profile.grant is not None
        assert profile.grant.client_id == "app-2"

    at_mastodon(story)


def test_two_people_can_sign_in_at_once() -> None:
    async def story(rig: Rig, server: Mastodon) -> None:
        provider = await added(rig, server)
        one = await rig.sign_ins.start(provider_id=provider.id)
        other = await rig.sign_ins.start(provider_id=provider.id)
        assert one.redirect_uri != other.redirect_uri
        registered = server.apps["app-1"]["redirect_uris"].split("\n")
        assert {one.redirect_uri, other.redirect_uri} <= set(registered)

    at_mastodon(story)


def test_a_server_that_refuses_an_address_is_asked_for_exact_ones() -> None:
    async def story(rig: Rig, server: Mastodon) -> None:
        server.metadata["strict"] = True
        await sign_in(rig, await added(rig, server), server)

    at_mastodon(story)


def test_a_client_of_ones_own_is_used_instead() -> None:
    async def story(rig: Rig, server: Mastodon) -> None:
        host = {"host": server.issuer}
        client = {"client_id": "mine", "client_secret": "s"}
        provider = await rig.providers.add({"template": "mastodon", "values": host, **client})
        view = await rig.sign_ins.start(provider_id=provider.id)
        assert view.redirect_uri == "http://127.0.0.1:47329/callback"
        assert server.asked("/api/v1/apps") == []

    at_mastodon(story)


def test_a_server_that_is_none_is_not_kept() -> None:
    async def story(rig: Rig, server: Mastodon) -> None:
        server.answers["/api/v1/apps"] = lambda _: (200, "text/html", b"<h1>Welcome</h1>")
        with pytest.raises(RegistrationError):
            await added(rig, server)
        assert rig.providers.servers("mastodon") == []

    at_mastodon(story)

"""Registering Coatcheck itself, against a provider on a real port."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import Signature, signature
from typing import Any

import pytest

from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider, Redirect
from desktop_app.providers.rules import RegistrationRules
from desktop_app.services.errors import ResponseTooLargeError
from desktop_app.services.providers.registered_client import RegisteredClient
from desktop_app.services.providers.registrations import Registrations
from tests.support.account_stores import Disk, FullError, RegisteredClients, TurnedClock
from tests.support.registering import make_registrations
from tests.support.registering_provider import Members, RegisteringProvider
from tests.support.sample_provider import Answer, as_json

NOW = 1_770_000_000.0


class Register:
    """The service, its store and the provider that it registers at."""

    def __init__(self) -> None:
        self.clock = TurnedClock(NOW)
        self.peer = RegisteringProvider(self.clock)
        self.disk = Disk()
        self.store = RegisteredClients(self.disk)
        self.changes: Members = {}
        self.told: Members = {}

    @property
    def provider(self) -> Provider:
        values = {"id": "sample", "name": "Sample", "scopes": ("openid",), "register": True}
        return Provider(**{**values, "issuer": self.peer.issuer, **self.changes})

    @property
    def metadata(self) -> ServerMetadata:
        place = self.peer.issuer
        values = {
            "issuer": place,
            "token_endpoint": f"{place}/token",
            "registration_endpoint": f"{place}/register",
        }
        return ServerMetadata(**{**values, **self.told})

    def service(self) -> Registrations:
        """Return the service as a new start makes it: with nothing but the store."""
        return make_registrations(self.clock, store=self.store)

    async def ready(self, *scopes: str) -> RegisteredClient:
        return await self.service().ready(self.provider, self.metadata, scopes=scopes)


Story = Callable[[Register], Awaitable[None]]


def at_a_provider(story: Story) -> Callable[..., None]:
    """Run *story*, an asynchronous test, with a provider of its own."""

    @wraps(story)
    def test(*args: Any, **kwargs: Any) -> None:
        async def run() -> None:
            register = Register()
            async with register.peer:
                await story(register, *args, **kwargs)

        asyncio.run(run())

    parameters = list(signature(story).parameters.values())[1:]
    test.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return test


def refusing(error: str, *, unless: Any) -> Any:
    """Return a provider's rule: *error* unless the wish pleases it."""

    def refuse(wish: Members) -> Answer | None:
        return None if unless(wish) else as_json({"error": error}, 400)

    return refuse


@at_a_provider
async def test_registers_as_a_native_client_and_once(register: Register) -> None:
    first = await register.ready()
    again = await register.ready()
    assert first.client_id == again.client_id == "client-1"
    (wish,) = register.peer.wishes
    assert wish["application_type"] == "native"
    assert wish["client_name"] == "Coatcheck"
    assert wish["token_endpoint_auth_method"] == "none"
    assert wish["grant_types"] == ["authorization_code", "refresh_token"]
    assert wish["scope"] == "openid"
    assert register.peer.looks == [("GET", "client-1")]


@at_a_provider
async def test_any_port_is_registered_and_three_for_who_compares_them(register: Register) -> None:
    """RFC 8252 section 7.3, and the many that compare ports nevertheless."""
    client = await register.ready()
    anywhere, *exact = register.peer.wishes[0]["redirect_uris"]
    assert anywhere == "http://127.0.0.1/callback"
    redirects = client.redirects()
    assert [f"http://{each.host}:{each.port}/callback" for each in redirects] == exact
    assert all(20_000 <= (each.port or 0) < 32_768 for each in redirects)
    assert len({each.port for each in redirects}) == 3


@pytest.mark.parametrize(
    ("redirect", "uris"),
    [
        (Redirect(host="localhost", port=4711), ["http://localhost:4711/callback"]),
        (Redirect(paste="https://paste.example/back"), ["https://paste.example/back"]),
    ],
)
@at_a_provider
async def test_the_entrys_own_redirect_is_registered_alone(
    register: Register, redirect: Redirect, uris: list[str]
) -> None:
    register.changes["redirect"] = redirect
    client = await register.ready()
    assert register.peer.wishes[0]["redirect_uris"] == uris
    assert client.redirects() == (redirect,)


@at_a_provider
async def test_preset_may_let_a_registered_client_use_other_ports(register: Register) -> None:
    register.changes |= {
        "redirect": Redirect(port=47329),
        "registration": RegistrationRules(any_port=True),
    }
    client = await register.ready()
    assert 47329 not in {each.port for each in client.redirects()}


@at_a_provider
async def test_provider_that_wants_exact_addresses_gets_them(register: Register) -> None:
    register.peer.refuse = refusing(
        "invalid_redirect_uri",
        unless=lambda wish: "http://127.0.0.1/callback" not in wish["redirect_uris"],
    )
    client = await register.ready()
    assert len(client.redirects()) == 3
    assert len(register.peer.wishes) == 2


@at_a_provider
async def test_provider_that_only_takes_localhost_gets_it(register: Register) -> None:
    register.peer.refuse = refusing(
        "invalid_redirect_uri", unless=lambda wish: "localhost" in wish["redirect_uris"][0]
    )
    client = await register.ready()
    assert {each.host for each in client.redirects()} == {"localhost"}


@at_a_provider
async def test_provider_that_refuses_a_member_is_asked_for_less(register: Register) -> None:
    register.peer.refuse = refusing(
        "invalid_client_metadata", unless=lambda wish: "scope" not in wish
    )
    client = await register.ready()
    assert client.scopes is None
    assert register.peer.wishes[-1]["application_type"] == "native"
    assert await register.ready("photos") == client


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (as_json({"error": "invalid_client_metadata", "error_description": "no"}, 400), 4),
        (as_json({"error": "access_denied"}, 403), 1),
        (as_json({"error": "unapproved_software_statement"}, 400), 1),
        ((400, "text/html", b"<h1>Bad request</h1>"), 4),
        ((200, "text/html", b"<h1>Welcome</h1>"), 1),
        (as_json({"client_name": "Coatcheck"}, 201), 1),
        (as_json({"client_id": ""}, 201), 1),
        (as_json({"client_id": "c", "token_endpoint_auth_method": "private_key_jwt"}), 1),
        (
            as_json({"client_id": "c", "client_secret": "s", "token_endpoint_auth_method": "mtls"}),
            1,
        ),
        (as_json({"client_id": "c", "redirect_uris": ["https://elsewhere.example"]}), 1),
        (as_json({"client_id": "c", "registration_client_uri": "http://plain.example/c"}), 1),
    ],
)
@at_a_provider
async def test_refusals_and_useless_answers_keep_nothing(
    register: Register, answer: Answer, asked: int
) -> None:
    register.peer.refuse = lambda _: answer
    with pytest.raises(RegistrationError):
        await register.ready()
    assert len(register.peer.wishes) == asked
    assert register.service().find("sample") is None


@at_a_provider
async def test_endless_answer_is_not_read(register: Register) -> None:
    register.peer.refuse = lambda _: (201, "application/json", b" " * (2 << 20))
    with pytest.raises(ResponseTooLargeError):
        await register.ready()


@at_a_provider
async def test_provider_without_registration_is_not_asked(register: Register) -> None:
    register.told["registration_endpoint"] = None
    with pytest.raises(RegistrationError) as caught:
        await register.ready()
    assert "register" in str(caught.value.fields["reason"])
    assert register.peer.wishes == []


@at_a_provider
async def test_what_the_provider_leaves_out_is_not_used(register: Register) -> None:
    register.peer.more = {"redirect_uris": ["http://127.0.0.1/callback"]}
    register.changes["redirect"] = Redirect(port=4711)
    with pytest.raises(RegistrationError):
        await register.ready()


@at_a_provider
async def test_client_that_is_gone_is_registered_anew(register: Register) -> None:
    await register.ready()
    register.peer.clients.clear()
    client = await register.ready()
    assert client.client_id == "client-2"
    assert register.service().find("sample") == client


@at_a_provider
async def test_secret_that_ends_soon_is_replaced(register: Register) -> None:
    """RFC 7591 section 3.2.1: ``client_secret_expires_at``."""
    register.told["token_endpoint_auth_methods_supported"] = ("client_secret_basic",)
    register.peer.more = {"client_secret": "s", "client_secret_expires_at": NOW + 86400}
    first = await register.ready()
    assert first.client_authentication == "client_secret_basic"
    register.clock.now += 86400 - 600
    register.peer.more["client_secret_expires_at"] = NOW + 2 * 86400
    second = await register.ready()
    assert second.client_id == "client-2"
    assert second.known_as(first.client_id)


@at_a_provider
async def test_secret_that_the_provider_renews_is_kept(register: Register) -> None:
    """RFC 7592 section 3: every answer may bring another secret."""
    register.peer.more = {"client_secret": "old"}
    await register.ready()
    register.peer.clients["client-1"]["client_secret"] = "new"
    client = await register.ready()
    assert client.credentials.client_secret == "new"
    assert register.service().find("sample") == client


@at_a_provider
async def test_a_full_disk_loses_nothing_that_the_provider_gave(register: Register) -> None:
    """Its answer ended the old secret and the old token for the registration."""
    service = register.service()
    wish = register.provider, register.metadata
    register.disk.full = True
    with pytest.raises(FullError):
        await service.ready(*wish)
    register.disk.full = False
    first = await service.ready(*wish)
    assert first.client_id == "client-1"
    assert register.service().find("sample") == first
    register.peer.clients["client-1"]["client_secret"] = "new"
    register.disk.full = True
    with pytest.raises(FullError):
        await service.ready(*wish)
    known = service.find("sample")
    assert known is not None
    assert known.credentials.client_secret == "new"
    register.disk.full = False
    assert (await service.ready(*wish)).credentials.client_secret == "new"
    assert register.service().find("sample") == service.find("sample")


@at_a_provider
async def test_check_that_fails_does_not_cost_the_client(register: Register) -> None:
    first = await register.ready()
    register.peer.clients["client-1"] = {
        "client_id": "another",
        "registration_access_token": "rat-client-1-1",
    }
    assert await register.ready() == first
    assert "client-2" not in register.peer.clients


@at_a_provider
async def test_client_without_an_address_of_its_own_is_used_unseen(register: Register) -> None:
    register.peer.manages = False
    await register.ready()
    assert (await register.ready()).client_id == "client-1"
    assert register.peer.looks == []


@at_a_provider
async def test_lost_client_is_registered_anew_next_time(register: Register) -> None:
    register.peer.manages = False
    await register.ready()
    assert not await register.service().lost("sample", "somebody-elses")
    assert not await register.service().lost("unknown", "client-1")
    assert await register.service().lost("sample", "client-1")
    client = await register.ready()
    assert client.client_id == "client-2"
    # A grant of the first client that ends late is no reason to give up the second.
    assert await register.service().lost("sample", "client-1")
    assert (await register.ready()).client_id == "client-2"


@at_a_provider
async def test_more_permissions_change_the_client(register: Register) -> None:
    """RFC 7592 section 2.2; the new registration token is kept."""
    await register.ready()
    client = await register.ready("photos")
    assert client.client_id == "client-1"
    assert register.peer.clients["client-1"]["scope"] == "openid photos"
    assert client.registration.registration_access_token != "rat-client-1-1"
    assert await register.ready("photos", "openid") == client


@at_a_provider
async def test_where_nothing_can_be_changed_another_client_is_made(register: Register) -> None:
    register.peer.manages = False
    await register.ready()
    client = await register.ready("photos")
    assert client.client_id == "client-2"
    assert register.peer.clients["client-2"]["scope"] == "openid photos"


@at_a_provider
async def test_registration_whose_own_address_is_broken_costs_no_sign_in(
    register: Register,
) -> None:
    await register.ready()
    register.peer.fault = as_json({}, 500)
    assert (await register.ready()).client_id == "client-1"
    assert (await register.ready("photos")).client_id == "client-2"


@pytest.mark.parametrize("place", ["issuer", "token_endpoint", "registration_endpoint"])
@at_a_provider
async def test_client_is_never_taken_to_another_place(register: Register, place: str) -> None:
    first = await register.ready()
    other = RegisteringProvider(register.clock)
    async with other:
        register.told[place] = f"{other.issuer}/register"
        client = await register.ready()
        await register.service().withdraw("sample")
    assert client.registration != first.registration
    assert not any(first.client_id in str(asked) for asked in other.authorizations)
    assert all("rat-client-1" not in str(wish) for wish in other.wishes)


@at_a_provider
async def test_changed_way_back_makes_another_client(register: Register) -> None:
    await register.ready()
    register.changes["redirect"] = Redirect(port=4711)
    assert (await register.ready()).client_id == "client-2"


@at_a_provider
async def test_withdrawing_deletes_every_client_of_the_entry(register: Register) -> None:
    """RFC 7592 section 2.3."""
    await register.ready()
    register.changes["redirect"] = Redirect(port=4711)
    await register.ready()
    assert set(register.peer.clients) == {"client-1", "client-2"}
    await register.service().withdraw("sample")
    assert register.peer.clients == {}
    assert register.service().find("sample") is None
    await register.service().withdraw("sample")


@at_a_provider
async def test_withdrawing_works_without_the_provider(register: Register) -> None:
    await register.ready()
    await register.peer.stop()
    await register.service().withdraw("sample")
    assert register.service().find("sample") is None


@at_a_provider
async def test_two_at_once_register_once(register: Register) -> None:
    service = register.service()
    both = [service.ready(register.provider, register.metadata) for _ in range(2)]
    first, second = await asyncio.gather(*both)
    assert first.client_id == second.client_id
    assert len(register.peer.wishes) == 1


@at_a_provider
async def test_id_tokens_are_asked_for_as_the_provider_can_sign_them(register: Register) -> None:
    """OpenID Connect Registration section 2: the default is RS256."""
    register.told["id_token_signing_alg_values_supported"] = ("none", "ES256")
    await register.ready()
    assert register.peer.wishes[0]["id_token_signed_response_alg"] == "ES256"


@at_a_provider
async def test_no_secret_is_in_its_repr(register: Register) -> None:
    register.peer.more = {"client_secret": "s3cret"}
    client = await register.ready()
    assert "s3cret" not in repr(client)
    assert "rat-" not in repr(client)

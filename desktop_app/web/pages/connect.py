"""``/connect``, ``/connect/{provider}`` and ``/sign-ins/{id}``: from a choice to an account."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from desktop_app.errors import AppError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import SignIn
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.readiness import is_ready, redirect_uri_hint
from desktop_app.services.providers.told_metadata import needs_no_discovery
from desktop_app.services.sign_ins.sign_in import SignInService
from desktop_app.web.errors import translated
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.clients import ClientView, client_view, offered_client
from desktop_app.web.views.connect import address_in, categories, ready_choices
from desktop_app.web.views.protection import protection_view
from desktop_app.web.views.setup import setup_view
from desktop_app.web.views.waiting import waiting_view


class ConnectHandler(ViewHandler):
    """``GET``: the providers to choose from."""

    section = "connect"
    _providers: ProviderService

    async def get(self) -> None:
        """Show the providers that fit the search."""
        query = self.get_query_argument("query", "")
        choices = [(each, is_ready(each)) for each in self._providers.all()]
        found = categories(choices, query, self.speech)
        ready = [] if query else ready_choices(choices, self.speech)
        address = address_in(query)
        await self.render(
            "connect.html", query=query, categories=found, ready=ready, address=address
        )


class SetupHandler(ViewHandler):
    """``GET``: what one provider needs, and the button that begins the sign-in."""

    section = "connect"
    _providers: ProviderService

    async def get(self, provider_id: str) -> None:
        """Show what is needed; with ``ask``, also what the provider says of itself."""
        provider = self._providers.get(provider_id)
        asked = bool(self.get_query_argument("ask", ""))
        told = await self._told(provider) if asked else None
        view = setup_view(
            provider,
            ready=is_ready(provider),
            redirect_uri=redirect_uri_hint(provider),
            speech=self.speech,
            servers=self._providers.servers(provider_id),
        )
        await self.render(
            "setup.html",
            view=view,
            client=self._client(provider),
            protection=protection_view(provider, told, self.speech, asked=asked),
            codes=_may_give_codes(provider, told),
        )

    def _client(self, provider: Provider) -> ClientView:
        registered = self._providers.registrations.find(provider.id)
        return client_view(provider, self.speech, registered=registered)

    async def _told(self, provider: Provider) -> ServerMetadata | None:
        """Ask the provider; the page is of use without its answer too."""
        if needs_no_discovery(provider):
            # What the entry says itself is no word of the provider's about what it doesn't do.
            return None
        try:
            return await self._providers.metadata(provider)
        except AppError:
            return None


class OpenIdHandler(ViewHandler):
    """``GET``: the form for any OpenID provider, by its address; with ``ask``, what is there."""

    section = "connect"
    _providers: ProviderService

    async def get(self) -> None:
        """Show the form, with the address if the search had one."""
        nobody = Provider(id="openid", name="")
        redirect_uri = redirect_uri_hint(nobody)
        view = setup_view(nobody, ready=False, redirect_uri=redirect_uri, speech=self.speech)
        address = self.get_query_argument("issuer", "") or self.get_query_argument("address", "")
        asked = bool(self.get_query_argument("ask", ""))
        told = await self._told(address) if asked and address else None
        await self.render(
            "openid.html",
            view=view,
            client=offered_client(told, self.speech),
            protection=protection_view(nobody, told, self.speech, asked=True) if told else None,
            address=address,
            asked=asked,
            redirect_uri=redirect_uri,
        )

    async def _told(self, address: str) -> ServerMetadata | None:
        """Ask whoever is at *address*; what is wrong with it is said when it is sent."""
        try:
            return await self._providers.discover(address)
        except AppError:
            return None


class WaitingHandler(ViewHandler):
    """``GET``: how far a sign-in is; a completed one leads to its account."""

    section = "connect"
    _sign_ins: SignInService

    async def get(self, sign_in_id: str) -> None:
        """Show the steps, or why it is over."""
        sign_in = self._sign_ins.status(sign_in_id)
        if sign_in.profile_id:
            self.redirect(self._account_of(sign_in, sign_in.profile_id))
            return
        view = waiting_view(sign_in, self._failure(sign_in), self.speech)
        again = {
            "provider": sign_in.provider,
            "flow": sign_in.flow,
            "for_profile": sign_in.for_profile,
            "scopes": sign_in.scopes,
        }
        present = {name: value for name, value in again.items() if value}
        await self.render("waiting.html", view=view, again=json.dumps(present))

    def _account_of(self, sign_in: SignIn, profile_id: str) -> str:
        """Where the account is; its page says if another one was meant."""
        address = self.reverse_url("profile", profile_id)
        if sign_in.for_profile in {None, profile_id}:
            return address
        return f"{address}?{urlencode({'instead_of': sign_in.for_profile})}"

    def _failure(self, sign_in: SignIn) -> str:
        if sign_in.failure is None:
            return sign_in.message or ""
        return translated(sign_in.failure, self.locale)


def _may_give_codes(provider: Provider, told: ServerMetadata | None) -> bool:
    """Tell whether signing in on another device works there, or nobody knows that it doesn't."""
    if provider.device_authorization_endpoint or (told and told.device_authorization_endpoint):
        return True
    asked = told is not None or provider.issuer is None
    return not asked and provider.protocol == "oidc" and provider.origin != "built_in"

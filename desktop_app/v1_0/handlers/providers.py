"""``/v1.0/providers``: presets and the person's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from desktop_app.providers.model import Provider
from desktop_app.services.providers.readiness import is_ready, redirect_uri_hint
from desktop_app.v1_0.schemas.providers import (
    ProviderBody,
    ProviderList,
    RegistrationWish,
    provider_body,
)
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.providers.providers import ProviderService


class _ProviderHandler(ApiHandler):
    def initialize(self, providers: ProviderService) -> None:
        """Take the providers."""
        self._providers = providers

    def _body(self, provider: Provider) -> ProviderBody:
        return provider_body(
            provider,
            ready=is_ready(provider),
            redirect_uri=redirect_uri_hint(provider),
            registered=self._providers.registrations.find(provider.id),
        )


class ProvidersHandler(_ProviderHandler):
    """``GET``: all of them. ``POST``: add one, by its issuer or by its endpoints."""

    bodies: ClassVar = {"POST": dict}

    async def get(self) -> None:
        """Answer all providers."""
        bodies = [self._body(provider) for provider in self._providers.all()]
        self.write_json(ProviderList(providers=bodies, total=len(bodies)))

    async def post(self) -> None:
        """Add a provider and answer it."""
        provider = await self._providers.add(self.body)
        self.set_header("Location", self.reverse_url("api-provider", provider.id))
        self.write_json(self._body(provider), 201)


class ProviderHandler(_ProviderHandler):
    """``GET``, ``PUT`` and ``DELETE`` of one provider; the person alone changes and deletes.

    A program that could change endpoints could have a client secret sent to itself.
    """

    bodies: ClassVar = {"PUT": dict}

    def check_person(self) -> None:
        """Refuse a program that wants more than to look."""
        if self.request.method in ("PUT", "DELETE"):
            self.require_person()

    async def get(self, provider_id: str) -> None:
        """Answer the provider."""
        self.write_json(self._body(self._providers.get(provider_id)))

    async def put(self, provider_id: str) -> None:
        """Change it and answer it."""
        self.write_json(self._body(await self._providers.change(provider_id, self.body)))

    async def delete(self, provider_id: str) -> None:
        """Delete it; of a preset, what the person had added to it."""
        await self._providers.delete(provider_id)
        self.set_status(204)


class RegistrationHandler(_ProviderHandler):
    """``POST``: another client for a provider at which Coatcheck registers itself.

    The person alone: each one makes providers keep a further client.
    """

    person_only = True
    bodies: ClassVar = {"POST": RegistrationWish}

    async def post(self, provider_id: str) -> None:
        """Register anew and answer the provider with the client that it has now."""
        token = self.body.initial_access_token
        provider = await self._providers.register_anew(provider_id, token)
        self.write_json(self._body(provider), 201)

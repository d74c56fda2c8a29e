"""From a provider to a sign-in that waits: its listener bound, its request made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from desktop_app.oauth.errors import InvalidClientError
from desktop_app.oauth.oauth1 import OUT_OF_BAND
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.errors import PortInUseError
from desktop_app.services.ports import RedirectAnswer, RedirectListener, RedirectListeners
from desktop_app.services.sign_ins.authorization_code import CompletedSignIn
from desktop_app.services.sign_ins.device_flow import BegunDevice
from desktop_app.services.sign_ins.running_sign_in import RunningSignIn
from desktop_app.services.sign_ins.sign_in_clients import PreparedSignIn, SignInClients
from desktop_app.services.sign_ins.sign_in_endings import SignInEndings
from desktop_app.services.sign_ins.sign_in_flows import SignInFlows
from desktop_app.services.sign_ins.sign_in_register import SignInRegister

Accept = Callable[[RunningSignIn, RedirectAnswer], bool]
"""Tells whether an answer at the listener is the one that the sign-in waits for."""


class SignInBeginnings:
    """Begins sign-ins in the way that each has chosen."""

    def __init__(
        self,
        *,
        clients: SignInClients,
        flows: SignInFlows,
        listeners: RedirectListeners,
        register: SignInRegister,
        endings: SignInEndings,
        accept: Accept,
    ) -> None:
        self._clients = clients
        self._flows = flows
        self._listeners = listeners
        self._register = register
        self._endings = endings
        self._accept = accept

    async def begin(
        self,
        running: RunningSignIn,
        provider: Provider,
        *,
        scopes: tuple[str, ...] | None,
        login_hint: str | None,
    ) -> None:
        """Let *running* wait for an answer of *provider*; raises as its flow does.

        Raises:
            ProviderUnreachableError: If the provider's description can't be fetched.
            DiscoveryError: If that description can't be used.
            PortInUseError: If the fixed port that the provider needs is taken.
            RegistrationError: If Coatcheck has to register itself there and can't.
        """
        prepared = await self._clients.prepare(provider, scopes, login_hint)
        try:
            await self._go(running, prepared)
        except InvalidClientError:
            if not prepared.registered:
                raise
            prepared = await self._clients.anew(provider, prepared)
            await self._go(running, prepared)

    async def _go(self, running: RunningSignIn, prepared: PreparedSignIn) -> None:
        running.registered = prepared.registered
        if running.view.flow == "device":
            await self._begin_device(running, prepared)
            return
        redirect_uri = await self._listen(running, prepared)
        try:
            begun = await self._flows.begin(
                prepared.provider,
                prepared.metadata,
                scopes=prepared.scopes,
                redirect_uri=redirect_uri,
                login_hint=prepared.login_hint,
                pasted=running.view.flow == "paste",
            )
        except BaseException:
            if running.listener is not None:
                await running.listener.close()
            raise
        running.begin(begun)

    async def _begin_device(self, running: RunningSignIn, prepared: PreparedSignIn) -> None:
        code = await self._flows.device.begin(
            prepared.provider, prepared.metadata, scopes=prepared.scopes
        )
        running.begin(code)
        self._endings.conclude(running, partial(self._typed, running, code))

    async def _typed(self, running: RunningSignIn, code: BegunDevice) -> CompletedSignIn:
        """Wait until *code* is typed on the other device, and turn that into an account."""
        code, tokens = await self._flows.device.tokens(code)
        running.answered()
        self._register.change(running, step="checking")
        return await self._flows.device.complete(code, tokens)

    async def _listen(self, running: RunningSignIn, prepared: PreparedSignIn) -> str:
        """Return the redirect URI, with its listener bound unless it is somebody else's."""
        provider = prepared.provider
        if provider.redirect.paste:
            return provider.redirect.paste
        if provider.protocol == "oauth1" and running.view.flow == "paste":
            return OUT_OF_BAND
        running.listener = await self._bound(running, prepared.redirects)
        return running.listener.redirect_uri

    async def _bound(
        self, running: RunningSignIn, redirects: Sequence[Redirect]
    ) -> RedirectListener:
        """Return a listener at the first of *redirects* whose port is free."""
        accept = partial(self._accept, running)
        for redirect in redirects[:-1]:
            with suppress(PortInUseError):
                return await self._listeners.listen(redirect, accept)
        return await self._listeners.listen(redirects[-1], accept)

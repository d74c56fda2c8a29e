"""From a provider to a sign-in that waits: its listener bound, its request made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.oauth1 import OUT_OF_BAND
from desktop_app.providers.model import Provider
from desktop_app.services.authorization_code import CompletedSignIn
from desktop_app.services.device_flow import BegunDevice
from desktop_app.services.ports import RedirectAnswer, RedirectListeners
from desktop_app.services.providers import ProviderService
from desktop_app.services.running_sign_in import RunningSignIn
from desktop_app.services.sign_in_endings import SignInEndings
from desktop_app.services.sign_in_flows import SignInFlows
from desktop_app.services.sign_in_register import SignInRegister

Accept = Callable[[RunningSignIn, RedirectAnswer], bool]
"""Tells whether an answer at the listener is the one that the sign-in waits for."""


class SignInBeginnings:
    """Begins sign-ins in the way that each has chosen."""

    def __init__(
        self,
        *,
        providers: ProviderService,
        flows: SignInFlows,
        listeners: RedirectListeners,
        register: SignInRegister,
        endings: SignInEndings,
        accept: Accept,
    ) -> None:
        self._providers = providers
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
        """
        metadata = await self._providers.metadata(provider)
        if running.view.flow == "device":
            await self._begin_device(running, provider, metadata, scopes)
            return
        redirect_uri = await self._listen(running, provider)
        try:
            begun = await self._flows.begin(
                provider,
                metadata,
                scopes=scopes,
                redirect_uri=redirect_uri,
                login_hint=login_hint,
                pasted=running.view.flow == "paste",
            )
        except BaseException:
            if running.listener is not None:
                await running.listener.close()
            raise
        running.begin(begun)

    async def _begin_device(
        self,
        running: RunningSignIn,
        provider: Provider,
        metadata: ServerMetadata,
        scopes: tuple[str, ...] | None,
    ) -> None:
        code = await self._flows.device.begin(provider, metadata, scopes=scopes)
        running.begin(code)
        self._endings.conclude(running, partial(self._typed, running, code))

    async def _typed(self, running: RunningSignIn, code: BegunDevice) -> CompletedSignIn:
        """Wait until *code* is typed on the other device, and turn that into an account."""
        tokens = await self._flows.device.tokens(code)
        running.answered()
        self._register.change(running, step="checking")
        return await self._flows.device.complete(code, tokens)

    async def _listen(self, running: RunningSignIn, provider: Provider) -> str:
        """Return the redirect URI, with its listener bound unless it is somebody else's."""
        if provider.redirect.paste:
            return provider.redirect.paste
        if provider.protocol == "oauth1" and running.view.flow == "paste":
            return OUT_OF_BAND
        running.listener = await self._listeners.listen(
            provider.redirect, partial(self._accept, running)
        )
        return running.listener.redirect_uri

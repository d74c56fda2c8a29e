"""Signing in: from the provider's name to a kept profile, several at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final

from desktop_app.errors import AppError
from desktop_app.oauth.errors import AuthorizationResponseError, StateMismatchError
from desktop_app.oauth.pkce import base64url
from desktop_app.providers.name_origins import name_origin
from desktop_app.services.accounts import Flow, SignIn
from desktop_app.services.errors import ClientIdNeededError
from desktop_app.services.ports import (
    Browser,
    Clock,
    HttpClient,
    Publish,
    RandomBytes,
    RedirectAnswer,
    RedirectListeners,
)
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.services.providers.readiness import is_ready
from desktop_app.services.sign_ins.running_sign_in import RunningSignIn
from desktop_app.services.sign_ins.sign_in_beginnings import SignInBeginnings
from desktop_app.services.sign_ins.sign_in_clients import SignInClients
from desktop_app.services.sign_ins.sign_in_endings import SignInEndings
from desktop_app.services.sign_ins.sign_in_flows import Accepted, SignInFlows
from desktop_app.services.sign_ins.sign_in_register import LINGER_SECONDS, SignInRegister
from desktop_app.services.sign_ins.sign_in_requests import chosen_flow, final_address, meant_for
from desktop_app.services.sign_ins.signing_in_again import Wish, wish_again

_log = logging.getLogger(__name__)

_ID_BYTES: Final = 16


class SignInService:
    """Starts sign-ins, waits for their answers, and keeps what they lead to.

    Each sign-in has its own state, listener and end; nothing that arrives for one changes
    another. One that is over stays answerable for an hour.
    """

    def __init__(
        self,
        *,
        providers: ProviderService,
        profiles: ProfileService,
        http: HttpClient,
        listeners: RedirectListeners,
        browser: Browser,
        clock: Clock,
        random: RandomBytes,
        publish: Publish,
        lifetime: float = 600.0,
    ) -> None:
        self._providers = providers
        self._profiles = profiles
        self._browser = browser
        self._clock = clock
        self._random = random
        self._lifetime = lifetime
        self._register = SignInRegister(clock=clock, publish=publish)
        self._endings = SignInEndings(
            register=self._register,
            profiles=profiles,
            registrations=providers.registrations,
            http=http,
        )
        self._flows = SignInFlows(
            providers=providers, http=http, clock=clock, random=random, lifetime=lifetime
        )
        self._beginnings = SignInBeginnings(
            clients=SignInClients(providers, http=http),
            flows=self._flows,
            listeners=listeners,
            register=self._register,
            endings=self._endings,
            accept=self._accept,
        )

    async def start(
        self,
        *,
        provider_id: str,
        scopes: Sequence[str] | None = None,
        flow: str | None = None,
        open_browser: bool = True,
        login_hint: str | None = None,
        resources: Sequence[str] | None = None,
        for_profile: str | None = None,
    ) -> SignIn:
        """Begin a sign-in at a provider and, if wanted, open the person's browser.

        *resources* take the place of the provider's own (RFC 8707). *for_profile* is an account
        to sign in to again: without *scopes* what it had is asked for.

        Raises:
            NotFoundError: If there is no such provider, or no such account.
            InvalidRequestError: If the flow is unknown, or not possible here.
            ResourceError: If one of *resources* is no address.
            ClientIdNeededError: If the provider's entry has no client ID yet.
            ProviderUnreachableError: If the provider's description can't be fetched.
            DiscoveryError: If that description can't be used.
            AccountUnknownError: If *login_hint* is to name an account and doesn't.
            PortInUseError: If the fixed port that the provider needs is taken.
            RegistrationError: If Coatcheck has to register itself there and can't.
        """
        provider = meant_for(self._providers.get(provider_id), resources)
        how = chosen_flow(provider, flow)
        if not is_ready(provider):
            raise ClientIdNeededError(provider=provider.name)
        asked = tuple(scopes) if scopes else None
        wish = self._wish(Wish(provider=provider, scopes=asked, login_hint=login_hint), for_profile)
        view = self._new_view(wish, how, for_profile)
        running = RunningSignIn(view)
        await self._beginnings.begin(
            running, wish.provider, scopes=wish.scopes, login_hint=wish.login_hint
        )
        self._register.add(running)
        # A code is for another device; this one's browser opens only when asked to.
        if open_browser and running.view.flow != "device":
            await self._open_browser(running)
        return running.view

    def status(self, sign_in_id: str) -> SignIn:
        """Tell how far a sign-in is.

        Raises:
            NotFoundError: If there is none with this id, or it was over an hour ago.
        """
        return self._register.find(sign_in_id).view

    def all(self) -> Sequence[SignIn]:
        """Return every sign-in of the last hour, the newest first."""
        return self._register.views()

    async def cancel(self, sign_in_id: str) -> SignIn:
        """Give a sign-in up and close its listener; one that is over stays as it is."""
        running = self._register.find(sign_in_id)
        if running.view.status == "pending" and not running.recording:
            self._register.end(running, status="cancelled")
            if running.work is not None:
                running.work.cancel()
            if running.listener is not None:
                await running.listener.close()
        return running.view

    async def open_again(self, sign_in_id: str) -> SignIn:
        """Open the browser once more at the same address.

        Raises:
            NotFoundError: If there is no such sign-in.
            SignInOverError: If the sign-in does not wait for an answer any more.
            ProviderUnreachableError: If the address is used up and no new one can be had.
            OAuthError: If the provider refuses to give a new one.
        """
        running = self._register.find_waiting(sign_in_id)
        await running.readdress(self._flows.readdress)
        await self._open_browser(running)
        return running.view

    async def redirect(
        self, sign_in_id: str, *, url: str | None = None, code: str | None = None
    ) -> SignIn:
        """Take the final address that the person pasted; a wrong one does not end the sign-in.

        Raises:
            NotFoundError: If there is no such sign-in.
            SignInOverError: If the sign-in does not wait for an answer any more.
            InvalidRequestError: If it is not the final address of this sign-in.
            StateMismatchError: If it belongs to another sign-in, or was used already.
        """
        running = self._register.find_waiting(sign_in_id)
        if url is None and code is not None:
            self._go_on(running, running.accept_code(code))
        else:
            self._answer(running, final_address(running.view, url, code))
        return running.view

    async def close(self) -> None:
        """Give every sign-in up and close all listeners: the program ends."""
        await self._register.close()

    def _wish(self, wish: Wish, for_profile: str | None) -> Wish:
        if for_profile is None:
            return wish
        return wish_again(self._profiles.get(for_profile), wish)

    def _new_view(self, wish: Wish, flow: Flow, for_profile: str | None) -> SignIn:
        now, provider = self._clock(), wish.provider
        return SignIn(
            id=base64url(self._random(_ID_BYTES)),
            provider=provider.id,
            provider_name=provider.name,
            provider_origin=name_origin(provider),
            flow=flow,
            for_profile=for_profile,
            scopes=wish.scopes,
            status="pending",
            created_at=now,
            expires_at=now + self._lifetime,
        )

    async def _open_browser(self, running: RunningSignIn) -> None:
        view = running.view
        url = view.authorization_url or view.verification_uri_complete or view.verification_uri
        if url is None or not await self._browser.open(url):
            _log.info("No browser was opened for the sign-in %s", running.view.id)
            return
        # It may have been answered or cancelled while the browser started.
        if running.waiting:
            self._register.change(running, browser_opened=True, step="waiting")

    def _accept(self, running: RunningSignIn, answer: RedirectAnswer) -> bool:
        """Tell the listener whether *answer* ends the waiting; junk never does."""
        try:
            self._answer(running, answer.url, posted=answer.method == "POST")
        except (StateMismatchError, AuthorizationResponseError) as error:
            _log.debug("The sign-in %s got a stray answer: %s", running.view.id, error.code)
            return False
        return True

    def _answer(self, running: RunningSignIn, url: str, *, posted: bool = False) -> None:
        """Go on with the answer in *url*; if it is not the one waited for, nothing changes.

        Raises:
            StateMismatchError: If it belongs to no sign-in, to another, or comes twice or late.
            AuthorizationResponseError: If it can't be read.
        """
        try:
            answer = running.accept(url, now=self._clock(), posted=posted)
        except AppError as error:
            if running.waiting or isinstance(error, StateMismatchError):
                raise
            self._register.fail(running, error, linger=LINGER_SECONDS)
            return
        self._go_on(running, answer)

    def _go_on(self, running: RunningSignIn, answer: Accepted) -> None:
        self._register.change(running, step="checking")
        self._endings.conclude(running, partial(self._flows.complete, answer))

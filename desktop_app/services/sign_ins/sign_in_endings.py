"""From the answer of a sign-in to the kept account, or to what went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from desktop_app.errors import AppError
from desktop_app.oauth.errors import InvalidClientError
from desktop_app.oauth.flow_errors import DeviceCodeExpiredError, RegistrationGoneError
from desktop_app.services.accounts import Profile
from desktop_app.services.ports import HttpClient
from desktop_app.services.profiles.profile_pictures import ProfilePictures
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.registrations import Registrations
from desktop_app.services.sign_ins.authorization_code import CompletedSignIn
from desktop_app.services.sign_ins.running_sign_in import RunningSignIn
from desktop_app.services.sign_ins.sign_in_register import LINGER_SECONDS, SignInRegister

_log = logging.getLogger(__name__)

_PICTURE_PATIENCE_SECONDS: Final = 3.0
_REFUSED: Final = 401

Complete = Callable[[], Awaitable[CompletedSignIn]]


class SignInEndings:
    """Completes sign-ins in the background; each ends for the person, however it goes."""

    def __init__(
        self,
        *,
        register: SignInRegister,
        profiles: ProfileService,
        registrations: Registrations,
        http: HttpClient,
    ) -> None:
        self._register = register
        self._registrations = registrations
        self._profiles = profiles
        self._pictures = ProfilePictures(profiles=profiles, http=http)

    def conclude(self, running: RunningSignIn, complete: Complete) -> None:
        """Let *complete* turn the answer into an account, keep that and end the sign-in."""
        running.work = self._register.in_background(self._conclude(running, complete))

    async def _conclude(self, running: RunningSignIn, complete: Complete) -> None:
        try:
            profile = await self._recorded(running, await complete())
        except DeviceCodeExpiredError:
            self._register.end(running, status="expired")
            return
        except AppError as error:
            told = await self._told(running, error)
            self._register.fail(running, told, linger=LINGER_SECONDS)
            return
        except Exception:  # noqa: BLE001 - a sign-in that broke must still end for the person
            _log.exception("The sign-in %s broke", running.view.id)
            self._register.fail(running, AppError(), linger=LINGER_SECONDS)
            return
        await self._fetch_picture(profile)
        self._register.end(
            running, linger=LINGER_SECONDS, status="completed", profile_id=profile.id
        )

    async def _recorded(self, running: RunningSignIn, done: CompletedSignIn) -> Profile:
        running.recording = True
        return await self._profiles.record(done.identity, done.grant, done.provider)

    async def _told(self, running: RunningSignIn, error: AppError) -> AppError:
        """Return what to tell; a client of ours that is refused is made anew the next time."""
        if not (running.registered and isinstance(error, InvalidClientError)):
            return error
        with suppress(AppError):
            await self._registrations.refused(running.view.provider)
        return RegistrationGoneError(status=_REFUSED)

    async def _fetch_picture(self, profile: Profile) -> None:
        """Give the picture a moment; a slow one comes later, by itself."""
        task = self._register.in_background(self._pictures.refresh(profile))
        await asyncio.wait({task}, timeout=_PICTURE_PATIENCE_SECONDS)

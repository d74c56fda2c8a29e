"""``/v1.0/oauth/sign-ins``: start, watch, answer and give up sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from desktop_app.errors import InvalidRequestError
from desktop_app.v1_0.schemas.program import NoFields
from desktop_app.v1_0.schemas.sign_ins import SignInAnswer, SignInStart, sign_in_body, sign_in_list
from desktop_app.web.base import ApiHandler

if TYPE_CHECKING:
    from desktop_app.services.sign_ins.sign_in import SignInService


class _SignInHandler(ApiHandler):
    def initialize(self, sign_ins: SignInService) -> None:
        """Take the sign-ins."""
        self._sign_ins = sign_ins


class SignInsHandler(_SignInHandler):
    """``GET``: every sign-in that can still be asked about. ``POST``: start one."""

    bodies: ClassVar = {"POST": SignInStart}

    async def get(self) -> None:
        """Answer all of them."""
        self.write_json(sign_in_list(self._sign_ins.all()))

    async def post(self) -> None:
        """Start a sign-in and answer where the person signs in."""
        wish: SignInStart = self.body
        started = await self._sign_ins.start(
            provider_id=wish.provider,
            scopes=wish.scopes,
            flow=wish.flow,
            open_browser=wish.open_browser,
            login_hint=wish.login_hint,
            resources=wish.resources,
            for_profile=wish.for_profile,
        )
        self.set_header("Location", self.reverse_url("api-sign-in", started.id))
        self.write_json(sign_in_body(started), 201)


class SignInHandler(_SignInHandler):
    """``GET`` and ``DELETE`` of one sign-in: how far it is, or give it up."""

    async def get(self, sign_in_id: str) -> None:
        """Answer how far it is."""
        self.write_json(sign_in_body(self._sign_ins.status(sign_in_id)))

    async def delete(self, sign_in_id: str) -> None:
        """Give it up; it still answers afterwards."""
        await self._sign_ins.cancel(sign_in_id)
        self.set_status(204)


class SignInRedirectHandler(_SignInHandler):
    """``POST``: the final address, pasted by the person."""

    bodies: ClassVar = {"POST": SignInAnswer}

    async def post(self, sign_in_id: str) -> None:
        """Take the pasted address or code and answer how far the sign-in is."""
        pasted: SignInAnswer = self.body
        if (pasted.url is None) == (pasted.code is None):
            raise InvalidRequestError("give either url or code", field="url")
        answered = await self._sign_ins.redirect(sign_in_id, url=pasted.url, code=pasted.code)
        self.write_json(sign_in_body(answered))


class SignInOpenHandler(_SignInHandler):
    """``POST``: open the person's browser once more."""

    bodies: ClassVar = {"POST": NoFields}

    async def post(self, sign_in_id: str) -> None:
        """Open the browser again and answer the sign-in."""
        await self._sign_ins.open_again(sign_in_id)
        self.write_json(sign_in_body(self._sign_ins.status(sign_in_id)))

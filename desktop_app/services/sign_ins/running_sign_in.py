"""One sign-in while it goes on: what the outside sees, and what must not get out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from desktop_app.errors import InvalidRequestError
from desktop_app.oauth.authorization import parse_redirect
from desktop_app.oauth.errors import StateMismatchError
from desktop_app.services.accounts import SignIn
from desktop_app.services.ports import RedirectListener
from desktop_app.services.sign_ins.oauth1_flow import BegunOauth1
from desktop_app.services.sign_ins.sign_in_flows import Accepted, Begun

_ONLY_WHILE_PENDING = (
    "authorization_url",
    "user_code",
    "verification_uri",
    "verification_uri_complete",
)


class RunningSignIn:
    """The state of one sign-in; its secrets are forgotten as soon as it is answered or over.

    Attributes:
        view: The sign-in as the outside sees it.
        ended_at: When it was over, None before.
        registered: True if its client is one that Coatcheck registered for itself.
        recording: True from when the account is being written; then it can't be cancelled.
    """

    def __init__(self, view: SignIn) -> None:
        self.view = view
        self.ended_at: float | None = None
        self.recording = False
        self.registered = False
        self.listener: RedirectListener | None = None
        self.work: asyncio.Task[None] | None = None
        self.expiry: asyncio.Task[None] | None = None
        self._begun: Begun | None = None

    @property
    def waiting(self) -> bool:
        """Whether an answer could still be accepted."""
        return self._begun is not None and self.view.status == "pending"

    def begin(self, begun: Begun) -> None:
        """Wait for the answer to *begun* from now on."""
        self._begun = begun
        self.view = replace(self.view, **begun.shown)

    async def readdress(self, again: Callable[[Begun], Awaitable[Begun]]) -> None:
        """Let *again* give the request an address once more, if it still waits then."""
        if self._begun is None:
            return
        begun = await again(self._begun)
        # It may have been answered or cancelled meanwhile.
        if self.waiting:
            self.begin(begun)

    def accept(self, url: str, *, now: float, posted: bool = False) -> Accepted:
        """Return the answer in *url*, if it is the one that this sign-in waits for.

        With *posted* it came in a form, whatever way was asked for.

        An answer to this very request uses it up, also when it brings an error: a second one
        finds nothing.

        Raises:
            StateMismatchError: If it belongs to no sign-in, to another, or comes twice or late.
            AuthorizationResponseError: If it can't be read, or brings the provider's error.
            AuthorizationDeniedError: If the person said no.
            IssuerMismatchError: If another provider answers.
        """
        begun = self._begun
        if begun is None or not self.waiting:
            raise StateMismatchError
        response = replace(parse_redirect(url), posted=posted)
        try:
            answer = begun.accept(response, now=now)
        except StateMismatchError:
            raise
        except Exception:
            self._begun = None
            raise
        self._begun = None
        return answer

    def accept_code(self, text: str) -> Accepted:
        """Return the verifier that the person typed, if this sign-in takes one.

        Raises:
            InvalidRequestError: If it takes none, or *text* is none; it goes on waiting.
        """
        if not isinstance(self._begun, BegunOauth1):
            raise InvalidRequestError("paste the whole final address", field="code")
        answer = self._begun.accept_code(text)
        self._begun = None
        return answer

    def answered(self) -> None:
        """Wait for nothing any more: the answer came in another way."""
        self._begun = None

    def change(self, **changes: Any) -> SignIn:
        """Change what the outside sees."""
        self.view = replace(self.view, **changes)
        return self.view

    def end(self, *, now: float, **changes: Any) -> SignIn:
        """End the sign-in and forget its secrets."""
        self._begun = None
        self.ended_at = now
        return self.change(**dict.fromkeys(_ONLY_WHILE_PENDING), **changes)

    def event(self) -> dict[str, Any]:
        """Return what every window is told about it; never an address with a state."""
        view = self.view
        return {
            "id": view.id,
            "provider": view.provider,
            "status": view.status,
            "step": view.step,
            "profile_id": view.profile_id,
            "error": view.error,
        }

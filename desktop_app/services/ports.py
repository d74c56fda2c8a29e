"""What services need from the outside, as Protocols; ``app.py`` hands in the real ones.

What keeps everything, the vault and the store as a whole, is in ``keeping``.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.accounts import Picture, Profile
from desktop_app.services.lending.activity_entries import ActivityEntry, LogReport
from desktop_app.services.lending.askers import Asker, AskingProgram
from desktop_app.services.lending.loans import Loan
from desktop_app.services.providers.registered_client import RegisteredClient

Clock = Callable[[], float]
"""Seconds since the epoch."""

RandomBytes = Callable[[int], bytes]
"""That many unpredictable bytes (``secrets.token_bytes``)."""


class HttpClient(Protocol):
    """Sends one request and returns the answer, whatever its status."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Send *request*.

        Raises:
            ProviderUnreachableError: No answer: refused, timed out, no network, bad certificate.
            ResponseTooLargeError: The answer is longer than ``request.max_body``.
        """


class Browser(Protocol):
    """The person's own browser."""

    async def open(self, url: str) -> bool:
        """Open *url*, which is http or https; False if no browser could be started."""


class RedirectAnswer(Protocol):
    """What arrived at the loopback listener."""

    @property
    def url(self) -> str:
        """The full address with its query; for ``form_post`` the form's fields as the query."""

    @property
    def method(self) -> str: ...


class RedirectListener(Protocol):
    """A loopback listener of one sign-in (RFC 8252 section 7.3)."""

    @property
    def redirect_uri(self) -> str: ...

    async def close(self, *, linger: float = 0.0) -> None:
        """Stop listening, after serving ``/done`` for *linger* more seconds."""


AcceptRedirect = Callable[[RedirectAnswer], bool]
"""Called for each request on the redirect path; True if it ends the flow."""


class RedirectListeners(Protocol):
    """Makes loopback listeners."""

    async def listen(self, redirect: Redirect, accept: AcceptRedirect) -> RedirectListener:
        """Bind before the browser opens.

        Raises:
            PortInUseError: The fixed port that the provider needs is taken.
        """


class ProfileStore(Protocol):
    """Profiles with their grants. Reads are from memory; a write is on disk when it returns.

    Every method raises ``LockedError`` while the vault is locked.
    """

    def get(self, profile_id: str) -> Profile | None: ...

    def find(self, issuer: str, subject: str) -> Profile | None: ...

    def all(self) -> Sequence[Profile]: ...

    async def save(self, profile: Profile) -> None: ...

    async def delete(self, profile_id: str) -> None: ...


class PictureStore(Protocol):
    """Profile pictures, kept beside the profiles so that they show offline."""

    def get(self, profile_id: str) -> Picture | None: ...

    async def save(self, picture: Picture) -> None: ...

    async def delete(self, profile_id: str) -> None: ...


class ProviderStore(Protocol):
    """The person's own providers, and their client IDs for presets (same id as the preset)."""

    def get(self, provider_id: str) -> Provider | None: ...

    def all(self) -> Sequence[Provider]: ...

    async def save(self, provider: Provider) -> None: ...

    async def delete(self, provider_id: str) -> None: ...


class RegistrationStore(Protocol):
    """Clients that Coatcheck registered for itself, by their provider's id."""

    def get(self, provider_id: str) -> RegisteredClient | None: ...

    async def save(self, client: RegisteredClient) -> None: ...

    async def delete(self, provider_id: str) -> None: ...


class DocumentStore(Protocol):
    """Small named documents of JSON values: settings, the photo service's state."""

    def get(self, name: str) -> Mapping[str, Any] | None: ...

    async def save(self, name: str, document: Mapping[str, Any]) -> None: ...

    async def delete(self, name: str) -> None: ...


class PreferenceStore(Protocol):
    """What is needed before unlocking and is no secret: language, theme, window, auto-lock."""

    def get(self) -> Mapping[str, Any]: ...

    async def save(self, values: Mapping[str, Any]) -> None: ...


Publish = Callable[[str, Mapping[str, Any]], None]
"""Tell every listener: the event's name and its JSON data."""

AsyncCallback = Callable[[], Awaitable[None]]


class LoanStore(Protocol):
    """Who may borrow what. Reads are from memory; a write is on disk when it returns.

    Every method raises ``LockedError`` while the vault is locked.
    """

    def get(self, loan_id: str) -> Loan | None: ...

    def all(self) -> Sequence[Loan]: ...

    async def save(self, loan: Loan) -> None: ...

    async def delete(self, loan_id: str) -> None: ...


class ActivityLog(Protocol):
    """The append-only log; every method raises ``LockedError`` while the vault is locked."""

    async def append(self, entry: ActivityEntry) -> ActivityEntry:
        """Return *entry* with its number; it is on the disk then.

        Raises:
            DiskFullError: No room; nothing has changed.
            StoreError: The disk failed.
        """

    async def find(
        self, wanted: Callable[[ActivityEntry], bool] | None, *, offset: int, limit: int
    ) -> tuple[Sequence[ActivityEntry], int]:
        """Return one page of the entries that are *wanted*, newest first, and their number."""

    async def verify(self) -> LogReport:
        """Look through everything that is kept."""


class Peers(Protocol):
    """Says who is at the other end of a connection, as the operating system knows it."""

    async def check_user(self, connection: socket.socket) -> None:
        """Refuse another user of this machine.

        Raises:
            ForeignUserError: It is another user, or the system does not say who.
        """

    async def identify(self, connection: socket.socket) -> Asker:
        """Return the program at the other end.

        Raises:
            ForeignUserError: It is another user's.
            ProgramUnknownError: It has ended, or the system does not say.
        """

    async def program_at(self, path: str, *, interpreters: bool) -> AskingProgram:
        """Return the program that lies at *path*, an absolute one.

        Raises:
            ProgramFileError: Nothing there can be run.
            InterpreterError: It runs scripts, which are programs of their own, and
                *interpreters* is False.
        """


class Attention(Protocol):
    """Shows the person that a question waits."""

    async def ask(self, approval_id: str) -> None:
        """Bring ``/approvals/{id}`` before the person's eyes, if there is a way; never fails."""

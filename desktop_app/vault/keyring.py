"""The system keyring, asked so that a keyring that hangs holds up nobody.

A call into a keyring can't be cancelled, and a thread pool's threads are waited for at exit.
So each call runs in a daemon thread of its own, with a time limit.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeVar

from desktop_app.services.locking.lock_errors import (
    KeyringMissingError,
    KeyringRefusedError,
    KeyringSlowError,
    KeyringUnavailableError,
    KeyringUnsafeError,
)

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")

SERVICE = "Coatcheck"

# A recommended backend has a priority of one or more (keyring's own rule); those that keep
# secrets readable, or ask on the terminal, are below it.
_LEAST_PRIORITY = 1
_UNSAFE_WORDS = ("plaintext", "null", "fail")


class KeyringPort(Protocol):
    """One secret a name, kept by the system. All raise ``KeyringUnavailableError``."""

    async def read(self, name: str) -> str | None:
        """Return the secret of *name*, or None."""

    async def write(self, name: str, secret: str) -> None:
        """Keep *secret* under *name*."""

    async def delete(self, name: str) -> None:
        """Forget *name*; nothing happens if it is unknown."""

    async def check(self) -> None:
        """Return if a keyring is here that keeps secrets sealed."""


def load_keyring() -> KeyringBackend:
    """Return the keyring that the library picks; late, because its import takes long."""
    from keyring import get_keyring

    return get_keyring()


class SystemKeyring:
    """The keyring of the desktop, through the library ``keyring``."""

    def __init__(
        self,
        *,
        load: Callable[[], KeyringBackend] = load_keyring,
        time_limit: float = 5.0,
    ) -> None:
        self._load = load
        self._time_limit = time_limit
        self._hanging: threading.Thread | None = None

    async def read(self, name: str) -> str | None:
        """Return the secret of *name*, or None.

        Raises:
            KeyringUnavailableError: The keyring can't be used.
        """
        return await self._ask(lambda keyring: keyring.get_password(SERVICE, name))

    async def write(self, name: str, secret: str) -> None:
        """Keep *secret* under *name*.

        Raises:
            KeyringUnavailableError: The keyring can't be used.
        """
        await self._ask(lambda keyring: keyring.set_password(SERVICE, name, secret))

    async def delete(self, name: str) -> None:
        """Forget *name*; nothing happens if it is unknown.

        Raises:
            KeyringUnavailableError: The keyring can't be used.
        """

        def forget(keyring: KeyringBackend) -> None:
            if keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)

        await self._ask(forget)

    async def check(self) -> None:
        """Return if a keyring is here that keeps secrets sealed, and answers.

        Raises:
            KeyringUnavailableError: The keyring can't be used.
        """
        await self.read("check")

    async def _ask(self, question: Callable[[KeyringBackend], _T]) -> _T:
        if self._hanging is not None and self._hanging.is_alive():
            # One stuck thread is enough; it may end when the person answers the keyring.
            raise KeyringSlowError("an earlier question is still unanswered")
        answer: Future[_T] = Future()
        thread = threading.Thread(
            target=self._answer, args=(question, answer), name="keyring", daemon=True
        )
        thread.start()
        return await self._await_answer(thread, answer)

    async def _await_answer(self, thread: threading.Thread, answer: Future[_T]) -> _T:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(answer), self._time_limit)
        except TimeoutError as error:
            self._hanging = thread
            raise KeyringSlowError from error

    def _answer(self, question: Callable[[KeyringBackend], _T], answer: Future[_T]) -> None:
        # Once running, an answer can't be cancelled under our hands when the time is over.
        answer.set_running_or_notify_cancel()
        try:
            result = question(usable_keyring(self._load()))
        except Exception as error:  # noqa: BLE001  a backend may raise anything
            answer.set_exception(_as_unavailable(error))
        else:
            answer.set_result(result)


def usable_keyring(keyring: KeyringBackend) -> KeyringBackend:
    """Return *keyring*, or the best one of a chain, if it keeps secrets sealed.

    Raises:
        KeyringMissingError: There is none.
        KeyringUnsafeError: It keeps them readable, or not at all.
    """
    # A chain would fall back to its next member when the first one fails.
    members = getattr(keyring, "backends", None)
    candidates = list(members) if members is not None else [keyring]
    for candidate in candidates:
        if _is_safe(candidate):
            return candidate
    if not candidates or _module_ends(candidates[0], "fail"):
        raise KeyringMissingError(str(keyring))
    raise KeyringUnsafeError(str(keyring))


def _is_safe(keyring: KeyringBackend) -> bool:
    kind = type(keyring)
    name = f"{kind.__module__}.{kind.__qualname__}".lower()
    if any(word in name for word in _UNSAFE_WORDS):
        return False
    return float(kind.priority) >= _LEAST_PRIORITY


def _module_ends(keyring: KeyringBackend, word: str) -> bool:
    return type(keyring).__module__.endswith(f".{word}")


def _as_unavailable(error: Exception) -> KeyringUnavailableError:
    from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

    if isinstance(error, KeyringUnavailableError):
        return error
    # Only the kind is logged: a backend's text may hold what it was asked to keep.
    _logger.info("the keyring failed: %s", type(error).__name__)
    kinds = {NoKeyringError: KeyringMissingError, KeyringLocked: KeyringRefusedError}
    for kind, ours in kinds.items():
        if isinstance(error, kind):
            return ours(type(error).__name__)
    unusable = KeyringRefusedError if isinstance(error, KeyringError) else KeyringUnavailableError
    return unusable(type(error).__name__)

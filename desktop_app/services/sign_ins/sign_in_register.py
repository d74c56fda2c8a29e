"""The sign-ins of the last hour: found by id, ended by hand, by an answer or by time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Final

from desktop_app.errors import AppError, NotFoundError
from desktop_app.services import events
from desktop_app.services.accounts import SignIn
from desktop_app.services.errors import SignInOverError
from desktop_app.services.ports import Clock, Publish
from desktop_app.services.sign_ins.running_sign_in import RunningSignIn

_log = logging.getLogger(__name__)

# The browser fetches its last page by itself, on a busy computer not at once.
LINGER_SECONDS: Final = 60.0
_REMEMBER_SECONDS: Final = 3600.0
_CLOCK_LOOK_SECONDS: Final = 15.0


class SignInRegister:
    """Keeps running sign-ins, tells about each change, and ends those whose time is over."""

    def __init__(self, *, clock: Clock, publish: Publish) -> None:
        self._clock = clock
        self._publish = publish
        self._running: dict[str, RunningSignIn] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, running: RunningSignIn) -> None:
        """Keep a sign-in that has begun, until an hour after its end."""
        self._forget_old()
        self._running[running.view.id] = running
        running.expiry = self.in_background(self._expire_in_time(running))
        self.tell(running)

    def find(self, sign_in_id: str) -> RunningSignIn:
        """Return the sign-in with this id, expired if its time is over.

        Raises:
            NotFoundError: If there is none, or it was over an hour ago.
        """
        running = self._running.get(sign_in_id)
        if running is None:
            raise NotFoundError
        self._expire_if_late(running)
        return running

    def find_waiting(self, sign_in_id: str) -> RunningSignIn:
        """Return the sign-in with this id if it still waits for an answer.

        Raises:
            NotFoundError: If there is none, or it was over an hour ago.
            SignInOverError: If it does not wait any more.
        """
        running = self.find(sign_in_id)
        if not running.waiting:
            raise SignInOverError
        return running

    def views(self) -> Sequence[SignIn]:
        """Return every sign-in of the last hour, the newest first."""
        views = [self.find(sign_in_id).view for sign_in_id in tuple(self._running)]
        return sorted(views, key=lambda view: view.created_at, reverse=True)

    def change(self, running: RunningSignIn, **changes: Any) -> None:
        """Change what the outside sees of a sign-in, and tell."""
        running.change(**changes)
        self.tell(running)

    def fail(self, running: RunningSignIn, error: AppError, *, linger: float = 0.0) -> None:
        """End a sign-in with what went wrong."""
        _log.info(
            "The sign-in %s at %s failed: %s", running.view.id, running.view.provider, error.code
        )
        self.end(
            running,
            linger=linger,
            status="failed",
            error=error.code,
            message=error.message,
            failure=error,
        )

    def end(self, running: RunningSignIn, *, linger: float = 0.0, **changes: Any) -> None:
        """End a sign-in, close its listener after *linger* seconds, and tell."""
        if running.ended_at is not None:
            return
        running.end(now=self._clock(), **changes)
        if running.expiry is not None and running.expiry is not asyncio.current_task():
            running.expiry.cancel()
        if running.listener is not None:
            self.in_background(running.listener.close(linger=linger))
        self.tell(running)

    def tell(self, running: RunningSignIn) -> None:
        """Tell every window how far a sign-in is."""
        self._publish(events.SIGN_IN, running.event())

    def in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run *work* as a task that is kept until it is done or the program ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End every sign-in; what is being recorded is waited for, the rest is given up."""
        for running in tuple(self._running.values()):
            if running.recording and running.work is not None:
                await asyncio.gather(running.work, return_exceptions=True)
            self.end(running, status="cancelled")
            if running.listener is not None:
                await running.listener.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _expire_in_time(self, running: RunningSignIn) -> None:
        """End a sign-in at its time, by the wall clock: a sleeping computer stops the other."""
        while (left := running.view.expires_at - self._clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(min(left, _CLOCK_LOOK_SECONDS))
        self._expire_if_late(running)

    def _expire_if_late(self, running: RunningSignIn) -> None:
        if running.waiting and running.view.expires_at <= self._clock():
            if running.work is not None:
                running.work.cancel()
            # A late answer still finds a page that says so.
            self.end(running, linger=LINGER_SECONDS, status="expired")

    def _forget_old(self) -> None:
        limit = self._clock() - _REMEMBER_SECONDS
        over = [
            sign_in_id
            for sign_in_id, running in self._running.items()
            if running.ended_at is not None and running.ended_at < limit
        ]
        for sign_in_id in over:
            del self._running[sign_in_id]

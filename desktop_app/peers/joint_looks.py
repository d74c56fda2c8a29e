"""Looking at the system for many who ask at once, without keeping the event loop waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_PATIENCE: Final = 30.0


class JointLooks(Generic[K, T]):
    """One look at a time; whoever asks meanwhile shares the next one.

    Looking is many small system calls in Python: threads that do it side by side take the
    interpreter from the event loop at each of its own calls. So the loop itself begins each
    look, and comes round to everything else that is ready before the next. A look that was
    begun before somebody asked is never theirs: what it saw may have changed.

    Args:
        look: Returns what it finds for each of the keys; runs in a thread.
        threads: Where it runs; more than one only for when a look does not come back.
        at_once: How many keys one look may be for.
        patience: Seconds after which a look is given up; a dead network folder never answers.
    """

    def __init__(
        self,
        look: Callable[[Sequence[K]], Sequence[T]],
        *,
        threads: Executor,
        at_once: int,
        patience: float = _PATIENCE,
    ) -> None:
        self._look = look
        self._threads = threads
        self._at_once = at_once
        self._patience = patience
        self._waiting: dict[K, asyncio.Future[T]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def at(self, key: K) -> T:
        """Return what is found for *key* from now on.

        Raises:
            TimeoutError: The look was given up.
            Exception: What the look raises.
        """
        loop = asyncio.get_running_loop()
        future = self._waiting.setdefault(key, loop.create_future())
        if self._looking is None:
            self._looking = loop.create_task(self._go_through())
        # Shielded: others may wait for the same.
        return await asyncio.shield(future)

    async def _go_through(self) -> None:
        try:
            while self._waiting:
                keys = tuple(self._waiting)[: self._at_once]
                await self._tell({key: self._waiting.pop(key) for key in keys})
        finally:
            self._looking = None
            for future in self._waiting.values():
                future.cancel()
            self._waiting.clear()

    async def _tell(self, waiting: dict[K, asyncio.Future[T]]) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience):
                found = await loop.run_in_executor(self._threads, self._look, tuple(waiting))
        except asyncio.CancelledError:
            for future in waiting.values():
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001  whoever waits must hear of it, whatever it is
            for future in waiting.values():
                future.set_exception(error)
                # Nobody may be there any more to hear of it.
                future.exception()
            return
        for future, each in zip(waiting.values(), found, strict=True):
            future.set_result(each)

"""Servers that live in a thread, for tests that wait for another program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def in_thread(make: Callable[[], AbstractAsyncContextManager[T]]) -> Iterator[T]:
    """Enter what *make* gives in a loop of its own, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="peer")
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(120)

    async def enter() -> tuple[AbstractAsyncContextManager[T], T]:
        context = make()
        return context, await context.__aenter__()

    async def leave(context: AbstractAsyncContextManager[T]) -> None:
        await context.__aexit__(None, None, None)

    context, value = run(enter())
    try:
        yield value
    finally:
        run(leave(context))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

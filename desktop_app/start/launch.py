"""Opens the vault as far as it opens by itself, and serves."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from desktop_app.app import Core
from desktop_app.composition.attention import Summons
from desktop_app.composition.serving import serve
from desktop_app.config import Config
from desktop_app.program import Program
from desktop_app.services.keeping import VaultState
from desktop_app.services.locking.lock_errors import UnopenableError
from desktop_app.services.ports import Browser, Clock
from desktop_app.start.limits import allow_many_connections, keep_memory_off_the_disk

_log = logging.getLogger(__name__)


async def launch(
    config: Config,
    *,
    browser: Browser,
    raise_window: Callable[[], Awaitable[bool]] | None = None,
    summons: Summons | None = None,
    passphrase: str | None = None,
    patience: float | None = None,
    person_is_there: bool = False,
    clock: Clock = time.time,
) -> Program:
    """Start everything and return it running, with ``runtime.json`` written.

    Args:
        config: How this start was asked to behave.
        browser: The person's.
        raise_window: Brings the window to the front.
        summons: Brings a program's question to the person.
        passphrase: Unlocks the vault, or becomes the passphrase of a new one.
        patience: Seconds that a keyring is waited for before serving; None waits for it.
        person_is_there: A page tells the person if no key opens the folder; else that ends the
            start.
        clock: Seconds since the epoch.

    Raises:
        AppError: What was given does not open the vault, or a file or port can't be used.
    """
    allow_many_connections()
    keep_memory_off_the_disk()
    core = Core(config, browser=browser, raise_window=raise_window, summons=summons, clock=clock)
    opening = asyncio.create_task(core.lock.start(key_file=config.key_file, passphrase=passphrase))
    if config.key_file is not None or passphrase is not None:
        # What the person gave either opens the vault or ends this start.
        patience = None
    try:
        with _told_later(person_is_there):
            await _wait_for(opening, patience)
        return _serve(core, config)
    except BaseException:
        opening.cancel()
        await core.lock.close()
        raise


@contextmanager
def _told_later(person_is_there: bool) -> Iterator[None]:
    """Let a folder that no key opens be found on a page, where there is somebody to read it."""
    try:
        yield
    except UnopenableError as error:
        if not person_is_there:
            raise
        _log.warning("the data folder can't be opened: %s", error.code)


def _serve(core: Core, config: Config) -> Program:
    program = serve(core, config)
    try:
        program.announce()
    except BaseException:
        program.server.stop()
        raise
    return program


async def _wait_for(opening: asyncio.Task[VaultState], patience: float | None) -> None:
    await asyncio.wait({opening}, timeout=patience)
    if opening.done():
        opening.result()
    else:
        opening.add_done_callback(_say_how_it_ended)


def _say_how_it_ended(opening: asyncio.Task[VaultState]) -> None:
    """Nobody waits any more; the person finds the vault locked and tries again there."""
    if not opening.cancelled() and (error := opening.exception()) is not None:
        _log.warning("the vault did not open by itself: %s", error)

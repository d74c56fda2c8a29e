"""Opens the vault as far as it opens by itself, and serves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktop_app.app import Core, serve
from desktop_app.config import Config
from desktop_app.program import Program
from desktop_app.services.ports import Browser


async def launch(
    config: Config,
    *,
    browser: Browser,
    raise_window: Callable[[], bool] | None = None,
    passphrase: str | None = None,
    patience: float | None = None,
) -> Program:
    """Start everything and return it running, with ``runtime.json`` written.

    Args:
        config: How this start was asked to behave.
        browser: The person's.
        raise_window: Brings the window to the front.
        passphrase: Unlocks the vault, or becomes the passphrase of a new one.
        patience: Seconds to wait for the keys before serving; None waits for them.

    Raises:
        AppError: What was given does not open the vault, or a file or port can't be used.
    """
    core = Core(config, browser=browser, raise_window=raise_window)
    opening = asyncio.ensure_future(
        core.lock.start(key_file=config.key_file, passphrase=passphrase)
    )
    try:
        await asyncio.wait({opening}, timeout=patience)
        if opening.done():
            await opening
        program = serve(core, config)
    except BaseException:
        opening.cancel()
        await core.lock.close()
        raise
    program.announce()
    return program

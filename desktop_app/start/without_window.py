"""Serving without a window, for commands, and for machines without a screen."""

from __future__ import annotations

import asyncio
import json
import sys

from desktop_app.config import Config
from desktop_app.itself import own_command
from desktop_app.program import Program
from desktop_app.start.launch import launch
from desktop_app.start.signals import Ending
from desktop_app.window.browser import SystemBrowser
from desktop_app.window.child import WindowChild
from desktop_app.window.instance import AlreadyRunningError, Instance


def serve_without_window(config: Config) -> int:
    """Serve until a signal ends it, after printing the one line that says where.

    Raises:
        AlreadyRunningError: Another program has this data folder.
        AppError: It could not start; the error says why.
    """
    instance = Instance(config.folder)
    if not instance.claim():
        raise AlreadyRunningError
    passphrase = sys.stdin.readline().rstrip("\r\n") if config.passphrase_stdin else None
    ending = Ending()
    try:
        with ending.on_signals():
            asyncio.run(_serve(config, passphrase, ending))
    finally:
        instance.release()
    return 0


async def _serve(config: Config, passphrase: str | None, ending: Ending) -> None:
    window = WindowChild(own_command("show-window"))
    program = await launch(
        config,
        browser=SystemBrowser(allowed=config.use_browser),
        raise_window=lambda: window.show(program.window_url()),
        passphrase=passphrase,
    )
    try:
        print(_ready_line(program), flush=True)
        await ending.wait()
    finally:
        await window.close()
        await program.stop()


def _ready_line(program: Program) -> str:
    url = program.printed_url()
    return json.dumps({"url": url, "pid": program.pid, "data_dir": str(program.folder.root)})

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
from desktop_app.start.summons import DistantSummons
from desktop_app.window.browser import SystemBrowser
from desktop_app.window.child import WindowChild
from desktop_app.window.instance import AlreadyRunningError, Instance
from desktop_app.window.notification import Notifications
from desktop_app.window.redirect_file import remove_redirect_files


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
    browser = SystemBrowser(allowed=config.use_browser)
    notifications = Notifications()

    # The program is there by the time that anybody asks.
    def window_url(path: str) -> str:
        return program.window_url(path)

    def is_watched() -> bool:
        return program.is_watched()

    program = await launch(
        config,
        browser=browser,
        raise_window=lambda: window.show(program.window_url()),
        summons=DistantSummons(
            window=window,
            browser=browser,
            notifications=notifications,
            folder=config.folder.root,
            window_url=window_url,
            is_watched=is_watched,
        ),
        passphrase=passphrase,
    )
    try:
        print(_ready_line(program), flush=True)
        await ending.wait()
    finally:
        await notifications.close()
        await window.close()
        await program.stop()
        remove_redirect_files(config.folder.root)


def _ready_line(program: Program) -> str:
    url = program.printed_url()
    return json.dumps({"url": url, "pid": program.pid, "data_dir": str(program.folder.root)})

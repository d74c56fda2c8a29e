"""``coatcheck doctor``: looks for what may go wrong on this machine, and says what to do."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.running import find
from desktop_app.composition.kept import check_keyring
from desktop_app.config import Config
from desktop_app.errors import AppError
from desktop_app.itself import own_command
from desktop_app.window.browser import SystemBrowser
from desktop_app.window.display import Probe, has_screen

# No clock of a machine that runs this program is right and before this.
_RELEASED = 1_780_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: A stable word for scripts.
        level: ``note`` is something missing that Coatcheck works without; a ``problem`` is not.
        message: What was found, and what to do where it is not ``ok``.
    """

    about: str
    level: Literal["ok", "note", "problem"]
    message: str


def examine(config: Config, *, as_json: bool) -> int:
    """Look at everything, print what was found, and return 0 only if there is no problem."""
    findings = list(_findings(config))
    if as_json:
        print(json.dumps({"findings": [asdict(each) for each in findings], "total": len(findings)}))
    else:
        for each in findings:
            print(f"{each.level:>7}  {each.message}")
    return 1 if any(each.level == "problem" for each in findings) else 0


def _findings(config: Config) -> Iterator[Finding]:
    yield _folder(config)
    yield _running(config)
    yield asyncio.run(_keyring())
    yield _browser(config)
    yield _window()
    yield _clock(time.time)


def _folder(config: Config) -> Finding:
    root = config.folder.root
    if not root.exists():
        message = f"The data folder {root} is not there yet; the first start makes it."
        return Finding(about="folder", level="ok", message=message)
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        message = f"The folder {root} can't be read and written. Give yourself the right to."
        return Finding(about="folder", level="problem", message=message)
    open_to_others = sys.platform != "win32" and stat.S_IMODE(root.stat().st_mode) & 0o077
    if open_to_others:
        message = f"Others can look into {root}. Start Coatcheck once: it closes the folder."
        return Finding(about="folder", level="problem", message=message)
    return Finding(about="folder", level="ok", message=f"The data folder {root} is yours alone.")


def _running(config: Config) -> Finding:
    try:
        health = find(config).get("/v1.0/health")
    except NotRunningError:
        return Finding(about="running", level="ok", message="Coatcheck is not running.")
    except ApiError as error:
        return Finding(about="running", level="problem", message=error.message)
    state = "locked" if health["locked"] else "unlocked"
    return Finding(about="running", level="ok", message=f"Coatcheck is running, {state}.")


async def _keyring() -> Finding:
    try:
        await check_keyring()
    except AppError as error:
        return Finding(about="keyring", level="note", message=error.message)
    return Finding(about="keyring", level="ok", message="The system keyring works.")


def _browser(config: Config) -> Finding:
    if SystemBrowser(allowed=config.use_browser).is_there:
        return Finding(about="browser", level="ok", message="There is a browser to sign in with.")
    message = "No browser was found. Sign in with --no-browser and open the address elsewhere."
    return Finding(about="browser", level="note", message=message)


def _window() -> Finding:
    if not has_screen():
        message = "There is no screen here; use --no-window and the commands."
        return Finding(about="window", level="note", message=message)
    if importlib.util.find_spec("webview") and _window_can_open():
        return Finding(about="window", level="ok", message="A window can open.")
    message = "No window can open here; Coatcheck opens in the browser instead."
    return Finding(about="window", level="note", message=message)


def _window_can_open() -> bool:
    probe = Probe(own_command("probe-display"))
    try:
        return probe.window_can_open()
    finally:
        probe.end()


def _clock(clock: Callable[[], float]) -> Finding:
    if clock() >= _RELEASED:
        return Finding(about="clock", level="ok", message="The clock is not obviously wrong.")
    message = "The clock is wrong, so sign-ins will fail. Set the date and time."
    return Finding(about="clock", level="problem", message=message)

"""``coatcheck doctor``: looks for what may go wrong on this machine, and says what to do."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from desktop_app.app import check_keyring
from desktop_app.config import Config
from desktop_app.errors import AppError
from desktop_app.runtime import read_runtime
from desktop_app.start.internal import internal_command
from desktop_app.window.browser import SystemBrowser
from desktop_app.window.display import Probe, has_screen

# No clock of a machine that runs this program is right and before this.
_RELEASED = 1_780_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: A stable word for scripts.
        message: What was found, and what to do where it is not ``ok``.
    """

    about: str
    ok: bool
    message: str


def examine(config: Config, *, as_json: bool) -> int:
    """Look at everything, print what was found, and return 0 only if all is well."""
    findings = list(_findings(config))
    if as_json:
        print(json.dumps({"findings": [asdict(each) for each in findings], "total": len(findings)}))
    else:
        for each in findings:
            print(f"{'  ok' if each.ok else 'look'}  {each.message}")
    return 0 if all(each.ok for each in findings) else 1


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
        return Finding(about="folder", ok=True, message=message)
    open_to_others = sys.platform != "win32" and stat.S_IMODE(root.stat().st_mode) & 0o077
    if open_to_others:
        message = f"Others can look into {root}. Start Coatcheck once: it closes the folder."
        return Finding(about="folder", ok=False, message=message)
    return Finding(about="folder", ok=True, message=f"The data folder {root} is yours alone.")


def _running(config: Config) -> Finding:
    runtime = read_runtime(config.folder.runtime_json)
    state = "is not running" if runtime is None else f"says it runs as process {runtime.pid}"
    return Finding(about="running", ok=True, message=f"Coatcheck {state}.")


async def _keyring() -> Finding:
    try:
        await check_keyring()
    except AppError as error:
        message = f"{error.message} Coatcheck asks for a passphrase instead."
        return Finding(about="keyring", ok=False, message=message)
    return Finding(about="keyring", ok=True, message="The system keyring works.")


def _browser(config: Config) -> Finding:
    if SystemBrowser(allowed=config.use_browser).is_there:
        return Finding(about="browser", ok=True, message="There is a browser to sign in with.")
    message = "No browser was found. Sign in with --no-browser and open the address elsewhere."
    return Finding(about="browser", ok=False, message=message)


def _window() -> Finding:
    if not has_screen():
        message = "There is no screen here; use --no-window and the commands."
        return Finding(about="window", ok=False, message=message)
    if importlib.util.find_spec("webview") and _window_can_open():
        return Finding(about="window", ok=True, message="A window can open.")
    message = "No window can open here; Coatcheck opens in the browser instead."
    return Finding(about="window", ok=False, message=message)


def _window_can_open() -> bool:
    probe = Probe(internal_command("probe-display"))
    try:
        return probe.window_can_open()
    finally:
        probe.end()


def _clock(clock: Callable[[], float]) -> Finding:
    if clock() >= _RELEASED:
        return Finding(about="clock", ok=True, message="The clock is not obviously wrong.")
    message = "The clock is wrong, so sign-ins will fail. Set the date and time."
    return Finding(about="clock", ok=False, message=message)

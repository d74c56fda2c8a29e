"""Start at login, by each platform's own means."""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

_NAME = "Coatcheck"
_ID = "coatcheck"
_LAUNCH_LABEL = "org.coatcheck.Coatcheck"
_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
# Desktop Entry Specification: these make an argument of Exec need quotes ...
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
# ... and these keep their meaning inside the quotes.
_ESCAPED = {ord(char): f"\\{char}" for char in '"`$\\'}


class Autostart(Protocol):
    """Whether the program starts when the person signs in to their computer."""

    def is_enabled(self) -> bool:
        """Say whether it does."""

    def enable(self) -> None:
        """Make it do so."""

    def disable(self) -> None:
        """Make it not do so; nothing to do if it does not."""


def autostart(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Autostart:
    """Return this platform's way of starting *command* at login."""
    variables = os.environ if environment is None else environment
    if sys.platform == "win32":
        return RegistryAutostart(command)
    if sys.platform == "darwin":
        return LaunchAgentAutostart(command, Path.home() / "Library" / "LaunchAgents")
    config = variables.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return DesktopEntryAutostart(command, Path(config) / "autostart")


def start_at_login(command: Sequence[str], *, wanted: bool) -> None:
    """Have the system start *command* at login, or not any more.

    Raises:
        OSError: The system's list can't be changed.
    """
    entry = autostart(command)
    if wanted:
        entry.enable()
    else:
        entry.disable()


class DesktopEntryAutostart:
    """A desktop entry in the autostart folder (freedesktop.org, Linux)."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = command
        self._path = folder / f"{_ID}.desktop"

    def is_enabled(self) -> bool:
        """Say whether the entry is there."""
        return self._path.is_file()

    def enable(self) -> None:
        """Write the entry."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.write_text(self._entry(), encoding="utf-8")

    def disable(self) -> None:
        """Remove the entry."""
        self._path.unlink(missing_ok=True)

    def _entry(self) -> str:
        line = " ".join(_quoted(argument) for argument in self._command)
        lines = ["[Desktop Entry]", "Type=Application", f"Name={_NAME}", f"Exec={line}"]
        return "\n".join([*lines, "Terminal=false", "X-GNOME-Autostart-enabled=true", ""])


class LaunchAgentAutostart:
    """A launch agent (macOS)."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = command
        self._path = folder / f"{_LAUNCH_LABEL}.plist"

    def is_enabled(self) -> bool:
        """Say whether the agent is there."""
        return self._path.is_file()

    def enable(self) -> None:
        """Write the agent."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        agent = {"Label": _LAUNCH_LABEL, "ProgramArguments": [*self._command], "RunAtLoad": True}
        self._path.write_bytes(plistlib.dumps(agent))

    def disable(self) -> None:
        """Remove the agent."""
        self._path.unlink(missing_ok=True)


class RegistryAutostart:
    """A value under the user's ``Run`` key (Windows)."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    def is_enabled(self) -> bool:
        """Say whether the value is there."""
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:  # type: ignore[attr-defined,unused-ignore]
                winreg.QueryValueEx(key, _NAME)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def enable(self) -> None:
        """Set the value."""
        import subprocess
        import winreg

        line = subprocess.list2cmdline(self._command)
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:  # type: ignore[attr-defined,unused-ignore]
            winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, line)  # type: ignore[attr-defined,unused-ignore]

    def disable(self) -> None:
        """Delete the value."""
        if not self.is_enabled():
            return
        import winreg

        access = winreg.KEY_SET_VALUE  # type: ignore[attr-defined,unused-ignore]
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY, access=access) as key:  # type: ignore[attr-defined,unused-ignore]
            winreg.DeleteValue(key, _NAME)  # type: ignore[attr-defined,unused-ignore]


def _quoted(argument: str) -> str:
    """Quote *argument* for an ``Exec`` line.

    Raises:
        ValueError: It holds a line break, which no entry can carry.

    Source: Desktop Entry Specification 1.5, "The Exec key" (``%`` is doubled, then the string
    escape of the value itself doubles every backslash once more).
    """
    if "\n" in argument or "\r" in argument:
        raise ValueError("an autostart entry can't hold a line break")
    doubled = argument.replace("%", "%%")
    if argument and not _RESERVED & set(argument):
        return doubled
    return f'"{doubled.translate(_ESCAPED)}"'.replace("\\", "\\\\")

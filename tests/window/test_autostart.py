from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from desktop_app.window.autostart import (
    Autostart,
    DesktopEntryAutostart,
    LaunchAgentAutostart,
    autostart,
)

COMMAND = ["/opt/Coat check/coatcheck", "--data-dir", '/home/anna/a "b" $c 100%']


@pytest.fixture(params=[DesktopEntryAutostart, LaunchAgentAutostart])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Autostart:
    made: Autostart = request.param(COMMAND, tmp_path / "folder")
    return made


def test_start_at_login_can_be_switched_on_and_off(start: Autostart) -> None:
    assert not start.is_enabled()
    start.enable()
    assert start.is_enabled()
    start.disable()
    start.disable()
    assert not start.is_enabled()


def test_desktop_entry_quotes_what_must_be_quoted(tmp_path: Path) -> None:
    """Desktop Entry Specification 1.5: the string's own escapes stand on top of the quotes'."""
    DesktopEntryAutostart(COMMAND, tmp_path).enable()
    written = (tmp_path / "coatcheck.desktop").read_text().splitlines()
    quoted = r'"/home/anna/a \\"b\\" \\$c 100%%"'
    assert f'Exec="/opt/Coat check/coatcheck" --data-dir {quoted}' in written


def test_desktop_entry_can_not_be_broken_out_of(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line break"):
        DesktopEntryAutostart(["/bin/a\nExec=/bin/b"], tmp_path).enable()
    assert not list(tmp_path.iterdir())


def test_launch_agent_names_each_argument(tmp_path: Path) -> None:
    LaunchAgentAutostart(COMMAND, tmp_path).enable()
    (path,) = tmp_path.iterdir()
    agent = plistlib.loads(path.read_bytes())
    assert agent["ProgramArguments"] == COMMAND
    assert agent["RunAtLoad"] is True


def test_linux_entry_is_in_the_configured_folder(tmp_path: Path) -> None:
    autostart(COMMAND, {"XDG_CONFIG_HOME": str(tmp_path)}).enable()
    assert (tmp_path / "autostart" / "coatcheck.desktop").is_file()

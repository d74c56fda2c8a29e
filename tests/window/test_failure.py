"""A start that fails is told to somebody who only double-clicked."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.window.failure import show_failure

MESSAGE = "The folder can't be used: $(touch /never) <b>it</b> belongs to another user"


def dialog(folder: Path, name: str, status: int = 0) -> Path:
    """Put a program *name* into *folder* that writes down its arguments, one a line."""
    said = folder / f"{name}.said"
    program = folder / name
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {said}\nexit {status}\n')
    program.chmod(0o700)
    return said


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder in which programs are found; ``sh`` is there by its full path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["zenity", "kdialog", "xmessage", "notify-send"])
def test_each_desktops_own_dialog_shows_the_message(only: Path, name: str) -> None:
    said = dialog(only, name)
    assert show_failure(MESSAGE)
    assert MESSAGE in said.read_text()


def test_the_message_is_one_argument_and_no_script(only: Path) -> None:
    said = dialog(only, "zenity")
    show_failure("first\n--text=second")
    assert "--text=first" in said.read_text()
    assert not Path("/never").exists()


def test_a_dialog_that_fails_makes_room_for_the_next(only: Path) -> None:
    dialog(only, "zenity", status=127)
    said = dialog(only, "kdialog")
    assert show_failure(MESSAGE)
    assert said.exists()


def test_a_dialog_closed_by_its_corner_was_seen(only: Path) -> None:
    dialog(only, "zenity", status=1)
    said = dialog(only, "kdialog")
    assert show_failure(MESSAGE)
    assert not said.exists()


def test_a_desktop_without_any_dialog_is_said_so(only: Path) -> None:
    assert not list(only.iterdir())
    assert not show_failure(MESSAGE)

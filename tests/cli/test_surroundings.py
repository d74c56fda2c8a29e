"""Other programs are started as if a packaged program's launcher had changed nothing."""

from __future__ import annotations

import sys

import pytest

from desktop_app.cli.recipe import run
from desktop_app.cli.surroundings import surroundings


def test_the_launcher_s_changes_are_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", "/bundle/x")
    assert surroundings().keys() & {"LD_LIBRARY_PATH", "_PYI_ARCHIVE_FILE"} == set()
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/own")
    assert surroundings()["LD_LIBRARY_PATH"] == "/own"
    assert "LD_LIBRARY_PATH_ORIG" not in surroundings()
    lines = run("env").splitlines()
    assert "LD_LIBRARY_PATH=/own" in lines, "git and rclone load their own libraries"


def test_a_checkout_s_own_setting_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/mine")
    assert surroundings()["LD_LIBRARY_PATH"] == "/mine"

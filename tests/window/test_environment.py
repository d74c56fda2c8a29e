from __future__ import annotations

import os

import pytest

from desktop_app.window.environment import (
    DEBUGGING_ALLOWED,
    for_other_programs,
    prepare_for_window,
)


def test_debugging_of_the_window_is_taken_out() -> None:
    variables = {
        "QTWEBENGINE_REMOTE_DEBUGGING": "9222",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu --remote-debugging-port=9222",
    }
    prepare_for_window(variables)
    assert "QTWEBENGINE_REMOTE_DEBUGGING" not in variables
    assert variables["QTWEBENGINE_CHROMIUM_FLAGS"] == "--disable-gpu"


def test_tests_may_debug_the_window() -> None:
    variables = {"QTWEBENGINE_REMOTE_DEBUGGING": "9222", DEBUGGING_ALLOWED: "1"}
    prepare_for_window(variables)
    assert variables["QTWEBENGINE_REMOTE_DEBUGGING"] == "9222"


@pytest.mark.parametrize(("user", "expected"), [(0, "1"), (1000, None)])
def test_sandbox_is_off_for_root_alone(
    monkeypatch: pytest.MonkeyPatch, user: int, expected: str | None
) -> None:
    """An inherited wish to switch it off counts for nothing."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    variables = {"QTWEBENGINE_DISABLE_SANDBOX": "1"}
    prepare_for_window(variables)
    assert variables.get("QTWEBENGINE_DISABLE_SANDBOX") == expected


def test_other_programs_do_not_inherit_what_belongs_to_ours() -> None:
    ours = {
        "LD_LIBRARY_PATH": "/opt/coatcheck/_internal",
        "LD_LIBRARY_PATH_ORIG": "/usr/local/lib",
        "QT_PLUGIN_PATH": "/opt/coatcheck/plugins",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
        "COATCHECK_HOME": "/home/anna/accounts",
        "PATH": "/usr/bin",
        "DISPLAY": ":0",
    }
    assert for_other_programs(ours) == {
        "LD_LIBRARY_PATH": "/usr/local/lib",
        "PATH": "/usr/bin",
        "DISPLAY": ":0",
    }


def test_frozen_programs_library_path_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert for_other_programs({"LD_LIBRARY_PATH": "/opt/coatcheck/_internal"}) == {}


def test_a_persons_own_library_path_stays_from_a_checkout() -> None:
    assert for_other_programs({"LD_LIBRARY_PATH": "/usr/local/lib"}) == {
        "LD_LIBRARY_PATH": "/usr/local/lib"
    }

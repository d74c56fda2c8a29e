from __future__ import annotations

import os
from pathlib import Path

import pytest

from build_scripts import system_packages
from build_scripts.system_packages import Need, advice, ensure


def need(package: str, *, there: bool) -> Need:
    return Need(package, lambda: there)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are found in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}")
    return folder


def put(folder: Path, name: str, body: str) -> None:
    script = folder / name
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)


@pytest.fixture
def apt(tools: Path, tmp_path: Path) -> Path:
    """An apt that writes down what it is asked, and knows no name with a 2 at its end."""
    log = tmp_path / "asked"
    put(tools, "apt-get", f'echo "$@" >> {log}')
    put(tools, "apt-cache", 'case "$2" in *2) exit 100;; esac')
    return log


def test_nothing_is_said_where_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    ensure([need("libegl1", there=True)])
    assert capsys.readouterr() == ("", "")


def test_missing_package_without_the_right_to_install_is_one_line_to_copy(
    apt: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as end:
        ensure([need("libegl1", there=False), need("libgl1", there=True)])
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "sudo apt-get update && sudo apt-get install -y libegl1"
    assert not apt.exists()


def test_root_installs_by_itself(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    there = iter([False, True])
    ensure([Need("libegl1", lambda: next(there))])
    assert apt.read_text().splitlines() == [
        "update -qq",
        "install -qq -y --no-install-recommends libegl1",
    ]


def test_newer_names_are_tried(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 13 and Ubuntu 24.04 renamed ``libasound2`` to ``libasound2t64``."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    there = iter([False, True])
    ensure([Need("libasound2", lambda: next(there))])
    assert apt.read_text().endswith("libasound2t64\n")


def test_package_that_is_still_missing_after_the_install_is_named(
    apt: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SystemExit) as end:
        ensure([need("libegl1", there=False)])
    assert end.value.code == 2
    assert capfd.readouterr().err.endswith("libegl1\n")


def test_without_apt_the_packages_are_named(tools: Path) -> None:
    assert advice(["libegl1", "libgl1"]).endswith("libegl1 libgl1")
    assert "apt-get" not in advice(["libegl1"])


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_need_no_packages(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    ensure([need("libegl1", there=False)])


def test_library_is_looked_for_by_opening_it() -> None:
    assert system_packages._library("libc6", "libc.so.6").is_there()
    assert not system_packages._library("nothing", "libnothing.so.1").is_there()


def test_this_machine_has_what_the_tests_need() -> None:
    """``dev.py test`` saw to it before it started these."""
    wanted = [*system_packages.for_setup(), *system_packages.for_tests()]
    assert [one.package for one in wanted if not one.is_there()] == []

"""``coatcheck --no-window``: what it says, what it leaves, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.program import MAIN, coatcheck, ready, running, start
from tests.support.visits import connect_photos

# Each takes long to import, and nothing at a start needs one.
LATE = ("joserfc", "PIL", "keyring", "truststore", "webview", "segno")
TELLS_WHAT_IT_IMPORTED = f"""
import atexit, runpy, sys
atexit.register(lambda: print([name for name in {LATE} if name in sys.modules], file=sys.stderr))
runpy.run_path({str(MAIN)!r}, run_name="__main__")
"""


def modes(folder: Path) -> dict[str, int]:
    """The rights of everything in *folder*, itself included."""
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in found}


@pytest.fixture
def key(tmp_path: Path) -> str:
    return str(tmp_path / "key")


def test_it_prints_exactly_one_line_and_says_where_it_is(tmp_path: Path) -> None:
    with running(tmp_path / "data") as program:
        assert program.stop() == 0
        assert program.process.stdout is not None
        assert program.process.stdout.read() == ""


def test_the_line_names_address_process_and_folder(tmp_path: Path) -> None:
    process = start(tmp_path / "data")
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    process.kill()
    process.communicate()
    assert set(said) == {"url", "pid", "data_dir"}
    assert said["pid"] == process.pid
    assert said["data_dir"] == str(tmp_path / "data")
    assert said["url"].startswith("http://127.0.0.1:")


def test_runtime_json_says_all_that_others_need_and_no_ticket(tmp_path: Path) -> None:
    with running(tmp_path / "data") as program:
        runtime = program.runtime
        assert set(runtime) == {"pid", "url", "port", "socket", "api_key", "version", "started_at"}
        assert runtime["pid"] == program.process.pid
        assert runtime["url"] == program.origin
        assert runtime["port"] == program.port
        assert runtime["socket"] == str(tmp_path / "data" / "coatcheck.sock")
        assert len(runtime["api_key"]) >= 32
        assert datetime.fromisoformat(runtime["started_at"]).tzinfo is not None
        assert program.ticket not in json.dumps(runtime)


def test_everything_made_is_the_owners_alone(tmp_path: Path, key: str) -> None:
    with running(tmp_path / "data", "--key-file", key, "--log-level", "DEBUG") as program:
        connect_photos(program)
        found = modes(tmp_path / "data")
        assert {"profiles.db", "vault.json", "runtime.json", "coatcheck.sock"} <= set(found)
        assert {name for name, mode in found.items() if mode & 0o077} == set()
        assert found.pop(".") == 0o700
        assert set(found.values()) == {0o600}
        assert stat.S_IMODE(Path(key).stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "data"
    with running(folder) as program:
        assert program.stop(number) == 0
        assert program.process.stderr is not None
        assert program.process.stderr.read() == ""
    assert not (folder / "runtime.json").exists()
    assert not (folder / "coatcheck.sock").exists()


def test_more_signals_change_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "data") as program:
        for _ in range(3):
            program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(120) == 0


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """``nohup coatcheck --no-window``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start(tmp_path / "data")
    finally:
        signal.signal(signal.SIGHUP, before)
    program = ready(process, tmp_path / "data")
    process.send_signal(signal.SIGHUP)
    assert program.as_program("GET", "/v1.0/health").status == 200
    assert program.stop() == 0
    process.communicate()


def test_after_a_kill_the_next_start_takes_over(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as first:
        first.kill()
        left = first.runtime
    assert (folder / "coatcheck.sock").exists()
    assert coatcheck(folder, "status").returncode == 3
    with running(folder) as second:
        assert second.runtime["api_key"] != left["api_key"]
        assert coatcheck(folder, "status").returncode == 0


def test_the_second_start_says_that_the_first_runs(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as first:
        second = coatcheck(folder, "--no-window")
        assert second.returncode == 1
        assert second.stdout == ""
        assert "already running" in second.stderr
        assert second.stderr.count("\n") == 1
        in_json = coatcheck(folder, "--no-window", "--json")
        assert json.loads(in_json.stdout)["error"] == "already_running"
        assert first.as_program("GET", "/v1.0/health").status == 200


def test_of_starts_at_the_same_moment_one_serves(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    processes = [start(folder) for _ in range(3)]
    lines = [process.stdout.readline() for process in processes if process.stdout]
    winners = [process for process, line in zip(processes, lines, strict=True) if line]
    assert len(winners) == 1
    assert json.loads((folder / "runtime.json").read_text("utf-8"))["pid"] == winners[0].pid
    assert coatcheck(folder, "status").returncode == 0
    winners[0].terminate()
    for process in processes:
        process.communicate()
    assert sorted(process.returncode for process in processes) == [0, 1, 1]


def test_a_port_may_be_chosen(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(tmp_path / "data", "--port", str(port)) as program:
        assert program.port == port


def test_a_port_in_use_is_said_so_and_nothing_runs(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed = coatcheck(folder, "--no-window", "--port", str(port))
    assert failed.returncode == 1
    assert f"Port {port} is in use" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (folder / "runtime.json").exists()


def test_a_file_in_the_sockets_place_is_said_so_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "coatcheck.sock").write_text("mine")
    failed = coatcheck(folder, "--no-window")
    assert failed.returncode == 1
    assert str(folder / "coatcheck.sock") in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (folder / "coatcheck.sock").read_text() == "mine"


def test_a_folder_too_deep_for_a_socket_has_it_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 60) / ("e" * 60)
    with running(folder) as program:
        place = Path(program.runtime["socket"])
        assert place.parent != folder
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert coatcheck(folder, "status").returncode == 0
        assert program.stop() == 0
    assert not place.exists()
    place.parent.rmdir()


def test_a_start_for_a_window_without_a_screen_serves_all_the_same(tmp_path: Path) -> None:
    process = start(tmp_path / "data", window=True)
    program = ready(process, tmp_path / "data")
    assert program.as_program("GET", "/v1.0/health").status == 200
    assert program.stop() == 0
    assert "no screen" in process.communicate()[1]


def test_the_environment_names_the_folder(tmp_path: Path) -> None:
    home = os.fspath(tmp_path / "home")
    with running(Path(home)):
        status = coatcheck(None, "status", COATCHECK_HOME=home)
    assert status.returncode == 0, status.stderr


def test_a_start_imports_nothing_that_it_does_not_need(tmp_path: Path, key: str) -> None:
    """The very first start makes keys, the ones after it must be quick."""
    with running(tmp_path / "data", "--key-file", key):
        pass
    with running(tmp_path / "data", main=("-c", TELLS_WHAT_IT_IMPORTED)) as program:
        assert program.stop() == 0
        assert program.process.stderr is not None
        assert program.process.stderr.read().splitlines()[-1] == "[]"

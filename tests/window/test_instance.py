from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from desktop_app.paths import DataFolder, DataFolderError
from desktop_app.runtime import Runtime, write_runtime
from desktop_app.window.instance import Instance, NotAnsweringError, WindowlessError

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from desktop_app.paths import DataFolder, DataFolderError
from desktop_app.window.instance import Instance
instance = Instance(DataFolder(Path(sys.argv[1])))
print(instance.claim(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.make()
    return made


@pytest.fixture
def holder(folder: DataFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the folder."""
    command = [sys.executable, "-c", HOLDER, str(folder.root)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


class FirstProgram:
    """The one that answers ``POST /v1.0/window`` for real, on a port of its own."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked.append(f"{self.path} {self.headers['Authorization']}")
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Be quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def first() -> Iterator[FirstProgram]:
    program = FirstProgram()
    yield program
    program.server.shutdown()
    program.server.server_close()


def runtime(port: int) -> Runtime:
    return Runtime(
        pid=1,
        url=f"http://127.0.0.1:{port}/",
        port=port,
        socket="",
        api_key="the-key",
        version="1",
        started_at="2030-01-01T00:00:00Z",
    )


def test_folder_can_be_claimed_once(folder: DataFolder, holder: subprocess.Popen[str]) -> None:
    assert not Instance(folder).claim()


def test_claim_of_a_killed_program_is_free_again(
    folder: DataFolder, holder: subprocess.Popen[str]
) -> None:
    """After ``kill -9`` the file is still there; the system's lock on it is not."""
    write_runtime(folder.runtime_json, runtime(1))
    holder.kill()
    holder.wait()
    instance = Instance(folder)
    assert instance.claim()
    assert not folder.runtime_json.exists()
    instance.release()


def test_released_folder_can_be_claimed(folder: DataFolder) -> None:
    first = Instance(folder)
    assert first.claim()
    first.release()
    second = Instance(folder)
    assert second.claim()
    second.release()


def test_second_start_asks_the_first_to_show_itself(
    folder: DataFolder, first: FirstProgram
) -> None:
    write_runtime(folder.runtime_json, runtime(first.port))
    Instance(folder).raise_other()
    assert first.asked == ["/v1.0/window Bearer the-key"]


def test_second_start_waits_for_a_first_that_is_not_ready_yet(
    folder: DataFolder, first: FirstProgram
) -> None:
    """Two double-clicks in the same moment."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            write_runtime(folder.runtime_json, runtime(first.port))

    Instance(folder).raise_other(pause=pause)
    assert len(pauses) == 3
    assert len(first.asked) == 1


def test_second_start_waits_for_a_first_on_a_slow_computer(
    folder: DataFolder, first: FirstProgram
) -> None:
    """A window that opens for the first time after a start of the computer takes its time."""
    now = 0.0

    def pause(seconds: float) -> None:
        nonlocal now
        now += seconds
        if now > 30:
            write_runtime(folder.runtime_json, runtime(first.port))

    Instance(folder).raise_other(clock=lambda: now, pause=pause)
    assert len(first.asked) == 1


def test_first_that_never_answers_is_said_so(folder: DataFolder) -> None:
    now = iter(range(100))
    with pytest.raises(NotAnsweringError):
        Instance(folder).raise_other(clock=lambda: next(now), pause=lambda _: None)


def test_first_that_has_no_window_is_not_asked_again(
    folder: DataFolder, first: FirstProgram
) -> None:
    write_runtime(folder.runtime_json, runtime(first.port))
    first.status = 409
    with pytest.raises(WindowlessError) as caught:
        Instance(folder).raise_other()
    assert "process 1" in caught.value.message
    assert len(first.asked) == 1


def test_folder_that_takes_no_files_is_said_so(folder: DataFolder) -> None:
    folder.instance_lock.mkdir()
    with pytest.raises(DataFolderError) as caught:
        Instance(folder).claim()
    assert str(folder.root) in caught.value.message

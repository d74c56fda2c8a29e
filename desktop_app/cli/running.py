"""Finds the running program, or starts one without a window."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from desktop_app.cli.client import Client, NotRunningError
from desktop_app.config import Config
from desktop_app.runtime import Runtime, read_runtime

# In ``desktop_app/cli/running.py``: three up is the folder of ``main.py``.
_MAIN = Path(__file__).parents[2] / "main.py"


class StartFailedError(Exception):
    """The program was started and ended; ``status`` is its exit code."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def find(config: Config) -> Client:
    """Return a client of the program that runs with this data folder.

    Raises:
        NotRunningError: None runs.
    """
    runtime = read_runtime(config.folder.runtime_json)
    if runtime is None:
        raise NotRunningError
    client = Client(runtime)
    client.get("/v1.0/health")
    return client


def find_or_start(config: Config, *, passphrase: str | None = None) -> Client:
    """Return a client of the running program, after starting it if none runs.

    Raises:
        NotRunningError: None runs and ``--no-start`` was given.
        StartFailedError: It was started and ended at once.
    """
    try:
        return find(config)
    except NotRunningError:
        if not config.auto_start:
            raise
    return Client(_start(config, passphrase))


def reach(config: Config) -> Client:
    """Return a client, started if need be; ``--passphrase-stdin`` unlocks it on the way.

    Raises:
        ApiError: The passphrase is wrong.
        NotRunningError: None runs and ``--no-start`` was given.
        StartFailedError: It was started and ended at once.
    """
    passphrase = sys.stdin.readline().rstrip("\r\n") if config.passphrase_stdin else None
    client = find_or_start(config, passphrase=passphrase)
    if passphrase is not None and client.get("/v1.0/health")["locked"]:
        client.post("/v1.0/session", {"passphrase": passphrase})
    return client


def _start(config: Config, passphrase: str | None) -> Runtime:
    """Start the program without a window and wait until it is ready."""
    # A file and not a pipe: nobody reads a pipe once this command has ended.
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            _command(config, with_passphrase=passphrase is not None),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
            cwd=Path.home().anchor,
        )
        line = _converse(child, "" if passphrase is None else f"{passphrase}\n")
        runtime = read_runtime(config.folder.runtime_json) if _is_ready(line) else None
        if runtime is None:
            said.seek(0)
            raise StartFailedError(child.wait(), _last_line(said.read()))
    return runtime


def _converse(child: subprocess.Popen[bytes], passphrase: str) -> bytes:
    """Give *passphrase* and return the line that a program prints when it is ready."""
    if child.stdin is None or child.stdout is None:
        return b""
    # A child that ended before it read its passphrase says why on standard error.
    with contextlib.suppress(BrokenPipeError), child.stdin as given:
        given.write(passphrase.encode())
    with child.stdout as answers:
        return answers.readline()


def _last_line(text: bytes) -> str:
    return text.decode(errors="replace").strip().rpartition("\n")[2].removeprefix("coatcheck: ")


def _is_ready(line: bytes) -> bool:
    try:
        return "url" in json.loads(line)
    except ValueError:
        return False


def _command(config: Config, *, with_passphrase: bool) -> list[str]:
    start = [sys.executable] if _is_frozen() else [sys.executable, str(_MAIN)]
    command = [*start, "--no-window", "--data-dir", str(config.folder.root)]
    if config.key_file is not None:
        command += ["--key-file", str(config.key_file)]
    if not config.use_browser:
        command += ["--no-browser"]
    return [*command, "--passphrase-stdin"] if with_passphrase else command


def _is_frozen() -> bool:
    return bool(getattr(sys, "frozen", False))

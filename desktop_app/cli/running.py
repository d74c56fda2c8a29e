"""Finds the running program, or starts one without a window."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from desktop_app.cli.client import Client, NotRunningError
from desktop_app.config import Config
from desktop_app.itself import own_command
from desktop_app.runtime import read_runtime

if TYPE_CHECKING:
    import subprocess

# A program that starts or ends at this moment has the folder, but nobody to talk to yet.
_TRIES = 20
_LOOKS = 10
_PAUSE = 0.2
_STANDARD_INPUT = 0
_TAKEN = "already_running"


class StartFailedError(Exception):
    """The program was started and ended; ``code`` and the message say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


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
    client = _look(config, times=1)
    tries = 0
    while client is None:
        if not config.auto_start:
            raise NotRunningError
        tries += 1
        failure = _start(config, passphrase)
        if failure is not None and (failure.code != _TAKEN or tries == _TRIES):
            raise failure
        # If it is taken, another start was quicker, and its program is the one to use.
        client = _look(config, times=_LOOKS)
    return client


def reach(config: Config) -> Client:
    """Return a client, started if need be; ``--passphrase-stdin`` unlocks it on the way.

    Raises:
        ApiError: The passphrase is wrong.
        NotRunningError: None runs and ``--no-start`` was given.
        StartFailedError: It was started and ended at once.
    """
    passphrase = _first_line() if config.passphrase_stdin else None
    client = find_or_start(config, passphrase=passphrase)
    if passphrase is not None and client.get("/v1.0/health")["locked"]:
        client.post("/v1.0/session", {"passphrase": passphrase})
    return client


def _first_line() -> str:
    """A byte at a time: what follows is for whoever reads on, a command that we run too."""
    line = b""
    while (byte := os.read(_STANDARD_INPUT, 1)) not in {b"", b"\n"}:
        line += byte
    return line.decode("utf-8", "replace").rstrip("\r")


def _look(config: Config, *, times: int) -> Client | None:
    for left in reversed(range(times)):
        with contextlib.suppress(NotRunningError):
            return find(config)
        if left:
            time.sleep(_PAUSE)
    return None


def _start(config: Config, passphrase: str | None) -> StartFailedError | None:
    """Start the program without a window and wait until it is ready; return why it is not."""
    import subprocess
    import tempfile

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
        answer = _read(_converse(child, "" if passphrase is None else f"{passphrase}\n"))
        if "url" in answer:
            return None
        child.wait()
        return _failure(answer, said)


def _converse(child: subprocess.Popen[bytes], passphrase: str) -> bytes:
    """Give *passphrase* and return the program's one line: it is ready, or why it is not."""
    if child.stdin is None or child.stdout is None:
        return b""
    # A child that ended before it read its passphrase has said why.
    with contextlib.suppress(BrokenPipeError), child.stdin as given:
        given.write(passphrase.encode())
    with child.stdout as answers:
        return answers.readline()


def _read(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _failure(answer: dict[str, Any], said: IO[bytes]) -> StartFailedError:
    said.seek(0)
    last = said.read().decode(errors="replace").strip().rpartition("\n")[2]
    message = answer.get("message") or last or "Coatcheck could not be started."
    return StartFailedError(str(answer.get("error", "failed")), str(message))


def _command(config: Config, *, with_passphrase: bool) -> list[str]:
    command = own_command("--no-window", "--json", "--data-dir", str(config.folder.root))
    if config.key_file is not None:
        command += ["--key-file", str(config.key_file)]
    if not config.use_browser:
        command += ["--no-browser"]
    return [*command, "--passphrase-stdin"] if with_passphrase else command

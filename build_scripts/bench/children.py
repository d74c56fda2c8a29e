"""The processes that are measured."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from build_scripts.environment import ROOT

MAIN = (sys.executable, str(ROOT / "main.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A program that serves, and what its first line said."""

    process: subprocess.Popen[str]
    said: Mapping[str, Any] = field(repr=False)

    @property
    def memory(self) -> int:
        """Bytes that it would give back by ending."""
        found: int = psutil.Process(self.process.pid).memory_full_info().uss
        return found


def data_options(folder: Path) -> list[str]:
    """Return the options that make a throw-away data folder under *folder*."""
    return ["--data-dir", str(folder / "data"), "--key-file", str(folder / "key")]


@contextlib.contextmanager
def serving(command: list[str]) -> Iterator[Child]:
    """Start *command*, wait for its first line, and end it afterwards."""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            yield Child(process=process, said=json.loads(said or "{}"))
        finally:
            process.send_signal(signal.SIGTERM)


def coatcheck(folder: Path) -> contextlib.AbstractContextManager[Child]:
    """Start Coatcheck without a window."""
    return serving([*MAIN, "--no-window", "--no-browser", *data_options(folder)])


def plain_server(folder: Path) -> contextlib.AbstractContextManager[Child]:
    """Start the yardstick of a serving program."""
    command = [sys.executable, "-m", "build_scripts.bench.plain_server"]
    return serving([*command, str(folder / "plain.json")])


def run(command: list[str]) -> None:
    """Run *command* to its end, whatever that is."""
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


class Requests:
    """One connection to a port that is kept open, as programs keep theirs."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = dict(headers or {})

    def send(self, method: str, path: str, body: object = None) -> bytes:
        """Send one request and return the answer's body.

        Raises:
            RuntimeError: If it is refused.
        """
        sent = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, sent, {**self._headers, **_typed(sent)})
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status not in range(200, 300):
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return read

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _typed(body: bytes | None) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}

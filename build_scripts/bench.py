"""``dev.py bench``: how long starts take and how much memory the server holds."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import psutil

from build_scripts.environment import ROOT
from build_scripts.packaging.builder import executable, folder_size

_TIMES = 7
_MAIN = [sys.executable, str(ROOT / "main.py")]


def main() -> int:
    """Measure and print one line a thing."""
    with tempfile.TemporaryDirectory() as folder:
        data = ["--data-dir", f"{folder}/data", "--key-file", f"{folder}/key"]
        _show("main.py --version", lambda: _ends([*_MAIN, "--version"]))
        _show("main.py status, nothing runs", lambda: _ends([*_MAIN, *data, "status"]))
        _show("main.py --no-window, until it is ready", lambda: _start(data)[0])
        print(f"{'server, memory of its own':42} {_start(data)[1] / 1e6:8.1f} MB")
    if executable().exists():
        print(f"{'packaged program':42} {folder_size(executable().parent) / 1e6:8.1f} MB")
    return 0


def _show(name: str, measure: Callable[[], float]) -> None:
    taken = sorted(measure() for _ in range(_TIMES))
    median, slowest = statistics.median(taken), taken[-1]
    print(f"{name:42} {median * 1000:8.0f} ms  (slowest of {_TIMES}: {slowest * 1000:.0f} ms)")


def _ends(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - started


def _start(data: list[str]) -> tuple[float, int]:
    """Start a server, and return the seconds until its ready line and its memory in bytes."""
    started = time.perf_counter()
    with subprocess.Popen([*_MAIN, "--no-window", *data], stdout=subprocess.PIPE) as server:
        ready = json.loads(server.stdout.readline() if server.stdout else b"{}")
        taken = time.perf_counter() - started
        memory = psutil.Process(ready["pid"]).memory_full_info().uss
        server.send_signal(signal.SIGTERM)
    return taken, memory


if __name__ == "__main__":
    sys.exit(main())

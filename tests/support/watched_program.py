"""The program with a watch on its event loop: how long each callback keeps everybody waiting.

The first argument names the file that the worst ones are written to. Seconds of the clock would
tell of a busy machine too; what counts is what the callback itself did: the time it computed,
and the time it slept (in a lock, a read, a sync), which the system tells apart from the time it
only stood in the line for a processor.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_NANO = 1_000_000_000
_KEPT = 20


@dataclass
class Kept:
    """One callback, in seconds."""

    computed: float
    slept: float
    what: str


class Watch:
    """Runs callbacks and remembers the worst in *report*."""

    def __init__(self, report: Path) -> None:
        self._report = report
        self.worst: list[Kept] = []
        self._run = asyncio.Handle._run

    def run(self, handle: asyncio.Handle) -> None:
        """Run *handle* as the loop would."""
        before, began = _scheduled(), time.monotonic()
        self._run(handle)
        elapsed, after = time.monotonic() - began, _scheduled()
        computed, queued = (new - old for new, old in zip(after, before, strict=True))
        self._keep(computed, max(0.0, elapsed - computed - queued), handle)

    def _keep(self, computed: float, slept: float, handle: asyncio.Handle) -> None:
        if max(computed, slept) < 0.02:
            return
        self.worst.append(Kept(computed, slept, _what(handle)))
        self.worst.sort(key=lambda each: -max(each.computed, each.slept))
        del self.worst[_KEPT:]
        self._report.write_text(json.dumps([asdict(each) for each in self.worst]))


def _scheduled() -> tuple[float, float]:
    """Seconds that this thread has run, and has waited for a processor (Linux)."""
    with open("/proc/thread-self/schedstat", "rb", buffering=0) as told:  # noqa: PTH123
        ran, queued, _ = told.read().split()
    return int(ran) / _NANO, int(queued) / _NANO


def _what(handle: asyncio.Handle) -> str:
    callback: Any = handle._callback
    task = getattr(callback, "__self__", None)
    return repr(task if isinstance(task, asyncio.Task) else callback)[:300]


def install(watch: Watch) -> None:
    """Have every event loop of this process run its callbacks under *watch*."""

    def run(handle: asyncio.Handle) -> None:
        watch.run(handle)

    asyncio.Handle._run = run  # type: ignore[method-assign]


def main() -> int:
    """Run the program under the watch."""
    from main import main as program

    report = Path(sys.argv[1])
    report.write_text("[]")
    install(Watch(report))
    return program(sys.argv[2:])


if __name__ == "__main__":
    from desktop_app.start.leaving import leave

    leave(main())

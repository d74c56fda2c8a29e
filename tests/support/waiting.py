"""Waiting for what happens elsewhere, for as long as a busy machine may take."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which something won't happen any more."""


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something outside this thread."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)

"""Waiting for what happens elsewhere, for as long as a busy machine may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120.0
"""Seconds after which something won't happen any more."""

T = TypeVar("T")


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something outside this thread."""
    eventually(happened)


def eventually(look: Callable[[], T]) -> T:
    """Return what *look* gives, once it is something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found

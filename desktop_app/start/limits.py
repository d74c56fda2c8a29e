"""What the system lets one process have."""

from __future__ import annotations

import sys
from contextlib import suppress

_MANY_FILES = 16_384


def keep_memory_off_the_disk() -> None:
    """Let a crash leave no image of our memory behind: it holds the data key and tokens."""
    if sys.platform == "win32":
        return
    import resource  # not on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def allow_many_connections() -> None:
    """Ask for more open files, as far as the administrator lets everybody.

    Each program that waits for an approval holds a connection, and systems start processes
    with as few as 256.
    """
    if sys.platform == "win32":
        return
    import resource  # not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY_FILES if hard == resource.RLIM_INFINITY else min(_MANY_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS refuses some numbers that it said to be possible.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

"""What is in the files that run, so that a replaced program is noticed."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from pathlib import Path

_KEPT = 512

_Version = tuple[int, int, int, int, int]


class Fingerprints:
    """SHA-256 of files, computed once for each version of a file; for any thread."""

    def __init__(self) -> None:
        self._known: dict[_Version, str] = {}
        # One at a time: a hundred callers of one program must not read it a hundred times.
        self._lock = threading.Lock()

    def of_process(self, pid: int, path: str) -> str:
        """Return the fingerprint of what process *pid* runs, which was started from *path*.

        Where the system keeps the running file at hand (Linux), it is that one, even if
        another stands at *path* by now.

        Raises:
            OSError: It can't be read.
        """
        running = Path(f"/proc/{pid}/exe")
        return self.of_file(running if sys.platform == "linux" else Path(path))

    def of_file(self, path: Path) -> str:
        """Return the fingerprint of the regular file at *path*.

        Raises:
            OSError: It can't be read, or is no regular file.
        """
        # O_NONBLOCK: a pipe with a script's name would otherwise hold up the thread.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with os.fdopen(descriptor, "rb") as file, self._lock:
            version = _version(os.fstat(descriptor))
            known = self._known.get(version)
            if known is None:
                known = hashlib.file_digest(file, "sha256").hexdigest()
                self._keep(version, known)
            return known

    def _keep(self, version: _Version, fingerprint: str) -> None:
        self._known[version] = fingerprint
        if len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]


_BINARY = getattr(os, "O_BINARY", 0)


def _version(status: os.stat_result) -> _Version:
    if not _is_regular(status):
        raise OSError("not a regular file")
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def _is_regular(status: os.stat_result) -> bool:
    import stat

    return stat.S_ISREG(status.st_mode)

"""Files that are the owner's alone and that survive a power cut.

A rename is durable only once its folder has been synced, and data only once the file has:
both are done here before a function returns.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600


def open_file(path: Path) -> BinaryIO:
    """Return the file at *path*, open for reading.

    Raises:
        FileNotFoundError: There is none.
        OSError: It can't be opened, or is no file: a pipe would keep us waiting for ever, and a
            device never ends.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(descriptor, "rb")


def sync_file(descriptor: int) -> None:
    """Put what was written to *descriptor* on the disk itself.

    Raises:
        OSError: The disk is full or failing.
    """
    if sys.platform == "darwin":
        import fcntl  # not on Windows

        # On macOS fsync stops at the drive's cache.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable; Windows does that by itself.

    Raises:
        OSError: The disk is failing.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte of *data*, however little the system takes at a time.

    Raises:
        OSError: The disk is full or failing; a part may have been written.
    """
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def write_new(path: Path, data: bytes) -> None:
    """Make *path* with *data*, readable by its owner alone, durable in itself.

    The folder is not synced. A file that could not be written completely is removed.

    Raises:
        FileExistsError: There is one already.
        OSError: It can't be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, OWNER_ONLY)
    try:
        write_all(descriptor, data)
        sync_file(descriptor)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes) -> None:
    """Put *data* in the place of *path*: after a crash there is the old file or the new one.

    Raises:
        OSError: Nothing has changed, unless only the folder's sync failed.
    """
    draft = _draft_of(path)
    write_new(draft, data)
    try:
        draft.replace(path)
    except OSError:
        draft.unlink()
        raise
    sync_folder(path.parent)


def create_file(path: Path, data: bytes) -> None:
    """Make *path* with *data* in one step; never in the place of another file.

    Raises:
        FileExistsError: There is one already; it is untouched.
        OSError: It can't be written; nothing is there.
    """
    draft = _draft_of(path)
    write_new(draft, data)
    try:
        _rename_new(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def move_aside(path: Path, suffix: str) -> Path:
    """Rename *path* to ``NAME.SUFFIX``, or to the first such name with a number that is free.

    Raises:
        OSError: It can't be moved.
    """
    target = free_name(path, suffix)
    path.rename(target)
    sync_folder(path.parent)
    return target


def free_name(path: Path, suffix: str) -> Path:
    """Return ``NAME.SUFFIX`` beside *path*, with a number if that is taken."""
    target = path.with_name(f"{path.name}.{suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{suffix}-{number}")
    return target


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")


def _rename_new(draft: Path, path: Path) -> None:
    # rename() on POSIX would silently replace another file; link() refuses.
    if os.name == "nt":
        draft.rename(path)
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        _rename_without_links(draft, path)


def _rename_without_links(draft: Path, path: Path) -> None:
    # FAT and some network shares know no hard links: reserve the name first.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    draft.replace(path)

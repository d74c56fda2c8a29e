"""A key in a file of the owner: the explicit choice for a machine without a person."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from desktop_app.files import sync_folder, write_new
from desktop_app.services.locking.lock_errors import KeyFileRightsError, WrongKeyFileError
from desktop_app.services.ports import RandomBytes
from desktop_app.vault.crypto import KEY_BYTES
from desktop_app.vault.errors import VaultWriteError

_PREFIX = "coatcheck-key-1:"
_MOST_BYTES = 4096


def absolute_path(path: Path) -> Path:
    """Return *path* as it is remembered: a later start has another working folder."""
    return path.absolute()


def read_key_file(path: Path) -> bytes:
    """Return the key in *path*.

    Raises:
        KeyFileRightsError: Others than the owner can read it.
        WrongKeyFileError: It is not there, or no key file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise WrongKeyFileError(type(error).__name__, path=str(path)) from error
    try:
        # Asked of the open file: what a name points to may change in between.
        _check_rights(os.fstat(descriptor), path)
        return _parse(os.read(descriptor, _MOST_BYTES), path)
    finally:
        os.close(descriptor)


def parse_key_file(content: bytes, path: Path | None = None) -> bytes:
    """Return the key in what is written in a key file.

    Raises:
        WrongKeyFileError: It is no key file.
    """
    return _parse(content[:_MOST_BYTES], path or Path())


def make_key_file(path: Path, random: RandomBytes) -> bytes:
    """Return the key in *path*; make the file, its owner's alone, if it is not there.

    Raises:
        WrongKeyFileError: What is there is not a key file of ours alone.
        VaultWriteError: It can't be written.
    """
    key = random(KEY_BYTES)
    text = _PREFIX + base64.b64encode(key).decode("ascii") + "\n"
    try:
        write_new(path, text.encode("ascii"))
        sync_folder(path.parent)
    except FileExistsError:
        return read_key_file(path)
    except OSError as error:
        raise VaultWriteError(type(error).__name__) from error
    return key


def _check_rights(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise WrongKeyFileError("not a regular file", path=str(path))
    if os.name == "nt":
        return
    # A file that the administrator mounts for us (a container's secret) belongs to root.
    if status.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyFileRightsError(path=str(path))


def _parse(content: bytes, path: Path) -> bytes:
    try:
        text = content.decode("ascii").strip()
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise WrongKeyFileError("not a key file", path=str(path)) from error
    if not text.startswith(_PREFIX) or len(key) != KEY_BYTES:
        raise WrongKeyFileError("not a key file", path=str(path))
    return key

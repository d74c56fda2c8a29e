"""``backup`` and ``restore``: everything in one sealed file, and its way back."""

from __future__ import annotations

import argparse
import base64
import errno
import os
import sys
from pathlib import Path
from typing import Any

from desktop_app.cli.backup_proof import file_passphrase, reach_as_person
from desktop_app.cli.client import ApiError
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import show, table, wants_json
from desktop_app.config import Config
from desktop_app.files import create_file, replace_file

# As much as the API takes, and a little more, so that it is the one to refuse.
_MOST_BYTES = (64 << 20) + (64 << 12) + 1
_ACTIONS = {"add": "comes back", "replace": "is renewed", "keep": "stays", "leave": "stays out"}
_DONE = {"add": "came back", "replace": "was renewed", "keep": "stayed", "leave": "stayed out"}


def backup(arguments: argparse.Namespace, config: Config) -> int:
    """Seal everything with a passphrase and write it to a file."""
    target = None if arguments.file == "-" else Path(arguments.file)
    if target is None and sys.stdout.isatty():
        raise _refused("A backup is nothing to be shown in a terminal. Name a file.")
    if target is not None:
        _check_target(target, replace=arguments.replace)
    reached = reach_as_person(config)
    passphrase = file_passphrase(reached, config, new=True)
    wish = {"passphrase": passphrase, "proof": reached.proof}
    sealed = reached.client.download("/v1.0/backup", wish)
    if target is None:
        sys.stdout.buffer.write(sealed)
        return Exit.DONE
    _write(target, sealed, replace=arguments.replace)
    told = {"file": str(target.absolute()), "bytes": len(sealed)}
    if wants_json(arguments):
        return show(told)
    print(f"{target}: {len(sealed)} bytes. Keep it on another disk, and its passphrase elsewhere.")
    return Exit.DONE


def restore(arguments: argparse.Namespace, config: Config) -> int:
    """Take over what is new in a backup, or with ``--preview`` say what that would be."""
    sealed = _read(arguments.file)
    reached = reach_as_person(config)
    wish = {
        "file": base64.b64encode(sealed).decode("ascii"),
        "passphrase": file_passphrase(reached, config, new=False),
        "preview": arguments.preview,
        "proof": reached.proof,
    }
    found = reached.client.post("/v1.0/restore", wish)
    if wants_json(arguments):
        return show(found)
    return _tell(found)


def _tell(found: dict[str, Any]) -> int:
    words = _DONE if found["restored"] else _ACTIONS
    table(
        (words[each["action"]], f"{each['name']} at {each['provider']}", each["reason"])
        for each in found["profiles"]
    )
    if not found["profiles"]:
        print("There is no account in this backup.")
    if found["notice"]:
        print(found["notice"], file=sys.stderr)
    return Exit.DONE


def _check_target(target: Path, *, replace: bool) -> None:
    """Refuse before anything is asked or sealed; what is there is looked at again in the end."""
    if target.is_dir() or (target.exists() and not target.is_file()):
        raise _refused(f"{target} is no file. Name the file that the backup shall be.")
    if target.exists() and not replace:
        raise _taken(target)
    if not target.absolute().parent.is_dir():
        raise _refused(f"There is no folder {target.absolute().parent}. Make it, or name another.")


def _write(target: Path, sealed: bytes, *, replace: bool) -> None:
    """Put the backup there whole or not at all, readable by its owner alone."""
    # A link stays one: what it leads to is replaced.
    place = Path(os.path.realpath(target))
    try:
        if replace:
            replace_file(place, sealed)
        else:
            create_file(place, sealed)
    except FileExistsError as error:
        raise _taken(target) from error
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        why = "the disk is full" if full else (error.strerror or "it could not be written")
        message = f"{target} was not written: {why}. Name a file elsewhere, or make room."
        raise ApiError({"error": "file_not_written", "message": message}) from error


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        message = f"{name} can't be read: {error.strerror}."
        raise ApiError({"error": "file_not_read", "message": message}) from error


def _taken(target: Path) -> ApiError:
    message = f"There is a file {target} already. Name another, or add --replace."
    return ApiError({"error": "file_exists", "message": message})


def _refused(message: str) -> ApiError:
    return ApiError({"error": "invalid_request", "message": message})

"""Shows the program that the person stands behind a command: the passphrase or the key file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from desktop_app.cli.client import ApiError
from desktop_app.config import Config

_NO_PROOF = (
    "This needs your passphrase, or the key file with --key-file. "
    "With neither, answer in Coatcheck's own window."
)


def proof(config: Config, *, key_file_first: bool = False) -> dict[str, str]:
    """Return what proves the person, asked for at the terminal if need be.

    Args:
        config: How the command was asked to behave.
        key_file_first: Standard input is for something else if there is a key file.

    Raises:
        ApiError: There is neither a passphrase nor a key file to be had.
    """
    if config.passphrase_stdin and not key_file_first:
        return {"passphrase": sys.stdin.readline().rstrip("\r\n")}
    path = config.key_file or remembered_key_file(config)
    if path is not None:
        return {"key_file": _read(path)}
    if sys.stdin.isatty():
        import getpass

        return {"passphrase": getpass.getpass("Passphrase: ")}
    raise ApiError({"error": "person_required", "message": _NO_PROOF})


def remembered_key_file(config: Config) -> Path | None:
    """Return the key file that opens the folder; None if none does.

    ``vault.json`` says where it is; no secret stands in it.
    """
    try:
        vault = json.loads(config.folder.vault_json.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    found = vault.get("key_file") if isinstance(vault, dict) else None
    path = found.get("path") if isinstance(found, dict) else None
    return Path(path) if isinstance(path, str) else None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        message = f"The key file {path} can't be read."
        raise ApiError({"error": "wrong_key_file", "message": message}) from error

"""Who stands behind ``backup`` and ``restore``, and the passphrase of the file."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.proof import proof, remembered_key_file
from desktop_app.cli.running import find_or_start
from desktop_app.config import Config

_DIFFERENT = "Those were two different passphrases."
_NONE = (
    "The backup needs a passphrase. Run this in a terminal, or give it on standard input with "
    "--passphrase-stdin: first what opens Coatcheck, then the one of the file."
)
_KEYRING = (
    "Only the system keyring opens these accounts, and every program of yours can ask that. Use "
    "Settings, Backup in Coatcheck's own window, or set a passphrase there first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The running program, and what shows it the person."""

    client: Client
    proof: dict[str, str] = field(repr=False)


def reach_as_person(config: Config) -> Reached:
    """Find or start the program, unlock it, and prove the person; a new folder gets its key.

    Raises:
        ApiError: Nothing proves the person, or it does not open the folder.
        NotRunningError: None runs and ``--no-start`` was given.
        StartFailedError: It was started and ended at once.
    """
    by_terminal = not config.passphrase_stdin and not _has_key_file(config)
    if by_terminal and sys.stdin.isatty():
        return _asked_for(config)
    if _has_key_file(config):
        client = _unlocked(find_or_start(config), None)
        return Reached(client=client, proof=proof(config, key_file_first=True))
    shown = proof(config)
    given = shown.get("passphrase")
    return Reached(client=_unlocked(find_or_start(config, passphrase=given), given), proof=shown)


def file_passphrase(reached: Reached, config: Config, *, new: bool) -> str:
    """Return the passphrase of the file; an empty answer means the one that opens Coatcheck.

    Args:
        reached: What proved the person.
        config: Whether standard input has it.
        new: It is being chosen, so it is asked for twice.

    Raises:
        ApiError: There is none to be had, or the two are different.
    """
    if config.passphrase_stdin or not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n") if config.passphrase_stdin else ""
    else:
        given = _ask("Passphrase of the backup: ", twice=new)
    chosen = given or reached.proof.get("passphrase", "")
    if not chosen:
        raise ApiError({"error": "invalid_request", "message": _NONE})
    return chosen


def _has_key_file(config: Config) -> bool:
    return config.key_file is not None or remembered_key_file(config) is not None


def _asked_for(config: Config) -> Reached:
    """Ask at the terminal; twice, where it becomes what opens a new folder."""
    client = find_or_start(config)
    state = client.get("/v1.0/session")["state"]
    if state != "new" and not _has_passphrase(config):
        raise ApiError({"error": "person_required", "message": _KEYRING})
    if state == "new":
        given = _ask("Choose a passphrase for Coatcheck on this computer: ", twice=True)
    else:
        given = _ask("Passphrase of Coatcheck: ", twice=False)
    return Reached(client=_unlocked(client, given), proof={"passphrase": given})


def _ask(question: str, *, twice: bool) -> str:
    import getpass

    given = getpass.getpass(question)
    if given and twice and given != getpass.getpass("Once more: "):
        raise ApiError({"error": "failed", "message": _DIFFERENT})
    return given


def _has_passphrase(config: Config) -> bool:
    """``vault.json`` says whether one opens it; no secret stands in it."""
    try:
        vault: Any = json.loads(config.folder.vault_json.read_text("utf-8"))
    except (OSError, ValueError):
        return True
    return isinstance(vault, dict) and bool(vault.get("passphrase"))


def _unlocked(client: Client, passphrase: str | None) -> Client:
    if client.get("/v1.0/health")["locked"]:
        client.post("/v1.0/session", {} if passphrase is None else {"passphrase": passphrase})
    return client

"""Commands about the program itself: does it run, lock it, unlock it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from desktop_app.cli import running
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import show, wants_json
from desktop_app.config import Config


def status(arguments: argparse.Namespace, config: Config) -> int:
    """Say whether Coatcheck runs and is unlocked; never starts it."""
    health = running.find(config).get("/v1.0/health")
    if wants_json(arguments):
        return show(health)
    print(f"Coatcheck {health['version']} is running, {_state(health)}.")
    return Exit.DONE


def _state(health: dict[str, Any]) -> str:
    if health["locked"]:
        return "locked"
    count = health["profiles"]
    return f"unlocked, {count} {'account' if count == 1 else 'accounts'}"


def lock(arguments: argparse.Namespace, config: Config) -> int:
    """Lock it; never starts it."""
    client = running.find(config)
    client.delete("/v1.0/session")
    if wants_json(arguments):
        return show(client.get("/v1.0/session"))
    print("Coatcheck is locked.")
    return Exit.DONE


def unlock(arguments: argparse.Namespace, config: Config) -> int:
    """Unlock it, after starting it if it does not run."""
    given = _given_passphrase(config)
    client = running.find_or_start(config)
    session = client.get("/v1.0/session")
    if given is not None or session["locked"]:
        passphrase = given if given is not None else _ask(session, config)
        session = _unlock(client, passphrase)
    if wants_json(arguments):
        return show(session)
    print("Coatcheck is unlocked.")
    return Exit.DONE


def _unlock(client: Client, passphrase: str | None) -> dict[str, Any]:
    """Without a passphrase, the key file or the keyring opens it."""
    body = {} if passphrase is None else {"passphrase": passphrase}
    answer: dict[str, Any] = client.post("/v1.0/session", body)
    return answer


def _given_passphrase(config: Config) -> str | None:
    """What stands on standard input, where that is no terminal."""
    if config.passphrase_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") or None
    return None


def _ask(session: dict[str, Any], config: Config) -> str | None:
    """Ask the person at the terminal; twice, where it becomes the passphrase."""
    if config.key_file is not None or not sys.stdin.isatty():
        return None
    import getpass

    if session["state"] != "new":
        return getpass.getpass("Passphrase: ") or None
    chosen = getpass.getpass("Choose a passphrase: ")
    if chosen and chosen != getpass.getpass("Once more: "):
        raise ApiError({"error": "failed", "message": "Those were two different passphrases."})
    return chosen or None

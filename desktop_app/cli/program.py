"""Commands about the program itself: does it run, lock it, unlock it."""

from __future__ import annotations

import argparse
import getpass
import sys

from desktop_app.cli import running
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import show, wants_json
from desktop_app.config import Config


def status(arguments: argparse.Namespace, config: Config) -> int:
    """Say whether Coatcheck runs and is unlocked; never starts it."""
    health = running.find(config).get("/v1.0/health")
    if wants_json(arguments):
        return show(health)
    state = "locked" if health["locked"] else f"unlocked, {health.get('profiles', 0)} accounts"
    print(f"Coatcheck {health['version']} is running, {state}.")
    return Exit.DONE


def lock(arguments: argparse.Namespace, config: Config) -> int:
    """Lock it; never starts it."""
    answer = running.find(config).delete("/v1.0/session")
    if wants_json(arguments):
        return show(answer or {"locked": True})
    print("Coatcheck is locked.")
    return Exit.DONE


def unlock(arguments: argparse.Namespace, config: Config) -> int:
    """Unlock it, after starting it if it does not run."""
    passphrase = _passphrase(config)
    client = running.find_or_start(config)
    answer = client.post("/v1.0/session", {} if passphrase is None else {"passphrase": passphrase})
    if wants_json(arguments):
        return show(answer)
    print("Coatcheck is unlocked.")
    return Exit.DONE


def _passphrase(config: Config) -> str | None:
    """The passphrase from where it was promised; None when there is nobody to ask."""
    if config.key_file is not None:
        return None
    if config.passphrase_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") or None
    return getpass.getpass("Passphrase: ") or None

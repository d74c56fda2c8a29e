"""Taking permissions back at their providers: one, or all with the proof for each."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from typing import Any

from desktop_app.cli.accounts import account_name, all_profiles
from desktop_app.cli.borrowing import profile_path
from desktop_app.cli.client import Client
from desktop_app.cli.exits import Exit, exit_for
from desktop_app.cli.output import plain, show, wants_json
from desktop_app.cli.running import reach
from desktop_app.config import Config

_OVER = frozenset({"done", "failed"})
# Providers are asked meanwhile: there is nothing to hurry for.
_POLL_SECONDS = 0.25


def revoke(arguments: argparse.Namespace, config: Config) -> int:
    """Take one permission, or all, back at the provider."""
    client = reach(config)
    if arguments.everything:
        return _revoke_all(client, arguments)
    answer = _revoke_one(client, arguments.profile)
    if wants_json(arguments):
        return show(answer)
    print(_proof(answer))
    return Exit.DONE


def _revoke_all(client: Client, arguments: argparse.Namespace) -> int:
    """Go through all of them, each shown as soon as it is over: the last may take a while."""
    names = {each["id"]: account_name(each) for each in all_profiles(client)["profiles"]}
    answer = client.post("/v1.0/revocations", {"confirm": True})
    shown: set[str] = set()
    while True:
        if not wants_json(arguments):
            _show_new(answer["revocations"], shown, names)
        if not answer["running"]:
            break
        time.sleep(_POLL_SECONDS)
        answer = client.get("/v1.0/revocations")
    if wants_json(arguments):
        show(answer)
    failed = (step["error"] for step in answer["revocations"] if step["error"])
    return next((exit_for(error) for error in failed), Exit.DONE)


def _show_new(steps: Iterable[dict[str, Any]], shown: set[str], names: dict[str, str]) -> None:
    for step in steps:
        key = step["profile_id"]
        if step["status"] in _OVER and key not in shown:
            shown.add(key)
            proof = _proof(step["revocation"] or step)
            print(key, names.get(key, key), proof, sep="\t", flush=True)


def _revoke_one(client: Client, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(profile_path(name, "/revoke"))
    return answer


def _proof(answer: dict[str, Any]) -> str:
    """Return what is known to be gone, until when the rest is good, and where to end that."""
    parts = [answer["message"]]
    if answer.get("good_until"):
        parts.append(f"Good until {answer['good_until']}.")
    if answer.get("settings_url"):
        parts.append(answer["settings_url"])
    return plain(" ".join(parts))

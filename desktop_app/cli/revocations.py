"""Taking permissions back at their providers: one, or all with the proof for each."""

from __future__ import annotations

import argparse
from typing import Any

from desktop_app.cli.accounts import account_name, all_profiles
from desktop_app.cli.borrowing import profile_path
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.exits import Exit, exit_for
from desktop_app.cli.output import show, wants_json
from desktop_app.cli.running import reach
from desktop_app.config import Config


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
    profiles = all_profiles(client)["profiles"]
    answers = []
    for profile in (each for each in profiles if each["status"] != "revoked"):
        answers.append(_revoke_or_say_why(client, profile["id"]))
        if not wants_json(arguments):
            print(profile["id"], account_name(profile), _proof(answers[-1]), sep="\t", flush=True)
    if wants_json(arguments):
        show({"revocations": answers, "total": len(answers)})
    return next((exit_for(answer["error"]) for answer in answers if "error" in answer), Exit.DONE)


def _revoke_one(client: Client, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(profile_path(name, "/revoke"))
    return answer


def _revoke_or_say_why(client: Client, profile_id: str) -> dict[str, Any]:
    """One that fails must not keep the others from being revoked."""
    try:
        return _revoke_one(client, profile_id)
    except ApiError as error:
        return {"profile_id": profile_id, "error": error.code, "message": error.message}


def _proof(answer: dict[str, Any]) -> str:
    """Return what is known to be gone, until when the rest is good, and where to end that."""
    parts = [answer["message"]]
    if answer.get("good_until"):
        parts.append(f"Good until {answer['good_until']}.")
    if answer.get("settings_url"):
        parts.append(answer["settings_url"])
    return " ".join(parts)

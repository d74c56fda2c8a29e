"""Commands about accounts: list them, sign in, take a token."""

from __future__ import annotations

import argparse
import sys
import threading
from typing import Any
from urllib.parse import quote

from desktop_app.cli.borrowing import borrow, profile_path
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import plain, show, table, wants_json
from desktop_app.cli.pasting import take_pasted
from desktop_app.cli.qr_code import show_qr_code
from desktop_app.cli.running import reach
from desktop_app.config import Config

# As many as the API gives at once.
_PAGE = 1000
# The person reads and clicks in between: there is nothing to hurry for.
_POLL_SECONDS = 0.25
_NOTHING_PASTED = (
    "Standard input ended before what the provider gave was pasted, so the sign-in was given up. "
    "Start it again, and paste it there."
)


def list_providers(arguments: argparse.Namespace, config: Config) -> int:
    """List the providers."""
    answer = reach(config).get("/v1.0/providers")
    if wants_json(arguments):
        return show(answer)
    table((entry["id"], entry["name"]) for entry in answer["providers"])
    return Exit.DONE


def list_profiles(arguments: argparse.Namespace, config: Config) -> int:
    """List the accounts."""
    answer = all_profiles(reach(config))
    if wants_json(arguments):
        return show(answer)
    table(
        (entry["id"], entry["provider"], account_name(entry), entry["status"])
        for entry in answer["profiles"]
    )
    return Exit.DONE


def all_profiles(client: Client) -> dict[str, Any]:
    """Return the answer with every account in it, however many pages that takes."""
    profiles: list[dict[str, Any]] = []
    while True:
        page = client.get("/v1.0/profiles", offset=str(len(profiles)), limit=str(_PAGE))
        profiles += page["profiles"]
        if not page["profiles"] or len(profiles) >= page["total"]:
            return {"profiles": profiles, "total": page["total"]}


def sign_in(arguments: argparse.Namespace, config: Config) -> int:
    """Sign in at a provider and wait for the end of it."""
    client = reach(config)
    started = client.post("/v1.0/oauth/sign-ins", _sign_in_body(arguments, config))
    at_end = threading.Event()
    try:
        _say_where(started, arguments, config)
        if started["flow"] == "paste":
            at_end = take_pasted(client, started["id"], code="redirect_uri" not in started)
        ended = _wait_for(client, started["id"], at_end)
    except KeyboardInterrupt:
        client.delete(f"/v1.0/oauth/sign-ins/{started['id']}")
        raise
    return _say_how_it_ended(client, ended, arguments)


def _sign_in_body(arguments: argparse.Namespace, config: Config) -> dict[str, Any]:
    body: dict[str, Any] = {"provider": arguments.provider, "open_browser": config.use_browser}
    wishes = {"scopes": arguments.scopes, "flow": arguments.flow}
    return body | {name: value for name, value in wishes.items() if value}


def _say_where(started: dict[str, Any], arguments: argparse.Namespace, config: Config) -> None:
    """Show the address; on standard output only where that is what was asked for."""
    device = started["flow"] == "device"
    shown = _code_to_type(started) if device else started.get("authorization_url")
    if not shown:
        return
    apart = wants_json(arguments) or (config.use_browser and not device)
    print(shown, file=sys.stderr if apart else sys.stdout, flush=True)
    if device:
        address = started.get("verification_uri_complete") or started["verification_uri"]
        show_qr_code(address, sys.stderr)


def _code_to_type(started: dict[str, Any]) -> str:
    where, code = started["verification_uri"], started["user_code"]
    return plain(f"On any device, go to {where} and enter {code}")


def _wait_for(client: Client, sign_in_id: str, at_end: threading.Event) -> dict[str, Any]:
    """Return how it ended; given up where nobody can paste anything any more, *at_end*."""
    path = f"/v1.0/oauth/sign-ins/{sign_in_id}"
    while True:
        nothing_more = at_end.is_set()
        found: dict[str, Any] = client.get(path)
        if found["status"] != "pending":
            return found
        if nothing_more:
            client.delete(path)
            raise ApiError({"error": "cancelled", "message": _NOTHING_PASTED})
        at_end.wait(_POLL_SECONDS)


def _say_how_it_ended(client: Client, ended: dict[str, Any], arguments: argparse.Namespace) -> int:
    if ended["status"] != "completed":
        code = ended.get("error") or ended["status"]
        raise ApiError(
            {"error": code, "message": ended.get("message") or f"The sign-in was {code}."}
        )
    if wants_json(arguments):
        return show(ended)
    profile = client.get(f"/v1.0/profiles/{quote(ended['profile_id'], safe='')}")
    print(f"Signed in: {account_name(profile)} ({profile['id']})")
    return Exit.DONE


def token(arguments: argparse.Namespace, config: Config) -> int:
    """Print an access token and nothing else."""
    answer = borrow(
        reach(config),
        arguments.profile,
        scopes=arguments.scopes,
        min_valid_seconds=arguments.min_valid,
    )
    if wants_json(arguments):
        return show(answer)
    print(answer["access_token"])
    return Exit.DONE


def oauth1_sign(arguments: argparse.Namespace, config: Config) -> int:
    """Print the Authorization header of one request, signed with OAuth 1.0a."""
    body = {"method": arguments.method, "url": arguments.url}
    answer = reach(config).post(profile_path(arguments.profile, "/oauth1-signature"), body)
    if wants_json(arguments):
        return show(answer)
    print(answer["authorization"])
    return Exit.DONE


def account_name(profile: dict[str, Any]) -> str:
    """Return how a person would call the account: its name, and where it is."""
    shown = (profile[name] for name in ("label", "email", "username", "name", "subject"))
    return plain(f"{next(filter(None, shown))} at {profile['provider']}")

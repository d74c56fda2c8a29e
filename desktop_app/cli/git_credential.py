"""``coatcheck git-credential``: what git runs to get a token, and to say that one is refused."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zlib import crc32

from desktop_app.cli.borrowing import borrow_bearer, expiry, profile_path
from desktop_app.cli.client import ApiError, Client, NotRunningError
from desktop_app.cli.exits import Exit
from desktop_app.cli.git_accounts import listed, meant, repository
from desktop_app.cli.git_protocol import (
    LONGEST_REQUEST,
    BadRequestError,
    GitRequest,
    bearer_answer,
    password_answer,
    read_request,
    wants_bearer,
)
from desktop_app.cli.running import find, reach
from desktop_app.config import Config

_OPERATIONS = frozenset({"get", "store", "erase"})
_USUAL_NAME = "oauth2"
_FEW = 100
_NOT_ASKED = frozenset({"ambiguous_profile", "approval_timeout"})


def git_credential(arguments: argparse.Namespace, config: Config) -> int:
    """Answer git. Whatever goes wrong, standard output stays empty, so that git asks on.

    Source: gitcredentials(7), "Custom helpers": an unknown operation is ignored.
    """
    # Git reads standard output as its answer, also where --json was typed.
    arguments.json = False
    if arguments.operation not in _OPERATIONS:
        return Exit.DONE
    try:
        request = read_request(sys.stdin.buffer.read(LONGEST_REQUEST + 1))
    except BadRequestError as error:
        return _fail(f"git's request was refused: {error}.")
    if arguments.operation == "get":
        return _get(request, config)
    if arguments.operation == "erase" and request.secret:
        _erase(request, config)
    # “store” is for helpers that have no better place; we know our tokens already.
    return Exit.DONE


def _get(request: GitRequest, config: Config) -> int:
    client = reach(config)
    found = _profiles(client, request)
    if not found:
        return _fail(f"no account here may be used at {request.origin}.")
    candidates = meant(request, found)
    if not candidates:
        return _fail(f"no account at {request.origin} is called “{request.username}”.")
    profile = _choose(client, request, candidates)
    if profile is None:
        names = listed(candidates)
        return _fail(f"{request.origin} fits several accounts: {names}. {_ADVICE}", Exit.USAGE)
    answer = borrow_bearer(client, profile["id"], purpose=_purpose(request))
    if request.refused == _mark(answer["access_token"]):
        # Git comes back within the same command: the server has just refused this very token.
        refused = {"access_token": answer["access_token"]}
        client.post(profile_path(profile["id"], "/rejected-token"), refused)
        answer = borrow_bearer(client, profile["id"], purpose=_purpose(request))
    sys.stdout.write(_answer(client, request, profile, answer))
    return Exit.DONE


def _mark(token: str) -> str:
    """Say which token it is without saying it: git hands that to every helper."""
    return f"{crc32(token.encode()):08x}"


_ADVICE = "Put the user name into the address: https://NAME@HOST/…"


def _profiles(client: Client, request: GitRequest) -> list[dict[str, Any]]:
    answer = client.get("/v1.0/profiles", token_host=request.origin, limit=str(_FEW))
    return [profile for profile in answer["profiles"] if profile["status"] != "revoked"]


def _choose(
    client: Client, request: GitRequest, candidates: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """Return the one account, if need be the one that the person picks, or None."""
    if len(candidates) == 1:
        return candidates[0]
    wish = {
        "candidates": [profile["id"] for profile in candidates],
        "purpose": _purpose(request),
        "remember_for": repository(request, os.environ, Path.cwd()),
    }
    try:
        chosen = client.post("/v1.0/account-choices", wish)["profile_id"]
    except ApiError as error:
        if error.code in _NOT_ASKED:
            return None
        raise
    return next(profile for profile in candidates if profile["id"] == chosen)


def _purpose(request: GitRequest) -> str:
    return f"{request.origin}/{request.path}" if request.path else request.origin


def _answer(
    client: Client, request: GitRequest, profile: dict[str, Any], answer: dict[str, Any]
) -> str:
    provider = client.get(f"/v1.0/providers/{quote(profile['provider'], safe='')}")
    convention = provider.get("git_username")
    token, end = str(answer["access_token"]), expiry(answer)
    mark = _mark(token) if request.takes_state and not request.refused else ""
    if wants_bearer(request, username=convention):
        return bearer_answer(token, end, mark=mark)
    username = convention or request.username or _USUAL_NAME
    return password_answer(username, token, end, mark=mark)


def _erase(request: GitRequest, config: Config) -> None:
    """Tell the program which token was refused; it renews it once, if it is still the newest.

    A program that does not run holds no token that is worth a start.
    """
    try:
        client = find(config)
    except NotRunningError:
        return
    body = {"access_token": request.secret}
    for profile in meant(request, _profiles(client, request)):
        client.post(profile_path(profile["id"], "/rejected-token"), body)


def _fail(message: str, status: Exit = Exit.FAILED) -> int:
    print(f"coatcheck: {message}", file=sys.stderr)
    return status

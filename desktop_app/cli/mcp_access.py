"""The token for one MCP server: found, signed in for, borrowed and renewed by the program."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from desktop_app.cli.borrowing import borrow_bearer, expiry, profile_path
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.running import reach
from desktop_app.config import Config

_POLL_SECONDS = 0.25
# So long before its end a token is replaced.
_MARGIN_SECONDS = 30.0
_NOT_ENOUGH = "The server wants more than this account may give. Ask whoever runs it."
_ITSELF = "the server does not say which provider it trusts, so it is asked to sign you in itself"


class Access:
    """Keeps the token of one server in memory; every assistant borrows with its own approval.

    Args:
        url: The server's address; its token goes nowhere else.
    """

    def __init__(self, url: str, config: Config) -> None:
        self._url = url
        self._config = config
        self._lock = threading.Lock()
        self._profile = ""
        self._token = ""
        self._until = 0.0
        self._scopes: tuple[str, ...] = ()
        self._wanted: tuple[str, ...] | None = None

    def token(self) -> str:
        """Return a token that is still good, or "" while none was needed.

        Raises:
            ApiError: The person said no, or the sign-in is over.
        """
        with self._lock:
            if self._profile and time.time() >= self._until:
                self._borrow(reach(self._config))
            return self._token

    def newest(self) -> str:
        """Return the last token, good or not; nobody is asked for it."""
        return self._token

    def refused(self, token: str, challenge: str) -> None:
        """Take notice that the server refused *token* ("" for none), and get another.

        Raises:
            ApiError: There is none to be had.
            NotRunningError: The program does not run and may not be started.
        """
        with self._lock:
            if token != self._token:
                # Somebody else was quicker.
                return
            client = reach(self._config)
            if self._profile and token:
                wish = {"access_token": token}
                client.post(profile_path(self._profile, "/rejected-token"), wish)
                self._borrow(client)
            else:
                self._enter(client, challenge)

    def insufficient(self, token: str, challenge: str) -> None:
        """Get a token that allows more: what *challenge* misses in *token*.

        Raises:
            ApiError: There is none to be had.
            NotRunningError: The program does not run and may not be started.

        Source: MCP 2025-11-25, "Step-Up Authorization Flow".
        """
        with self._lock:
            if token != self._token:
                return
            client = reach(self._config)
            missing = self._found(client, challenge)["scopes"]
            if not self._profile or set(missing) <= set(self._scopes):
                raise ApiError({"error": "insufficient_scope", "message": _NOT_ENOUGH})
            profile = client.get(profile_path(self._profile))
            granted = profile["scopes_granted"]
            if not set(missing) <= set(granted):
                scopes = [*dict.fromkeys((*granted, *missing))]
                again = {"scopes": scopes, "for_profile": self._profile}
                self._profile = _sign_in(client, profile["provider"], self._config, again)
            self._wanted = (*dict.fromkeys((*self._scopes, *missing)),)
            self._borrow(client)

    def _enter(self, client: Client, challenge: str) -> None:
        found = self._found(client, challenge)
        if not found["described"]:
            print(f"coatcheck: {self._url}: {_ITSELF}.", file=sys.stderr, flush=True)
        self._profile = self._account(client, found)
        self._borrow(client)

    def _found(self, client: Client, challenge: str) -> dict[str, Any]:
        wish = {"url": self._url, "challenge": challenge}
        found: dict[str, Any] = client.post("/v1.0/protected-resources", wish)
        return found

    def _account(self, client: Client, found: dict[str, Any]) -> str:
        """One sign-in serves all assistants; with several accounts the person picks."""
        profiles = found["profiles"]
        if not profiles:
            return _sign_in(client, found["provider"], self._config)
        if len(profiles) == 1:
            return str(profiles[0])
        wish = {"candidates": profiles, "purpose": self._url, "remember_for": found["resource"]}
        return str(client.post("/v1.0/account-choices", wish)["profile_id"])

    def _borrow(self, client: Client) -> None:
        wishes = {"purpose": self._url, "scopes": self._wanted}
        try:
            answer = borrow_bearer(client, self._profile, **wishes)
        except ApiError as error:
            if error.code != "needs_sign_in":
                raise
            provider = client.get(profile_path(self._profile))["provider"]
            self._profile = _sign_in(client, provider, self._config)
            answer = borrow_bearer(client, self._profile, **wishes)
        self._take(answer)

    def _take(self, answer: dict[str, Any]) -> None:
        end = expiry(answer)
        self._token = str(answer["access_token"])
        self._scopes = tuple(answer["scopes"])
        self._until = end.timestamp() - _MARGIN_SECONDS if end else float("inf")
        # One that lives shorter than the margin is used until it is refused.
        if self._until <= time.time():
            self._until = end.timestamp() if end else float("inf")


def _sign_in(
    client: Client, provider: str, config: Config, wishes: dict[str, Sequence[str]] | None = None
) -> str:
    """Let the person sign in, or wait for the sign-in that another assistant began."""
    begun = client.get("/v1.0/oauth/sign-ins")["sign_ins"] if wishes is None else ()
    waiting = [each for each in begun if _is_waiting(each, provider)]
    wish = {"provider": provider, "open_browser": config.use_browser, **(wishes or {})}
    found = waiting[0] if waiting else client.post("/v1.0/oauth/sign-ins", wish)
    if not found.get("browser_opened") and found.get("authorization_url"):
        print(f"coatcheck: sign in at {found['authorization_url']}", file=sys.stderr, flush=True)
    while found["status"] == "pending":
        time.sleep(_POLL_SECONDS)
        found = client.get(f"/v1.0/oauth/sign-ins/{quote(found['id'], safe='')}")
    if found["status"] != "completed":
        code = found.get("error") or found["status"]
        message = found.get("message") or f"The sign-in was {code}."
        raise ApiError({"error": code, "message": message})
    return str(found["profile_id"])


def _is_waiting(sign_in: dict[str, Any], provider: str) -> bool:
    return bool(sign_in["status"] == "pending" and sign_in["provider"] == provider)

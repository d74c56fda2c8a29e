"""The token for one MCP server: found, signed in for, borrowed and renewed by the program."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any
from urllib.parse import quote

from desktop_app.cli.borrowing import borrow_bearer, expiry, profile_path
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.running import reach
from desktop_app.config import Config

_POLL_SECONDS = 0.25
# So long before its end a token is replaced.
_MARGIN_SECONDS = 30.0


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

    def token(self) -> str:
        """Return a token that is still good, or "" while none was needed.

        Raises:
            ApiError: The person said no, or the sign-in is over.
        """
        with self._lock:
            if self._profile and time.time() >= self._until:
                self._borrow(reach(self._config))
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

    def _enter(self, client: Client, challenge: str) -> None:
        found = client.post("/v1.0/protected-resources", {"url": self._url, "challenge": challenge})
        self._profile = self._account(client, found)
        self._borrow(client)

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
        try:
            answer = borrow_bearer(client, self._profile, purpose=self._url)
        except ApiError as error:
            if error.code != "needs_sign_in":
                raise
            provider = client.get(profile_path(self._profile))["provider"]
            self._profile = _sign_in(client, provider, self._config)
            answer = borrow_bearer(client, self._profile, purpose=self._url)
        end = expiry(answer)
        self._token = str(answer["access_token"])
        self._until = end.timestamp() - _MARGIN_SECONDS if end else float("inf")
        # One that lives shorter than the margin is used until it is refused.
        if self._until <= time.time():
            self._until = end.timestamp() if end else float("inf")


def _sign_in(client: Client, provider: str, config: Config) -> str:
    """Let the person sign in, or wait for the sign-in that another assistant began."""
    begun = client.get("/v1.0/oauth/sign-ins")["sign_ins"]
    waiting = [each for each in begun if _is_waiting(each, provider)]
    wish = {"provider": provider, "open_browser": config.use_browser}
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

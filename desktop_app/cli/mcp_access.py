"""The token for one MCP server: found, signed in for, borrowed and renewed by the program."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from desktop_app.cli.borrowing import borrow_bearer, expiry, profile_path
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.running import find, reach
from desktop_app.config import Config

_POLL_SECONDS = 0.25
# So long before its end a token is replaced.
_MARGIN_SECONDS = 30.0
_NOT_ENOUGH = "The server wants more than this account may give. Ask whoever runs it."
_ITSELF = "the server does not say which provider it trusts, so it is asked to sign you in itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lent:
    """A token, from which account it is, what it allows, and until when it is used."""

    profile: str = ""
    token: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    until: float = math.inf

    @property
    def is_good(self) -> bool:
        return time.time() < self.until


class Access:
    """Keeps the token of one server in memory; every assistant borrows with its own approval.

    What is done *quietly* asks the person for nothing and starts nothing: it goes without.

    Args:
        url: The server's address; its token goes nowhere else.
    """

    def __init__(self, url: str, config: Config) -> None:
        self._url = url
        self._config = config
        self._renewing = threading.Lock()
        self._widening = threading.Lock()
        # Replaced as a whole: whoever has a good token need not wait for who gets another.
        self._lent = _Lent()
        self._wanted: tuple[str, ...] | None = None

    def token(self, *, quietly: bool = False) -> str:
        """Return a token that is still good, or "" while none was needed.

        Raises:
            ApiError: The person said no, would have to be asked, or the sign-in is over.
            NotRunningError: The program does not run and may not be started.
        """
        lent = self._lent
        if lent.is_good:
            return lent.token
        with self._renewing:
            if not self._lent.is_good:
                self._borrow(self._client(quietly=quietly), quietly=quietly)
            return self._lent.token

    def newest(self) -> str:
        """Return the last token, good or not; nobody is asked for it."""
        return self._lent.token

    def refused(self, token: str, challenge: str, *, quietly: bool = False) -> None:
        """Take notice that the server refused *token* ("" for none), and get another.

        Raises:
            ApiError: There is none to be had.
            NotRunningError: The program does not run and may not be started.
        """
        with self._renewing:
            if token != self._lent.token:
                # Somebody else was quicker.
                return
            client = self._client(quietly=quietly)
            if self._lent.profile and token:
                wish = {"access_token": token}
                client.post(profile_path(self._lent.profile, "/rejected-token"), wish)
                self._borrow(client, quietly=quietly)
            elif quietly:
                raise _would_ask()
            else:
                self._enter(client, challenge)

    def insufficient(self, token: str, challenge: str, *, quietly: bool = False) -> None:
        """Get a token that allows more: what *challenge* misses in *token*.

        The person may have to sign in for that, and calls that need no more go on meanwhile.

        Raises:
            ApiError: There is none to be had.
            NotRunningError: The program does not run and may not be started.

        Source: MCP 2025-11-25, "Step-Up Authorization Flow".
        """
        if quietly:
            raise _would_ask()
        with self._widening:
            lent = self._lent
            if token != lent.token:
                return
            client = reach(self._config)
            missing = self._found(client, challenge)["scopes"]
            if not lent.profile or set(missing) <= set(lent.scopes):
                raise ApiError({"error": "insufficient_scope", "message": _NOT_ENOUGH})
            profile = self._widened(client, lent.profile, missing)
            wanted = (*dict.fromkeys((*lent.scopes, *missing)),)
            wider = self._borrowed(client, profile, wanted)
            with self._renewing:
                self._lent, self._wanted = wider, wanted

    def _widened(self, client: Client, profile_id: str, missing: Sequence[str]) -> str:
        """Return an account that may do what is *missing*; signed in again if need be."""
        profile = client.get(profile_path(profile_id))
        granted = profile["scopes_granted"]
        if set(missing) <= set(granted):
            return profile_id
        scopes = [*dict.fromkeys((*granted, *missing))]
        again = {"scopes": scopes, "for_profile": profile_id}
        return _sign_in(client, profile["provider"], self._config, again)

    def _client(self, *, quietly: bool) -> Client:
        return find(self._config) if quietly else reach(self._config)

    def _enter(self, client: Client, challenge: str) -> None:
        found = self._found(client, challenge)
        if not found["described"]:
            print(f"coatcheck: {self._url}: {_ITSELF}.", file=sys.stderr, flush=True)
        self._lent = self._borrowed(client, self._account(client, found), self._wanted)

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

    def _borrow(self, client: Client, *, quietly: bool) -> None:
        profile = self._lent.profile
        self._lent = self._borrowed(client, profile, self._wanted, quietly=quietly)

    def _borrowed(
        self,
        client: Client,
        profile: str,
        scopes: tuple[str, ...] | None,
        *,
        quietly: bool = False,
    ) -> _Lent:
        wait_seconds = 0 if quietly else None
        wishes = {"purpose": self._url, "scopes": scopes, "wait_seconds": wait_seconds}
        try:
            return _lent(profile, borrow_bearer(client, profile, **wishes))
        except ApiError as error:
            if error.code != "needs_sign_in" or quietly:
                raise
            provider = client.get(profile_path(profile))["provider"]
            profile = _sign_in(client, provider, self._config)
            return _lent(profile, borrow_bearer(client, profile, **wishes))


def _would_ask() -> ApiError:
    return ApiError({"error": "approval_required", "message": "The person would have to be asked."})


def _lent(profile: str, answer: dict[str, Any]) -> _Lent:
    end = expiry(answer)
    until = math.inf if end is None else end.timestamp()
    # One that lives shorter than the margin is used until it is refused.
    if until - _MARGIN_SECONDS > time.time():
        until -= _MARGIN_SECONDS
    return _Lent(
        profile=profile,
        token=str(answer["access_token"]),
        scopes=tuple(answer["scopes"]),
        until=until,
    )


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

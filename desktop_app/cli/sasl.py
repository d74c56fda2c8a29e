"""``coatcheck sasl``: the initial response with which a mail program shows a token."""

from __future__ import annotations

import argparse
import base64
import re
from typing import Any

from desktop_app.cli.borrowing import borrow_bearer, profile_path, wrong_usage
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import show, wants_json
from desktop_app.cli.running import reach
from desktop_app.config import Config

_SEPARATOR = "\x01"
# RFC 7628 section 3.1: printable characters, tab and line ends; line ends we refuse as well.
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")


def sasl(arguments: argparse.Namespace, config: Config) -> int:
    """Print the initial response in base64, as mail programs take it from a command."""
    client = reach(config)
    user = arguments.user or _user(client.get(profile_path(arguments.profile)))
    # Before a question is asked: what can't be said needs no token.
    _check(user, arguments)
    token = borrow_bearer(client, arguments.profile, scopes=arguments.scopes)["access_token"]
    response = base64.b64encode(_response(arguments, user, token).encode()).decode("ascii")
    if wants_json(arguments):
        return show({"mechanism": arguments.mechanism, "user": user, "response": response})
    print(response)
    return Exit.DONE


def _user(profile: dict[str, Any]) -> str:
    user = profile["email"] or profile["username"]
    if not user:
        raise wrong_usage("This account has no e-mail address and no user name: add --user.")
    return str(user)


def _check(user: str, arguments: argparse.Namespace) -> None:
    for name, value in (("user", user), ("host", arguments.host or "")):
        if _CONTROL.search(value):
            raise wrong_usage(f"The {name} holds a control character.")


def _response(arguments: argparse.Namespace, user: str, token: str) -> str:
    if arguments.mechanism == "xoauth2":
        return xoauth2(user, token)
    # The --port of every command: no command that starts the program gives it one.
    port = getattr(arguments, "port", None)
    return oauthbearer(user, token, host=arguments.host, port=port)


def xoauth2(user: str, token: str) -> str:
    """Return Google's and Microsoft's response, older than the standard.

    Source: Gmail, "XOAUTH2 Mechanism", The SASL XOAUTH2 initial client response.
    """
    return _SEPARATOR.join((f"user={user}", f"auth=Bearer {_checked(token)}", "", ""))


def oauthbearer(user: str, token: str, *, host: str | None = None, port: int | None = None) -> str:
    """Return the response for *user* at *host* and *port*.

    Source: RFC 7628 section 3.1; the header is RFC 5801 section 4.
    """
    pairs = [f"n,a={_sasl_name(user)},"]
    pairs += [] if host is None else [f"host={host}"]
    pairs += [] if port is None else [f"port={port}"]
    return _SEPARATOR.join((*pairs, f"auth=Bearer {_checked(token)}", "", ""))


def _sasl_name(user: str) -> str:
    """Source: RFC 5801 section 4, ``saslname``."""
    return user.replace("=", "=3D").replace(",", "=2C")


def _checked(token: str) -> str:
    """A separator in a token would add fields (RFC 6750 section 2.1 says what is in one)."""
    if not _TOKEN.fullmatch(token):
        raise wrong_usage("The provider's token holds characters that mail can't carry.")
    return token

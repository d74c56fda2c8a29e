"""What git and its credential helpers say to each other: one request read, one answer written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

LONGEST_REQUEST = 256 * 1024
"""Far more than git sends, in bytes; the server's own headers are part of it."""

_ONCE = frozenset({"protocol", "host", "username", "password", "path", "authtype", "credential"})
_PROTOCOLS = frozenset({"http", "https"})
# As git hands it over: a name or an address, and perhaps a port. No user, path or percent sign.
_HOST = re.compile(
    r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{0,4})?"
)
_STATE = "coatcheck:refused:"
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_HIGHEST_PORT = 65535


class BadRequestError(Exception):
    """The request is none that an honest git sends; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRequest:
    """What git asks about.

    Attributes:
        origin: Scheme, host and, unless it is the scheme's own, port.
        path: The repository's, where ``credential.useHttpPath`` is set.
        secret: The password or credential that git holds; with ``erase``, the refused one.
        takes_authtype: Whether git can send more than a user name and a password.
        takes_state: Whether git comes back with what it was told if the server refuses.
        refused: What it was told of the token that the server has just refused, "" for none.
        challenges: The server's ``WWW-Authenticate`` headers.
    """

    origin: str
    path: str | None = None
    username: str | None = None
    secret: str | None = field(default=None, repr=False)
    takes_authtype: bool = False
    takes_state: bool = False
    refused: str = ""
    challenges: tuple[str, ...] = ()


def read_request(data: bytes) -> GitRequest:
    """Return the request in *data*, of which nothing may have two meanings.

    A helper that reads it otherwise than git meant it gives a token to the wrong host: every
    published attack on credential helpers was a line break, a repeated name, or an address that
    was read twice.

    Raises:
        BadRequestError: If anything in it is doubtful.

    Source: gitprotocol "git-credential", INPUT/OUTPUT FORMAT.
    """
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in _attributes(data):
        if name.endswith("[]"):
            _add(lists, name, value)
        elif name in values and name in _ONCE:
            raise BadRequestError(f"it says twice what the {name} is")
        else:
            values[name] = value
    able = lists.get("capability[]", ())
    return GitRequest(
        origin=_origin(values),
        path=values.get("path"),
        username=values.get("username") or None,
        secret=values.get("credential") or values.get("password"),
        takes_authtype="authtype" in able,
        takes_state="state" in able,
        refused=_own_state(lists.get("state[]", ())),
        challenges=tuple(lists.get("wwwauth[]", ())),
    )


def _attributes(data: bytes) -> Iterable[tuple[str, str]]:
    for line in _lines(data):
        name, equals, value = line.partition("=")
        if not equals or not name:
            raise BadRequestError("a line of it has no name and value")
        if name == "url":
            raise BadRequestError("it holds an address that git has not taken apart")
        if _CONTROL.search(line) or ("\t" in line and name != "wwwauth[]"):
            raise BadRequestError("it holds a control character")
        yield name, value


def _lines(data: bytes) -> list[str]:
    if len(data) > LONGEST_REQUEST:
        raise BadRequestError("it is too long")
    if b"\r" in data or b"\0" in data:
        raise BadRequestError("it holds a control character")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadRequestError("it is not UTF-8") from error
    request, _, rest = text.removesuffix("\n").partition("\n\n")
    if rest.strip("\n"):
        raise BadRequestError("it goes on after its end")
    return request.rstrip("\n").split("\n")


def _add(lists: dict[str, list[str]], name: str, value: str) -> None:
    """An empty value begins the list anew, as in git's own configuration."""
    if value:
        lists.setdefault(name, []).append(value)
    else:
        lists[name] = []


def _own_state(states: Iterable[str]) -> str:
    """Other helpers' states come along; the prefix says which is ours."""
    ours = (each.removeprefix(_STATE) for each in states if each.startswith(_STATE))
    return next(ours, "")


def _origin(values: dict[str, str]) -> str:
    protocol, host = values.get("protocol"), values.get("host")
    if protocol not in _PROTOCOLS or not host:
        raise BadRequestError("it does not say for which http or https host")
    # Letters of other scripts look like Latin ones; git asks in punycode, which does not.
    if len(host) > 255 or not _HOST.fullmatch(host):  # noqa: PLR2004 - RFC 1035 section 2.3.4
        raise BadRequestError("its host is no plain host name")
    name, port = _split(host.lower())
    if port > _HIGHEST_PORT:
        raise BadRequestError("its port is none")
    usual = {"http": 80, "https": 443}[protocol]
    return f"{protocol}://{name}" if port in {0, usual} else f"{protocol}://{name}:{port}"


def _split(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host, 0
    return name, int(port)


def wants_bearer(request: GitRequest, *, username: str | None) -> bool:
    """Return whether the token goes into a Bearer header instead of a password.

    Only git that can do it is given one, and only where the server offers it; a server that
    said nothing gets it unless its provider is known to take user names (*username*).
    """
    if not request.takes_authtype:
        return False
    schemes = {challenge.split(" ", 1)[0].rstrip(",").lower() for challenge in request.challenges}
    return "bearer" in schemes or (not schemes and username is None)


def bearer_answer(token: str, expires_at: datetime | None, *, mark: str = "") -> str:
    """Return the answer that makes git send *token* itself; no helper keeps it.

    With a *mark*, git comes back with that if the server refuses the token, for another one.

    Source: git-credential(1), ``authtype``, ``credential``, ``ephemeral``, ``state[]`` and
    ``continue``.
    """
    lines = ["authtype=Bearer", f"credential={token}", "ephemeral=1"]
    return _answer(["capability[]=authtype", *_marked(lines, mark)], expires_at)


def password_answer(
    username: str, token: str, expires_at: datetime | None, *, mark: str = ""
) -> str:
    """Return the answer that makes git send *token* as the password of *username*."""
    return _answer(_marked([f"username={username}", f"password={token}"], mark), expires_at)


def _marked(lines: list[str], mark: str) -> list[str]:
    more = ["capability[]=state", f"state[]={_STATE}{mark}", "continue=1"]
    return [*more, *lines] if mark else lines


def _answer(lines: list[str], expires_at: datetime | None) -> str:
    if expires_at is not None:
        lines.append(f"password_expiry_utc={int(expires_at.timestamp())}")
    if any(_CONTROL.search(line) for line in lines):
        raise BadRequestError("the token would break the answer into lines")
    return "\n".join([*lines, "", ""])

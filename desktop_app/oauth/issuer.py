"""An issuer as a person types or pastes it."""

from __future__ import annotations

import re

from desktop_app.oauth.endpoints import check_endpoint, is_loopback
from desktop_app.oauth.errors import EndpointError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:/|\Z))")
_WELL_KNOWN = re.compile(
    r"/\.well-known/(?:openid-configuration|oauth-authorization-server)(?=/|\Z)"
)
_AUTHORITY = re.compile(r"(?i)(https?)://([^/?#]*)(.*)", re.DOTALL)


def check_issuer(text: str) -> str:
    """Return the issuer that a person means by *text*.

    Adds ``https://`` (``http://`` for this machine) where no scheme is given, takes the address
    of a discovery document for its issuer, and writes scheme and host in lower case.

    Raises:
        EndpointError: If it is no https address, or http on this machine, or has a query,
            fragment, user name or password.

    Source: RFC 8414 section 2, OpenID Connect Discovery section 2.1.
    """
    url = _lower_authority(_with_scheme(text.strip()))
    if "?" in url or "#" in url:
        raise EndpointError("issuer", "it has a part after ? or #")
    check_endpoint(url, name="issuer")
    return _WELL_KNOWN.sub("", url)


def issuer_candidates(text: str) -> tuple[str, ...]:
    """Return the issuers that *text* may stand for: as typed, and with its last slash turned.

    An issuer is compared to the letter, and people don't see a slash at the end.

    Raises:
        EndpointError: As ``check_issuer``.
    """
    issuer = check_issuer(text)
    other = issuer.rstrip("/") if issuer.endswith("/") else issuer + "/"
    return issuer, other


def _with_scheme(text: str) -> str:
    if _SCHEME.match(text):
        return text
    rest = text.removeprefix("//")
    host = rest.split("/")[0]
    name = host if host.endswith("]") or host.count(":") != 1 else host.rpartition(":")[0]
    if host.startswith("["):
        name = host.partition("]")[0] + "]"
    return ("http://" if is_loopback(name) else "https://") + rest


def _lower_authority(url: str) -> str:
    match = _AUTHORITY.fullmatch(url)
    if match is None:
        return url
    scheme, authority, rest = match.groups()
    return f"{scheme.lower()}://{_ascii_host(authority)}{rest}"


def _ascii_host(authority: str) -> str:
    if authority.isascii():
        return authority.lower()
    try:
        return authority.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise EndpointError("issuer", "it names no computer") from error

"""Which addresses Coatcheck goes to, and which it may hand to a browser."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from desktop_app.oauth.errors import EndpointError

_MAX_LENGTH = 8192
# RFC 3986 section 2 without the fragment's "#": everything else (spaces, backslashes, quotes,
# control characters, non-ASCII) is read differently by different programs.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%(?:[01][0-9A-Fa-f]|7[Ff])")
_HOST = re.compile(r"(?=.{1,253}\.?\Z)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]+)*\.?")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ANYWHERE, _PRIVATE_NETWORK, _THIS_MACHINE = range(3)
_ENDING_WITH_IPV4 = tuple(
    ipaddress.IPv6Network(each)
    for each in ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_LOCAL_DOMAINS = tuple(
    f".{each}"
    for each in (
        *("local", "internal", "home.arpa", "localdomain"),
        *("intranet", "private", "corp", "home", "lan"),
    )
)
# Nothing here runs a shell, but a desktop's URL openers are shell scripts.
_SHELL = frozenset("$`;|<>\"'\\(){}")


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine: 127.0.0.0/8, ::1 (also bracketed) or localhost.

    Source: RFC 8252 section 7.3.
    """
    name = host.lower().removeprefix("[").removesuffix("]")
    if name in {"localhost", "::1"}:
        return True
    try:
        return ipaddress.IPv4Address(name).is_loopback
    except ValueError:
        return False


def check_endpoint(url: str, *, name: str) -> str:
    """Return *url* if tokens and secrets may be sent there.

    Args:
        url: An https address, or http on this machine.
        name: What it is for, as the error shall call it (``token_endpoint``).

    Raises:
        EndpointError: If it is anything else, or ambiguous.

    Source: RFC 6749 sections 3.1 and 3.2, RFC 8252 section 8.3.
    """
    parts = _split(url, name)
    if parts.scheme not in {"https", "http"}:
        raise EndpointError(name, "it does not begin with https://")
    _check_authority(parts, name)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise EndpointError(name, "it is not encrypted; it must begin with https://")
    return url


def check_browser_url(url: str) -> str:
    """Return *url* if it may be given to the person's browser.

    Raises:
        EndpointError: If it is not http(s), or holds a character that a shell would act on.
    """
    check_endpoint(url, name="browser")
    if _SHELL.intersection(url):
        raise EndpointError("browser", "it holds characters that don't belong in an address")
    return url


def on_this_machine(url: str) -> bool:
    """Tell whether *url*, already checked, names this machine."""
    return _nearness(url) == _THIS_MACHINE


def reaches_inside(url: str, *, by: str) -> bool:
    """Tell whether *url* leads further in than *by*, the address of whoever names it.

    A provider on the internet must make Coatcheck call neither programs on this machine nor
    routers and servers of the person's own network. Names are not looked up: an address behind
    one has to prove by its certificate that it is that name.
    """
    return _nearness(url) > _nearness(by)


def check_named(value: object, *, name: str, by: str) -> str:
    """Return *value*, an address called *name* that somebody at the address *by* names.

    Raises:
        EndpointError: If nothing may be sent there, or it is nearer than *by* is: a provider out
            there must not make Coatcheck call programs here, or the router in the next room.
    """
    if not isinstance(value, str):
        raise EndpointError(name, "it is not an address")
    check_endpoint(value, name=name)
    if not reaches_inside(value, by=by):
        return value
    if on_this_machine(value):
        raise EndpointError(name, "a provider on the internet names this computer")
    raise EndpointError(name, "a provider on the internet names a computer in a private network")


def _nearness(url: str) -> int:
    """Return how near the computer is that *url* names, as far as its text tells."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if is_loopback(host) or host.endswith(".localhost"):
        return _THIS_MACHINE
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _PRIVATE_NETWORK if _is_local_name(host) else _ANYWHERE
    if isinstance(address, ipaddress.IPv6Address) and not address.is_loopback:
        address = _embedded(address) or address
    if address.is_loopback:
        return _THIS_MACHINE
    site_local = getattr(address, "is_site_local", False)
    return _ANYWHERE if address.is_global and not site_local else _PRIVATE_NETWORK


def _is_local_name(host: str) -> bool:
    """Tell whether *host* can only be a name in the person's own network.

    Source: RFC 6762 section 3 and appendix G, RFC 8375.
    """
    return "." not in host or host.endswith(_LOCAL_DOMAINS)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that *address* is in other words, such as ::ffff:127.0.0.1.

    Source: RFC 4291 section 2.5.5, RFC 2765 section 2.1, RFC 3056 section 2, RFC 6052 section 2.1.
    """
    if any(address in network for network in _ENDING_WITH_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _split(url: str, name: str) -> SplitResult:
    if not url or len(url) > _MAX_LENGTH:
        raise EndpointError(name, "it is empty or too long")
    if not _CHARACTERS.fullmatch(url) or _BAD_ESCAPE.search(url):
        raise EndpointError(name, "it holds characters that don't belong in an address")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise EndpointError(name, "it is not an address") from error


def _check_authority(parts: SplitResult, name: str) -> None:
    if "@" in parts.netloc:
        raise EndpointError(name, "it holds a user name or password")
    try:
        port = parts.port
    except ValueError as error:
        raise EndpointError(name, "its port is not a number up to 65535") from error
    if port == 0 or parts.netloc.endswith(":"):
        raise EndpointError(name, "its port is not a number up to 65535")
    if not _is_host(parts.hostname or "", bracketed=parts.netloc.startswith("[")):
        raise EndpointError(name, "it names no computer")


def _is_host(host: str, *, bracketed: bool) -> bool:
    """Browsers read ``0x7f.1`` and ``2130706433`` as IPv4; other programs don't."""
    if bracketed or _NUMERIC_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return _is_address(host)
    return _HOST.fullmatch(host) is not None


def _is_address(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host and not (address.is_unspecified or address.is_multicast)

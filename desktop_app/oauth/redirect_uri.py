"""The loopback redirect URI, made and recognised."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def redirect_uri(host: str, port: int, path: str) -> str:
    """Return the redirect URI of a listener on *host* (IPv6 in brackets) and *port*.

    Source: RFC 8252 section 7.3.
    """
    return f"http://{host}:{port}{path}"


def matches(expected: str, url: str) -> bool:
    """Tell whether *url*, an address that came in, is the redirect URI *expected* plus a query.

    Scheme, host, port, path and the query that *expected* itself has must be equal.

    Source: RFC 6749 section 3.1.2.
    """
    try:
        want, have = urlsplit(expected), urlsplit(url)
        same = _origin(want) == _origin(have) and (want.path or "/") == (have.path or "/")
    except ValueError:
        return False
    return same and "@" not in have.netloc and _has_query(have.query, want.query)


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default


def _has_query(have: str, want: str) -> bool:
    return not want or have == want or have.startswith(want + "&")

"""Origins: scheme, host and port, the places that a token may go to."""

from __future__ import annotations

from urllib.parse import urlsplit

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import EndpointError

_DEFAULT_PORTS = {"https": 443, "http": 80}


def origin_of(url: str) -> str:
    """Return the origin of *url*: scheme and host in lower case, the default port left out.

    Source: RFC 6454 section 6.2.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)}:
        return f"{parts.scheme}://{name}"
    return f"{parts.scheme}://{name}:{parts.port}"


def token_host(text: str) -> str:
    """Return the origin that *text* means; a bare host is https on 443.

    Raises:
        EndpointError: If it is no https origin (or http on this machine), or has a path.
    """
    url = text.strip()
    url = url if "://" in url else f"https://{url}"
    check_endpoint(url, name="token_hosts")
    parts = urlsplit(url)
    if parts.path not in {"", "/"} or parts.query:
        raise EndpointError("token_hosts", "it has more than a host and a port")
    return origin_of(url)

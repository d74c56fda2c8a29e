"""Demonstrating proof of possession: tokens that are good only with a key that stays here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from desktop_app.oauth.challenges import challenge
from desktop_app.oauth.flow_errors import TokenNotBoundError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.pkce import RandomBytes, base64url, random_text
from desktop_app.oauth.token import TokenResponse

# RFC 9449 section 8.1: a nonce is made of the characters of RFC 6749 appendix A.
_NONCE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,2048}")
_MAX_ORIGINS = 200
_CHALLENGED = frozenset({400, 401})


def new_dpop_key(algorithms: Sequence[str] | None = None) -> str:
    """Return a new private key for one grant, a JWK as JSON text; keep it sealed.

    Args:
        algorithms: ``dpop_signing_alg_values_supported`` of the provider, None if it doesn't say.

    Raises:
        DpopKeyError: If the provider takes no algorithm that Coatcheck can do.

    Source: RFC 9449 sections 2 and 5.1, RFC 7517 section 4.
    """
    # joserfc takes 94 ms to import; nothing needs it before the first bound grant.
    from desktop_app.oauth.dpop_key import generate

    return generate(algorithms)


def dpop_thumbprint(key: str) -> str:
    """Return the thumbprint of *key*, for ``dpop_jkt`` in the authorization request.

    Raises:
        DpopKeyError: If *key* can't be read.

    Source: RFC 9449 section 10, RFC 7638 section 3.
    """
    from desktop_app.oauth.dpop_key import thumbprint

    return thumbprint(key)


def dpop_proof(
    key: str,
    *,
    method: str,
    url: str,
    now: float,
    random: RandomBytes,
    nonce: str | None = None,
    access_token: str | None = None,
) -> str:
    """Return the ``DPoP`` header for one request; each is good once.

    Args:
        key: From ``new_dpop_key``.
        method: Of the request, such as ``POST``.
        url: Of the request; its query and fragment are left out.
        now: Seconds since the epoch.
        random: For the proof's one-use identifier.
        nonce: The last one that this server gave.
        access_token: That goes along, where a resource is asked.

    Raises:
        DpopKeyError: If *key* can't be read.

    Source: RFC 9449 sections 4.2 and 7.
    """
    from desktop_app.oauth.dpop_key import sign

    claims: dict[str, str | int] = {
        "jti": random_text(random),
        "htm": method,
        "htu": _address(url),
        "iat": int(now),
    }
    if nonce:
        claims["nonce"] = nonce
    if access_token:
        claims["ath"] = access_token_hash(access_token)
    return sign(claims, key)


def access_token_hash(access_token: str) -> str:
    """Return the ``ath`` claim that goes with *access_token*.

    Source: RFC 9449 section 4.2.
    """
    return base64url(hashlib.sha256(access_token.encode()).digest())


def with_proof(
    request: HttpRequest,
    key: str,
    *,
    now: float,
    random: RandomBytes,
    nonce: str | None = None,
    access_token: str | None = None,
) -> HttpRequest:
    """Return *request* with a proof; with *access_token* it becomes a request to a resource.

    Raises:
        DpopKeyError: If *key* can't be read.

    Source: RFC 9449 sections 5 and 7.1.
    """
    proof = dpop_proof(
        key,
        method=request.method,
        url=request.url,
        now=now,
        random=random,
        nonce=nonce,
        access_token=access_token,
    )
    headers = {**request.headers, "DPoP": proof}
    if access_token:
        headers["Authorization"] = f"DPoP {access_token}"
    return replace(request, headers=headers)


def wanted_nonce(response: HttpResponse) -> str | None:
    """Return the nonce to ask again with, if that is all that *response* wants.

    It holds for authorization servers (token and PAR endpoint) and for resource servers. Ask
    again once: a server that wants a nonce twice in a row is broken.

    Source: RFC 9449 sections 8 and 9.
    """
    if response.status not in _CHALLENGED:
        return None
    named = (challenge(response, "DPoP") or {}).get("error") or _error(response)
    return response_nonce(response) if named == "use_dpop_nonce" else None


def response_nonce(response: HttpResponse) -> str | None:
    """Return the nonce that *response*, of whatever status, gives for the next request.

    Source: RFC 9449 section 8.2.
    """
    nonce = response.headers.get("dpop-nonce", "")
    return nonce if is_nonce(nonce) else None


def is_nonce(text: str) -> bool:
    """Tell whether *text* can be a server's nonce.

    Source: RFC 9449 section 8.1.
    """
    return _NONCE.fullmatch(text) is not None


def check_bound(tokens: TokenResponse) -> TokenResponse:
    """Return *tokens* if they are bound to the key, as was asked.

    Raises:
        TokenNotBoundError: If they are not: whoever copies them could use them.

    Source: RFC 9449 section 5.
    """
    if tokens.token_type != "DPoP":
        raise TokenNotBoundError
    return tokens


class DpopNonces:
    """The last nonce that each server gave; nonces of one server mean nothing to another."""

    def __init__(self) -> None:
        self._nonces: dict[str, str] = {}

    def get(self, url: str) -> str | None:
        """Return the nonce for a request to *url*."""
        return self._nonces.get(_origin(url))

    def learn(self, url: str, response: HttpResponse) -> None:
        """Keep the nonce that *response*, an answer from *url*, gives."""
        nonce = response_nonce(response)
        if nonce is None:
            return
        self._nonces.pop(_origin(url), None)
        self._nonces[_origin(url)] = nonce
        if len(self._nonces) > _MAX_ORIGINS:
            del self._nonces[next(iter(self._nonces))]


def _error(response: HttpResponse) -> object:
    try:
        return parse_json_object(response.body).get("error")
    except MalformedBodyError:
        return None


def _address(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "", ""))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"

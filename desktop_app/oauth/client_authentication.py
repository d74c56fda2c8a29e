"""How the client proves itself at the provider's endpoints."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from desktop_app.oauth.errors import ClientCredentialError
from desktop_app.oauth.form import FormValue
from desktop_app.oauth.pkce import RandomBytes, random_text

_SECRET_METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt")
_SIGNING_METHODS = ("client_secret_jwt", "private_key_jwt")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFETIME = 60

Fields = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Coatcheck as one provider knows it.

    Attributes:
        method: ``none``, ``client_secret_basic``, ``client_secret_post``,
            ``client_secret_jwt`` or ``private_key_jwt``.
        private_key: PEM, or a JWK as JSON text.
        algorithms: What signed assertions may be signed with; empty for what is usual.
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    method: str = "none"
    private_key: str | None = field(default=None, repr=False)
    algorithms: Sequence[str] = ()

    @property
    def signs(self) -> bool:
        """Whether it proves itself by signed assertions."""
        return self.method in _SIGNING_METHODS


def choose_method(supported: Sequence[str] | None, *, has_secret: bool, has_key: bool) -> str:
    """Return the first method in *supported* that the client can do.

    A client with a secret or key never settles for ``none``, and one that the provider's list
    leaves nothing for tries what its credentials are usually for.

    Source: RFC 8414 section 2 (without a list, ``client_secret_basic``), RFC 6749 section 2.3.1.
    """
    able = (("private_key_jwt",) if has_key else ()) + (_SECRET_METHODS if has_secret else ())
    for method in supported or ():
        if method in able:
            return method
    return able[0] if able else "none"


def authenticate(
    client: Client,
    form: Mapping[str, FormValue],
    headers: Mapping[str, str],
    *,
    audience: str,
    now: float,
    random: RandomBytes,
) -> tuple[dict[str, FormValue], Fields]:
    """Return *form* and *headers* with what proves *client*.

    Args:
        client: Who asks.
        form: The request's own fields.
        headers: The request's own headers.
        audience: For a signed assertion: the provider's issuer, or its token endpoint.
        now: Seconds since the epoch.
        random: For the assertion's one-use identifier.

    Raises:
        ClientCredentialError: If the secret or key for the method is missing or can't be read.

    Source: RFC 6749 section 2.3, RFC 7523 section 3, OpenID Connect Core section 9.
    """
    if client.method == "client_secret_basic":
        return dict(form), {**headers, "Authorization": _basic(client)}
    return {**form, **_fields(client, audience, now, random)}, dict(headers)


def _fields(client: Client, audience: str, now: float, random: RandomBytes) -> Fields:
    if client.method == "none":
        return {"client_id": client.client_id}
    if client.method == "client_secret_post":
        return {"client_id": client.client_id, "client_secret": _secret(client)}
    if client.signs:
        claims = _assertion(client.client_id, audience, now, random)
        return {
            "client_id": client.client_id,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": _signed(client, claims),
        }
    raise ClientCredentialError(f"unknown method {client.method}")


def _basic(client: Client) -> str:
    # Each half is form-encoded first: a colon or a non-ASCII letter would break the header.
    pair = f"{quote_plus(client.client_id)}:{quote_plus(_secret(client))}"
    return "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")


def _secret(client: Client) -> str:
    if not client.client_secret:
        raise ClientCredentialError("no client secret")
    return client.client_secret


def _assertion(client_id: str, audience: str, now: float, random: RandomBytes) -> dict[str, Any]:
    return {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": random_text(random),
        "iat": int(now),
        "exp": int(now) + _ASSERTION_LIFETIME,
    }


def _signed(client: Client, claims: Mapping[str, Any]) -> str:
    # joserfc takes 94 ms to import and few providers want assertions.
    from desktop_app.oauth.assertion import sign_with_key, sign_with_secret

    if client.method == "client_secret_jwt":
        return sign_with_secret(claims, _secret(client), client.algorithms)
    if not client.private_key:
        raise ClientCredentialError("no private key")
    return sign_with_key(claims, client.private_key, client.algorithms)

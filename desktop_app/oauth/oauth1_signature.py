"""Signing requests with OAuth 1.0a credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import ClientCredentialError
from desktop_app.oauth.flow_errors import SigningError
from desktop_app.oauth.pkce import RandomBytes, random_text

SIGNATURE_METHODS = ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT")

_MAX_PARAMETERS = 1000
_NOTHING: Mapping[str, str] = MappingProxyType({})

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Oauth1Client:
    """Coatcheck as an OAuth 1.0a provider knows it: the client credentials.

    Attributes:
        private_key: PEM, for the RSA methods, which use no secret.
        signature_method: One of ``SIGNATURE_METHODS``.
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    signature_method: str = "HMAC-SHA1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oauth1Token:
    """Temporary or token credentials: an identifier and its shared secret."""

    token: str = field(repr=False)
    secret: str = field(repr=False)


def authorization_header(
    *,
    client: Oauth1Client,
    token: Oauth1Token | None,
    method: str,
    url: str,
    now: float,
    random: RandomBytes,
    parameters: Pairs = (),
    protocol: Mapping[str, str] = _NOTHING,
    realm: str | None = None,
) -> str:
    """Return the ``Authorization`` header for one request.

    Args:
        client: Who asks.
        token: For whom; None while there are no credentials yet.
        method: Of the request, such as ``GET``.
        url: Of the request, with its query.
        now: Seconds since the epoch; providers refuse a clock that is minutes off.
        random: For the nonce.
        parameters: The fields of the request's form-encoded body, in order; none for another body.
        protocol: Further protocol parameters, such as ``oauth_verifier``.
        realm: Shown in the header and not signed.

    Raises:
        EndpointError: If *url* is no address, or not encrypted although PLAINTEXT is used.
        SigningError: If the request can't be signed.
        ClientCredentialError: If the secret or private key is missing or can't be read.

    Source: RFC 5849 sections 3.1 and 3.5.1.
    """
    signed = {
        "oauth_consumer_key": client.client_id,
        **({"oauth_token": token.token} if token else {}),
        "oauth_signature_method": client.signature_method,
        "oauth_timestamp": str(int(now)),
        "oauth_nonce": random_text(random),
        "oauth_version": "1.0",
        **protocol,
    }
    base = signature_base_string(method, url, client.signature_method, parameters, signed)
    signed["oauth_signature"] = signature(client, token, base)
    return _header(signed, realm)


def signature_base_string(
    method: str, url: str, signature_method: str, parameters: Pairs, protocol: Mapping[str, str]
) -> str:
    """Return what is signed: method, address and every parameter in one order.

    Raises:
        EndpointError: As ``authorization_header``.
        SigningError: If a parameter takes a name of the protocol's own, or can't be written.

    Source: RFC 5849 section 3.4.1.
    """
    # oauthlib takes 56 ms to import; nothing needs it before the first sign-in.
    from oauthlib.oauth1.rfc5849 import signature as rfc5849

    _check_url(url, signature_method)
    pairs = [*_query(url), *parameters]
    if any(name.startswith("oauth_") for name, _ in pairs):
        # They would stand there twice, and two programs read the request in two ways.
        raise SigningError("its parameters take names that begin with oauth_")
    if len(pairs) > _MAX_PARAMETERS:
        raise SigningError("it has too many parameters")
    try:
        normalized = rfc5849.normalize_parameters([*pairs, *protocol.items()])
        address = rfc5849.base_string_uri(url)
        text: str = rfc5849.signature_base_string(method, address, normalized)
    except ValueError as error:
        raise SigningError("it holds characters that can't be sent") from error
    return text


def signature(client: Oauth1Client, token: Oauth1Token | None, base_string: str) -> str:
    """Return the signature of *base_string*, not yet encoded for the header.

    Raises:
        SigningError: If the client's signature method is unknown.
        ClientCredentialError: If the secret or private key is missing or can't be read.

    Source: RFC 5849 sections 3.4.2 to 3.4.4.
    """
    from oauthlib.oauth1 import Client

    if client.signature_method not in SIGNATURE_METHODS:
        raise SigningError("its signature method is unknown")
    _check_credentials(client)
    signer = Client(
        client.client_id,
        client_secret=client.client_secret,
        resource_owner_secret=token.secret if token else None,
        rsa_key=client.private_key,
    )
    try:
        text: str = Client.SIGNATURE_METHODS[client.signature_method](base_string, signer)
    except ValueError as error:
        raise ClientCredentialError("the credentials can't sign") from error
    return text


def _check_url(url: str, signature_method: str) -> None:
    if signature_method == "PLAINTEXT" or not url.startswith("http:"):
        # PLAINTEXT sends both secrets themselves (RFC 5849 section 3.4.4).
        check_endpoint(url, name="request")
    else:
        check_endpoint(url.replace("http:", "https:", 1), name="request")


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            urlsplit(url).query,
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError as error:
        raise SigningError("the part after ? can't be read") from error


def _check_credentials(client: Oauth1Client) -> None:
    if client.signature_method.startswith("RSA"):
        _check_private_key(client.private_key)
    elif client.client_secret is None:
        raise ClientCredentialError("no client secret")


def _check_private_key(pem: str | None) -> None:
    """Refuse what is no RSA key: oauthlib would fail with errors of many kinds."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key((pem or "").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ClientCredentialError("the private key can't be read") from error
    if not isinstance(key, RSAPrivateKey):
        raise ClientCredentialError("the private key is not for RSA")


def _header(protocol: Mapping[str, str], realm: str | None) -> str:
    from oauthlib.oauth1.rfc5849.parameters import prepare_headers

    if realm is not None and not (realm.isascii() and realm.isprintable() and '"' not in realm):
        raise SigningError("its realm holds characters that can't be sent")
    text: str = prepare_headers(list(protocol.items()), realm=realm)["Authorization"]
    return text

"""What Coatcheck asks to be registered as, and what it asks for instead if that is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop_app.oauth.algorithms import ASYMMETRIC
from desktop_app.oauth.client_metadata import ClientMetadata, native_client
from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.oauth.pkce import RandomBytes
from desktop_app.providers.model import Provider, Redirect

CLIENT_NAME: Final = "Coatcheck"
"""What the provider's consent page calls this program."""

# Below what systems give to outgoing connections, so that a registered port is mostly free.
_FIRST_PORT: Final = 20_000
_PORT_RANGE: Final = 12_000
_PORTS: Final = 3
_USUAL_ALGORITHM: Final = "RS256"
_REDIRECT_REFUSED: Final = "invalid_redirect_uri"
# Providers outside the RFC say no in their own words; another wish may please them.
_ASK_AGAIN: Final = frozenset({400, 422})
_FINAL: Final = frozenset(
    {"invalid_software_statement", "unapproved_software_statement", "access_denied"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A description of Coatcheck, and the ways to say less or other things.

    Attributes:
        client: What to ask for now.
        others: Further spellings of the redirect URIs, for a provider that refuses these.
        plain: True if only what can't be left out is said; so it is from the beginning where a
            provider's own names say what it wants.
    """

    client: ClientMetadata
    others: tuple[tuple[str, ...], ...] = ()
    plain: bool = False

    def after(self, refusal: RegistrationError) -> Wish | None:
        """Return what to ask for now that this was refused; None if it is of no use to ask."""
        code = refusal.fields.get("error")
        if refusal.fields.get("status") not in _ASK_AGAIN or code in _FINAL:
            return None
        if code == _REDIRECT_REFUSED or self.plain:
            return self._with_other_redirects()
        return replace(self, client=_plain(self.client), plain=True)

    def _with_other_redirects(self) -> Wish | None:
        if not self.others:
            return None
        client = replace(self.client, redirect_uris=self.others[0])
        return replace(self, client=client, others=self.others[1:])


def first_wish(
    provider: Provider, metadata: ServerMetadata, *, scopes: Sequence[str], random: RandomBytes
) -> Wish:
    """Return what to ask *provider* for: a native client with a loopback redirect.

    Source: RFC 7591 section 2, RFC 8252 section 8.4.
    """
    uris = redirect_spellings(provider, random)
    own = provider.client_authentication
    client = native_client(
        client_name=CLIENT_NAME,
        redirect_uris=uris[0],
        scopes=tuple(dict.fromkeys((*provider.scopes, *provider.scope_texts, *scopes))),
        auth_methods=(own,) if own else _auth_methods(metadata),
        grant_types=metadata.grant_types_supported,
        device=metadata.device_authorization_endpoint is not None,
        dpop=provider.dpop,
    )
    return Wish(
        client=replace(client, extra=_signing(provider, metadata)),
        others=uris[1:],
        plain=bool(provider.registration.names),
    )


def redirect_spellings(provider: Provider, random: RandomBytes) -> tuple[tuple[str, ...], ...]:
    """Return the redirect URIs to register, and what to try if a provider refuses those.

    RFC 8252 lets any port pass; many providers compare it nevertheless. So one address without
    a port stands for any, and a few with one are there for who compares.

    Source: RFC 8252 section 7.3.
    """
    redirect = provider.redirect
    if redirect.paste:
        return ((redirect.paste,),)
    fixed = None if provider.registration.any_port else redirect.port
    ports = (fixed,) if fixed else _ports(random)
    with_ports = _uris(redirect, ports)
    if fixed:
        return (with_ports,)
    spellings = ((*_uris(redirect, (None,)), *with_ports), with_ports)
    if redirect != Redirect():
        return spellings
    return (*spellings, _uris(replace(redirect, host="localhost"), ports))


def _auth_methods(metadata: ServerMetadata) -> tuple[str, ...] | None:
    """Return how a client can prove itself wherever it has to, as far as the provider says.

    A client without a secret could sign in at some providers, and then neither take its grants
    back nor ask about them.

    Source: RFC 8414 section 2.
    """
    methods = metadata.token_endpoint_auth_methods_supported
    for further in (
        metadata.revocation_endpoint_auth_methods_supported,
        metadata.introspection_endpoint_auth_methods_supported,
    ):
        if methods is not None and further is not None:
            methods = tuple(each for each in methods if each in further) or methods
    return methods


def _uris(redirect: Redirect, ports: Sequence[int | None]) -> tuple[str, ...]:
    names = ("" if port is None else f":{port}" for port in ports)
    return tuple(f"http://{redirect.host}{name}{redirect.path}" for name in names)


def _ports(random: RandomBytes) -> tuple[int, ...]:
    first = _FIRST_PORT + int.from_bytes(random(4)) % _PORT_RANGE
    return tuple(range(first, first + _PORTS))


def _plain(client: ClientMetadata) -> ClientMetadata:
    return ClientMetadata(
        redirect_uris=client.redirect_uris,
        client_name=client.client_name,
        grant_types=client.grant_types,
        token_endpoint_auth_method="",
    )


def _signing(provider: Provider, metadata: ServerMetadata) -> dict[str, str]:
    """The standard's default is RS256, also where the provider can't do it."""
    supported = metadata.id_token_signing_alg_values_supported
    if provider.protocol != "oidc" or not supported or _USUAL_ALGORITHM in supported:
        return {}
    usable = [name for name in supported if name in ASYMMETRIC]
    return {"id_token_signed_response_alg": usable[0]} if usable else {}

"""A person's own provider, from what they typed or a program sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from desktop_app.oauth.oauth1_callback import OUT_OF_BAND
from desktop_app.providers import draft_fields as check
from desktop_app.providers.draft_document import (
    DraftDocument,
    MappingForm,
    RedirectForm,
    read_document,
)
from desktop_app.providers.model import Protocol, Provider, Redirect, UserinfoMapping
from desktop_app.providers.places import ENDPOINTS, keep_secrets


def read_draft(draft: Mapping[str, Any], *, known: Provider | None = None) -> Provider:
    """Return the provider that *draft* describes; nothing is asked of the network.

    Args:
        draft: The body of ``POST /v1.0/providers``, or a form's fields.
        known: The provider that it takes the place of: its id stays, and its secrets where
            they still belong. Without it the id is the draft's own, or "" if it has none.

    Raises:
        InvalidRequestError: If a part can't be used; its ``field`` names the part.
    """
    provider = _provider(read_document(draft), known.id if known else None)
    if known is not None:
        provider = keep_secrets(provider, known, draft)
    _check_places(provider)
    _check_oauth1(provider)
    return provider


def _provider(document: DraftDocument, provider_id: str | None) -> Provider:
    places = _places(document)
    return Provider(
        id=_id(document, provider_id),
        name=check.display_name(_name(document, places)),
        protocol=document.protocol or _likely_protocol(document),
        **places,
        **_client(document),
        scopes=check.scopes(document.scopes or ()),
        redirect=_redirect(document.redirect),
        userinfo_mapping=_mapping(document.userinfo_mapping),
        register=document.register,
        initial_access_token=check.bearer_token(
            "initial_access_token", document.initial_access_token
        ),
        dpop=document.dpop,
        response_mode=document.response_mode,
        resources=check.resources(document.resources, document.extra_parameters),
        token_hosts=check.token_hosts(document.token_hosts),
        ca_file=check.ca_file(document.ca_file),
        extra_parameters=check.extra_parameters(document.extra_parameters),
    )


def _id(document: DraftDocument, provider_id: str | None) -> str:
    given = provider_id or document.id or ""
    if provider_id and document.id not in {None, provider_id}:
        raise check.refuse("id", "it can't be changed")
    return check.provider_id(given) if given else ""


def _places(document: DraftDocument) -> dict[str, Any]:
    places: dict[str, Any] = {}
    for name in ENDPOINTS:
        value = getattr(document, name)
        places[name] = check.endpoint(name, value) if value else None
    places["issuer"] = check.issuer(document.issuer) if document.issuer else None
    return places


def _client(document: DraftDocument) -> dict[str, Any]:
    return {
        "client_id": check.visible("client_id", document.client_id),
        "client_secret": check.visible("client_secret", document.client_secret),
        "private_key": check.private_key(document.private_key),
        "client_authentication": document.client_authentication,
        "signature_method": document.signature_method,
    }


def _name(document: DraftDocument, places: Mapping[str, str | None]) -> str:
    """Without a name, a provider is called by its host, as a person would."""
    url = places["issuer"] or places["authorization_endpoint"] or places["token_endpoint"]
    if url is None:
        raise check.refuse("issuer", "give the provider's address")
    return document.name if document.name is not None else urlsplit(url).hostname or ""


def _likely_protocol(document: DraftDocument) -> Protocol:
    if document.request_token_endpoint:
        return "oauth1"
    return "oidc" if document.issuer else "oauth2"


def _redirect(form: str | RedirectForm | None) -> Redirect:
    if not isinstance(form, RedirectForm):
        return Redirect()
    redirect = Redirect(
        host=form.host,
        port=check.redirect_port(form.port),
        path=check.redirect_path(form.path),
    )
    return replace(redirect, paste=check.paste_uri(form.paste)) if form.paste else redirect


def _mapping(form: MappingForm | None) -> UserinfoMapping:
    form = form or MappingForm()
    return UserinfoMapping(
        subject=check.member("subject", form.subject) or "sub",
        name=check.member("name", form.name),
        username=check.member("username", form.username),
        email=check.member("email", form.email),
        avatar_url=check.member("avatar_url", form.avatar_url),
    )


def _check_places(provider: Provider) -> None:
    """An issuer is enough; without one every endpoint that a sign-in needs must be given."""
    if provider.issuer:
        return
    if provider.protocol == "oidc":
        raise check.refuse("issuer", "an OpenID provider needs its address")
    # OAuth 1.0a's token answer often says who signed in; what is for one server alone is that
    # server's account, whoever signed in.
    needless = provider.protocol == "oauth1" or provider.resources
    details = () if needless else ("userinfo_endpoint",)
    for name in ("authorization_endpoint", "token_endpoint", *details):
        if getattr(provider, name) is None:
            raise check.refuse(name, "without an issuer this address is needed")


def _check_oauth1(provider: Provider) -> None:
    if provider.protocol == "oauth1" and provider.request_token_endpoint is None:
        raise check.refuse("request_token_endpoint", "OAuth 1.0a needs this address")
    if provider.protocol != "oauth1" and provider.redirect.paste == OUT_OF_BAND:
        raise check.refuse("redirect", "only OAuth 1.0a has “oob”")
    method = provider.signature_method or ""
    if method.startswith("RSA") and provider.private_key is None:
        raise check.refuse("private_key", "an RSA signature needs it")

"""What a person or a program asks of a sign-in, checked before anything happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop_app.errors import InvalidRequestError, Reason
from desktop_app.oauth.redirect_uri import matches
from desktop_app.oauth.resource_indicators import resource_list
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Flow, SignIn


def meant_for(provider: Provider, resources: Sequence[str] | None) -> Provider:
    """Return *provider* as it is for a sign-in that is for *resources*; None for its own.

    Raises:
        ResourceError: If one of them is no address.

    Source: RFC 8707 section 2.
    """
    return provider if resources is None else replace(provider, resources=resource_list(resources))


def chosen_flow(provider: Provider, flow: str | None) -> Flow:
    """Return how to sign in at *provider*: as asked for, else as the provider needs it.

    Raises:
        InvalidRequestError: If the flow is unknown, or not possible at this provider.
    """
    if flow is None:
        return "paste" if provider.redirect.paste else "redirect"
    if flow == "device" and provider.protocol != "oauth1":
        return "device"
    if flow == "device":
        raise InvalidRequestError(
            "this provider does not offer signing in with a code", field="flow"
        )
    if flow == "redirect" and provider.redirect.paste:
        raise InvalidRequestError("at this provider the address must be pasted", field="flow")
    if flow not in {"redirect", "paste"}:
        raise InvalidRequestError("“flow” is redirect, device or paste", field="flow")
    return "redirect" if flow == "redirect" else "paste"


def final_address(view: SignIn, url: str | None, code: str | None) -> str:
    """Return the pasted address if it is one of this sign-in's redirect URI.

    Raises:
        InvalidRequestError: If it is not, or something else was pasted.
    """
    if url is None or code is not None:
        raise InvalidRequestError("paste the whole final address", field="url")
    if view.flow == "device":
        raise InvalidRequestError("the code is entered at the provider, not here", field="url")
    if view.redirect_uri is None:
        raise InvalidRequestError("enter the code that the provider shows", field="code")
    url = url.strip()
    if not matches(view.redirect_uri or "", url):
        raise InvalidRequestError(
            Reason("the final address begins with {address}", address=view.redirect_uri),
            field="url",
        )
    return url

"""Whether a sign-in can begin at a provider, told from its entry alone."""

from __future__ import annotations

from desktop_app.providers.model import Provider
from desktop_app.providers.templates import unanswered
from desktop_app.services.providers.registrations import registers_itself


def is_ready(provider: Provider) -> bool:
    """Tell whether a sign-in can begin: the client that the provider needs is there."""
    if provider.protocol == "oauth1":
        return _can_sign(provider) and not unanswered(provider)
    method = provider.client_authentication or ""
    if unanswered(provider):
        return False
    if registers_itself(provider) or provider.atproto is not None:
        return True
    if provider.needs_secret or method.startswith("client_secret"):
        return bool(provider.client_id and provider.client_secret)
    if method == "private_key_jwt":
        return bool(provider.client_id and provider.private_key)
    return bool(provider.client_id)


def redirect_uri_hint(provider: Provider) -> str:
    """Return the redirect URI to enter at *provider*; one without a port stands for any."""
    redirect = provider.redirect
    if redirect.paste:
        return redirect.paste
    port = "" if redirect.port is None else f":{redirect.port}"
    return f"http://{redirect.host}{port}{redirect.path}"


def _can_sign(provider: Provider) -> bool:
    """Tell whether there is what OAuth 1.0a signs with."""
    by_key = (provider.signature_method or "").startswith("RSA")
    secret = provider.private_key if by_key else provider.client_secret
    return bool(provider.client_id and secret)

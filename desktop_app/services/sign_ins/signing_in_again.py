"""Signing in again to an account that is there: for what it had, for more or for less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.errors import InvalidRequestError
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a sign-in asks for, whoever it is for.

    Attributes:
        scopes: None for the provider's own.
        login_hint: Names the account to the provider.
    """

    provider: Provider
    scopes: tuple[str, ...] | None = None
    login_hint: str | None = None


def wish_again(profile: Profile, wish: Wish) -> Wish:
    """Return *wish* for the account of *profile*: what it leaves out is as it was.

    Raises:
        InvalidRequestError: If that account is at another provider.
    """
    if profile.provider != wish.provider.id:
        raise InvalidRequestError("this account is at another provider", field="for_profile")
    had = () if profile.grant is None else profile.grant.scopes_requested
    scopes = wish.scopes or had or None
    return Wish(
        provider=_asking_for_more(wish.provider, had, scopes or ()),
        scopes=scopes,
        login_hint=wish.login_hint or login_hint(profile, wish.provider),
    )


def login_hint(profile: Profile, provider: Provider) -> str | None:
    """Return what names the account of *profile* to *provider*, if anything does."""
    if provider.atproto is not None:
        # A name may be given away; the identifier stays the account's.
        return profile.subject
    if provider.authorization.login_hint_is_username:
        return profile.username
    return profile.email or profile.username


def _asking_for_more(provider: Provider, had: Sequence[str], asked: Sequence[str]) -> Provider:
    """Some providers add to what was given, if they are told to; never when less is asked for."""
    more = provider.authorization.more
    if not more or not set(had) < set(asked):
        return provider
    return replace(provider, extra_parameters={**provider.extra_parameters, **more})

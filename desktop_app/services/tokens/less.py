"""Less than a whole grant: what a program was allowed, and what a provider made of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.oauth.resource_indicators import check_resource
from desktop_app.oauth.scopes import difference
from desktop_app.oauth.token import TokenResponse
from desktop_app.services.accounts import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Less:
    """Less than a whole grant.

    Attributes:
        scopes: All that a token shall allow; empty for everything.
        resource: Where it shall be good, if not where the grant's own token is (RFC 8707).
    """

    scopes: tuple[str, ...] = ()
    resource: str | None = None


def wanted_less(grant: Grant, scopes: Sequence[str], resource: str | None) -> Less | None:
    """Return what is wanted of *grant* if it is less than everything, else None.

    Raises:
        ResourceError: If *resource* is no address.
    """
    fewer = tuple(sorted(set(scopes))) if scopes and set(scopes) < set(grant.scopes_granted) else ()
    elsewhere = resource is not None and check_resource(resource) not in grant.resources[:1]
    if not fewer and not elsewhere:
        return None
    return Less(scopes=fewer, resource=resource if elsewhere else None)


def is_narrowed(grant: Grant, tokens: TokenResponse, less: Less) -> bool:
    """Tell whether the answer itself says that its token allows no more than *less*.

    Silence may mean that the wish was heeded (RFC 6749 section 5.1) or overlooked. Where a token
    is good, no answer says.
    """
    if not less.scopes:
        return tokens.scope is None or not difference(grant.scopes_granted, tokens.scope).unasked
    return bool(tokens.scope) and not difference(less.scopes, tokens.scope or ()).unasked


def is_for_everything(grant: Grant, tokens: TokenResponse, less: Less) -> bool:
    """Tell whether the answer says that its token allows all of *grant*, as if nobody had asked."""
    if less.resource is not None or tokens.scope is None:
        return False
    return set(grant.scopes_granted) <= set(tokens.scope)

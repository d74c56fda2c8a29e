"""Whether somebody who signs in is there already."""

from __future__ import annotations

from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.ports import ProfileStore


def known_account(
    profiles: ProfileStore, grant: Grant, subject: str, provider: Provider
) -> Profile | None:
    """Return the one of *profiles* that a sign-in is for.

    An access that is meant for one server (RFC 8707) is an account of its own beside the
    one that the same person has at the same provider for everything else. So is one of an
    entry that names the same issuer and other endpoints: that may be no more than a claim.

    Raises:
        LockedError: If the vault is locked.
    """
    found = profiles.find(grant.issuer, subject)
    if found is None or _is_for(found, grant, provider):
        return found
    account = grant.issuer, subject
    same = (each for each in profiles.all() if (each.issuer, each.subject) == account)
    return next((each for each in same if _is_for(each, grant, provider)), None)


def _is_for(profile: Profile, grant: Grant, provider: Provider) -> bool:
    if profile.provider == provider.id or profile.grant is None:
        return True
    kept = profile.grant
    return (kept.token_endpoint, kept.resources) == (grant.token_endpoint, grant.resources)

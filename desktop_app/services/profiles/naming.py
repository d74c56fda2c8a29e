"""What a profile is called, and which one a name means."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from desktop_app.errors import InvalidRequestError, NotFoundError, Reason
from desktop_app.oauth.text import clean_text
from desktop_app.services.accounts import Profile
from desktop_app.services.errors import AmbiguousProfileError

_MAX_LABEL = 100


def display_name(profile: Profile) -> str:
    """Return what a person would call this account."""
    told = profile.label or profile.name or profile.username or profile.email
    return told or shown_subject(profile)


def shown_subject(profile: Profile) -> str:
    """Return the provider's identifier of the account, which may hold anything, fit to be shown."""
    return clean_text(profile.subject) or profile.id


def sort_key(profile: Profile) -> tuple[str, str, str]:
    """Return what profiles are listed by: their names, whatever the letters' case."""
    return _folded(display_name(profile)), profile.provider, profile.id


def matches(profile: Profile, query: str) -> bool:
    """Tell whether every word of *query* is in one of the profile's names."""
    text = " ".join(_folded(part) for part in _searched(profile) if part)
    return all(word in text for word in _folded(query).split())


def only_one(name: str, profiles: Iterable[Profile]) -> Profile:
    """Return the one profile that *name* means.

    Raises:
        NotFoundError: If none has that name.
        AmbiguousProfileError: If several have it; its ``candidates`` lists them.
    """
    wanted = _folded(name)
    found = [profile for profile in profiles if wanted and wanted in _names(profile)]
    if not found:
        raise NotFoundError(f"no profile is called {name!r}")
    if len(found) > 1:
        raise ambiguous(name, found)
    return found[0]


def _names(profile: Profile) -> set[str]:
    names = {profile.provider, profile.email or "", profile.label}
    if profile.username:
        names.add(f"{profile.username}@{profile.provider}")
    return {_folded(name) for name in names if name}


def _searched(profile: Profile) -> tuple[str | None, ...]:
    return (
        profile.label,
        profile.name,
        profile.username,
        profile.email,
        profile.provider,
        profile.subject,
    )


def ambiguous(name: str, found: list[Profile]) -> AmbiguousProfileError:
    """Return the error that lists *found*, all of which *name* could mean."""
    found.sort(key=sort_key)
    choices = ", ".join(f"{display_name(one)} at {one.provider} ({one.id})" for one in found)
    return AmbiguousProfileError(
        name=name, choices=choices, candidates=[_candidate(one) for one in found]
    )


def _candidate(profile: Profile) -> Mapping[str, Any]:
    return {
        "id": profile.id,
        "provider": profile.provider,
        "label": profile.label,
        "username": profile.username,
        "email": profile.email,
    }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def checked_label(label: str) -> str:
    """Return the person's own name for an account, without outer space.

    Raises:
        InvalidRequestError: If it is too long, or not one printable line.
    """
    label = label.strip()
    if len(label) > _MAX_LABEL:
        raise InvalidRequestError(
            Reason("a name has at most {most} characters", most=_MAX_LABEL), field="label"
        )
    if not label.isprintable():
        raise InvalidRequestError("a name is one line of text", field="label")
    return label

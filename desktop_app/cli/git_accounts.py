"""Which account git means: what its request says, never a guess."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from desktop_app.cli.git_protocol import GitRequest

CONVENTIONS = frozenset({"oauth2", "x-access-token", "x-token-auth", "x-oauth-basic"})
"""User names that say “this is a token” and mean no account."""

Profile = dict[str, Any]


def meant(request: GitRequest, profiles: Sequence[Profile]) -> list[Profile]:
    """Return those of *profiles* that *request* can mean: one, several, or none.

    The user name of the address decides; without one, an owner in the path that is exactly one
    account's user name; else all of them.
    """
    if request.username and request.username.lower() not in CONVENTIONS:
        return [profile for profile in profiles if request.username.casefold() in _names(profile)]
    owner = (request.path or "").strip("/").partition("/")[0].casefold()
    owners = [profile for profile in profiles if owner and owner == _folded(profile["username"])]
    return owners if len(owners) == 1 else list(profiles)


def _names(profile: Profile) -> set[str]:
    names = (profile[name] for name in ("id", "username", "email", "label"))
    return {_folded(name) for name in names if name}


def _folded(name: str | None) -> str:
    return (name or "").casefold()


def repository(request: GitRequest, environment: Mapping[str, str], folder: Path) -> str:
    """Return what a choice of account is remembered for: the address, else the local folder.

    Without ``credential.useHttpPath`` git does not tell the path; then it is the repository that
    git works in, which it names to its children while it clones.
    """
    if request.path:
        return f"{request.origin}/{_repository_path(request.path)}"
    place = environment.get("GIT_DIR") or _git_folder(folder)
    return f"{request.origin} {Path(folder, place).resolve()}" if place else request.origin


def _repository_path(path: str) -> str:
    """Large files (LFS) are asked for below the repository, and belong to it."""
    return path.strip("/").partition("/info/lfs")[0].removesuffix(".git")


def _git_folder(folder: Path) -> str | None:
    for place in (folder, *folder.parents):
        if (found := place / ".git").exists():
            return os.fspath(found)
    return None


def listed(profiles: Iterable[Profile]) -> str:
    """Return the names of *profiles* for a sentence, each with its id."""
    return ", ".join(
        f"{profile['username'] or profile['email'] or profile['subject']}"
        f" at {profile['provider']} ({profile['id']})"
        for profile in profiles
    )

"""A recipe: what a program has to be told, and how it is put into the program's own files."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.surroundings import surroundings

_PATIENCE_SECONDS = 30.0
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_BEGIN = "# >>> coatcheck: do not change what is between these lines"
_END = "# <<< coatcheck"
_BLOCK = re.compile(rf"^{re.escape(_BEGIN)}\n.*?^{re.escape(_END)}\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a program has to be told.

    Attributes:
        text: The whole of it, as the program reads it.
        install: Puts it in place and returns a sentence for each thing that it did.
        remove: Takes it away again, and says so in the same way.
        note: What stands in *text* as an example alone, because no account here fits; it is there
            to be read, not to be installed.
    """

    text: str
    install: Callable[[], list[str]]
    remove: Callable[[], list[str]]
    note: str = ""


def no_recipe(message: str) -> ApiError:
    """Return the error for a recipe that can't be made yet; *message* says what is missing."""
    return ApiError({"error": "no_recipe", "message": message})


def accounts(client: Client, name: str | None) -> list[dict[str, Any]]:
    """Return the account that *name* means, or all that can lend tokens."""
    if name is not None:
        return [client.get(f"/v1.0/profiles/{quote(name, safe='@')}")]
    found = client.get("/v1.0/profiles", limit="1000")["profiles"]
    return [profile for profile in found if profile["status"] != "revoked"]


def provider_of(client: Client, profile: dict[str, Any]) -> dict[str, Any]:
    """Return the provider of *profile*; an empty one where its entry is gone."""
    try:
        found: dict[str, Any] = client.get(f"/v1.0/providers/{quote(profile['provider'], safe='')}")
    except ApiError as error:
        if error.code != "not_found":
            raise
        return {"serves": {}, "token_hosts": []}
    return found


def names(profiles: list[dict[str, Any]], *after: str) -> dict[str, str]:
    """Return what each account is called in other programs' files, by its id; no two alike.

    Args:
        profiles: The accounts.
        after: What they are named after: the first of these parts that an account has.
    """
    found: dict[str, str] = {}
    for profile in profiles:
        user = next(filter(None, map(profile.get, after)), profile["subject"])
        parts = ("coatcheck", user, profile["provider"], profile["id"])
        wanted = [_name("-".join(parts[:length])) for length in (2, 3, 4)]
        found[profile["id"]] = next(name for name in wanted if name not in found.values())
    return found


def _name(text: str) -> str:
    return _NOT_NAME.sub("-", text.lower()).strip("-")


def run(*command: str, fine: tuple[int, ...] = (0,)) -> str:
    """Run a program that keeps its own configuration, and return what it prints.

    Raises:
        ApiError: It is not there, or its exit status is not a *fine* one.
    """
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=surroundings(),
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise no_recipe(f"{command[0]} does not end.") from error
    except FileNotFoundError as error:
        message = f"{command[0]} is not installed. Install it, or add --print."
        raise no_recipe(message) from error
    if done.returncode not in fine:
        raise no_recipe(done.stderr.strip() or f"{command[0]} failed.")
    return done.stdout


def keep_block(path: Path, text: str) -> str | None:
    """Keep *text* in *path* between two marks; everything else in the file stays as it is.

    Returns:
        What was done, or None where the file says it already.
    """
    block = f"{_BEGIN}\n{text.rstrip()}\n{_END}\n"
    # A link, as people have who keep such files elsewhere, stays one.
    place = Path(os.path.realpath(path))
    old = place.read_text("utf-8") if place.exists() else ""
    new = _with_block(old, block)
    if new == old:
        return None
    _replace(place, new)
    return f"Wrote {path}." if not old else f"Added to {path}, between two marked lines."


def drop_block(path: Path) -> str | None:
    """Take away what `keep_block` put into *path*; a file that holds nothing else goes.

    Returns:
        What was done, or None where there was nothing of ours.
    """
    place = Path(os.path.realpath(path))
    old = place.read_text("utf-8") if place.exists() else ""
    new = _BLOCK.sub("", old)
    if new == old:
        return None
    if new.strip():
        _replace(place, f"{new.rstrip()}\n")
        return f"Took our lines out of {path}."
    place.unlink()
    return f"Removed {path}."


def _replace(place: Path, text: str) -> None:
    """Write all of it or nothing, for nobody else's eyes if it was not there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o600
    fresh = place.with_name(f"{place.name}.coatcheck")
    fresh.write_text(text, "utf-8")
    fresh.chmod(mode)
    fresh.replace(place)


def _with_block(old: str, block: str) -> str:
    if _BLOCK.search(old):
        return _BLOCK.sub(lambda _: block, old, count=1)
    return f"{old.rstrip()}\n\n{block}" if old.strip() else block

"""The recipe for rclone: a remote for the person's files, whose token it asks us for."""

from __future__ import annotations

import argparse
import re
import shlex
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from desktop_app.cli.borrowing import wrong_usage
from desktop_app.cli.client import Client
from desktop_app.cli.recipe import Recipe, accounts, names, no_recipe, provider_of, run

_OURS = re.compile(r"(?:coatcheck(?:\.exe)?|main\.py)\"?(?: .*)? token \S+$")
_EXAMPLE = "https://cloud.example/remote.php/dav/files/me"
_NOTE = (
    "No account here has files over WebDAV that are known. Put the address of yours in the place "
    "of “url”, and the account that 'coatcheck profiles' lists behind “token”."
)
_NOTHING_LEFT = "rclone does not ask Coatcheck. Nothing was changed."
_NOTHING_NEW = "rclone asks Coatcheck already. Nothing was changed."


def rclone_recipe(client: Client, command: str, arguments: argparse.Namespace) -> Recipe:
    """Return rclone's recipe.

    Raises:
        ApiError: No account has files over WebDAV that are known, and no address was given.
    """
    profiles = accounts(client, arguments.profile)
    called = names(profiles, "username", "email")
    found = [_remote(client, each, called[each["id"]], command, arguments) for each in profiles]
    remotes = {name: values for remote in found if remote for name, values in [remote]}
    if not (remotes or arguments.remove or arguments.print):
        raise no_recipe("No account here has files over WebDAV. Name one, with --url ADDRESS.")
    shown = remotes or _example(command, arguments)
    text = "\n".join(_section(name, values) for name, values in shown.items())
    note = "" if remotes else _NOTE
    return Recipe(text=text, install=partial(_install, remotes), remove=_remove, note=note)


def _remote(
    client: Client,
    profile: dict[str, Any],
    name: str,
    command: str,
    arguments: argparse.Namespace,
) -> tuple[str, dict[str, str]] | None:
    address = arguments.url or provider_of(client, profile)["serves"].get("webdav")
    user = profile["username"] or profile["email"] or profile["subject"]
    if not address:
        return None
    url = address.replace("{username}", quote(user, safe=""))
    return name, _values(url, f"{command} token {profile['id']}")


def _values(url: str, command: str) -> dict[str, str]:
    if urlsplit(url).scheme not in {"http", "https"} or not url.isprintable() or " " in url:
        raise wrong_usage(f"“{url}” is no address of files.")
    vendor = "nextcloud" if "/remote.php/" in url else "other"
    token = _word_list(command)
    return {"type": "webdav", "url": url, "vendor": vendor, "bearer_token_command": token}


def _example(command: str, arguments: argparse.Namespace) -> dict[str, dict[str, str]]:
    account = arguments.profile or "ACCOUNT"
    return {"coatcheck-files": _values(arguments.url or _EXAMPLE, f"{command} token {account}")}


def _word_list(command: str) -> str:
    """Source: rclone's ``SpaceSepList``: words between spaces, or in double quotes."""
    words = [word.replace('"', '""') for word in shlex.split(command)]
    return " ".join(f'"{word}"' if " " in word or '"' in word else word for word in words)


def _section(name: str, values: dict[str, str]) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {value}" for key, value in values.items()), ""])


def _install(remotes: dict[str, dict[str, str]]) -> list[str]:
    shown = run("rclone", "config", "show")
    done = [
        _create(name, values) for name, values in remotes.items() if not _has(shown, name, values)
    ]
    return done or [_NOTHING_NEW]


def _has(shown: str, name: str, values: dict[str, str]) -> bool:
    section = shown.partition(f"[{name}]\n")[2].partition("\n[")[0].splitlines()
    return all(f"{key} = {value}" in section for key, value in values.items())


def _remove() -> list[str]:
    """Only remotes that ask us: a person may have given one of their own such a name."""
    sections = run("rclone", "config", "show").split("\n[")
    ours = [text.lstrip("[").partition("]")[0] for text in sections if _asks_us(text)]
    for name in ours:
        run("rclone", "config", "delete", name)
    return [f"Removed the remote “{name}”." for name in ours] or [_NOTHING_LEFT]


def _asks_us(section: str) -> bool:
    found = re.search(r"^bearer_token_command = (.*)$", section, re.MULTILINE)
    return found is not None and _OURS.search(found[1]) is not None


def _create(name: str, values: dict[str, str]) -> str:
    rest = [f"{key}={value}" for key, value in values.items() if key != "type"]
    run("rclone", "config", "create", "--non-interactive", name, values["type"], *rest)
    return f"Made the remote “{name}”. Try: rclone ls {name}:"

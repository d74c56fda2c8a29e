"""The recipe for git: for each host whose tokens are here, it asks us and no other helper."""

from __future__ import annotations

import argparse
import re
from functools import partial
from typing import Any

from desktop_app.cli.client import Client
from desktop_app.cli.recipe import Recipe, accounts, no_recipe, run

# Others' helpers end alike: GitHub's own is “!gh auth git-credential”.
_OURS = re.compile(r"""^!.*(?:coatcheck(?:\.exe)?|main\.py)['"]?(?: .*)? git-credential$""")
_ANY_HELPER = r"^credential\..+\.helper$"


def git_recipe(client: Client, command: str, arguments: argparse.Namespace) -> Recipe:
    """Return git's recipe.

    An empty helper first: another one would keep our short-lived token, some in a plain file,
    and give it out when it is long over. It counts for these hosts alone.

    Raises:
        ApiError: There is no account yet whose tokens git could use.
    """
    hosts = _hosts(client, arguments.profile)
    if not hosts and not arguments.remove:
        message = "No account here is one for git. Connect one first, or say its token_hosts."
        raise no_recipe(message)
    helper = f"!{command} git-credential"
    text = "\n".join(_section(host, helper) for host in hosts)
    return Recipe(text=text, install=partial(_install, hosts, helper), remove=_remove)


def _hosts(client: Client, name: str | None) -> list[str]:
    """The places of accounts that are for code, or that the person described themselves."""
    connected = {profile["provider"] for profile in accounts(client, name)}
    providers = client.get("/v1.0/providers")["providers"]
    found = [each for each in providers if each["id"] in connected and _is_for_git(each)]
    return sorted({host for provider in found for host in provider["token_hosts"]})


def _is_for_git(provider: dict[str, Any]) -> bool:
    return bool(provider["category"] == "code" or provider["origin"] == "own")


def _section(host: str, helper: str) -> str:
    lines = [f'[credential "{host}"]', "helper =", f"helper = {_quoted(helper)}"]
    return "\n\t".join([*lines, "useHttpPath = true"])


def _quoted(value: str) -> str:
    """Source: git-config(1), "Syntax": values with quotes, backslashes or comment signs."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _install(hosts: list[str], helper: str) -> list[str]:
    done = [sentence for host in hosts for sentence in _install_host(host, helper)]
    return done or ["Git asks Coatcheck already. Nothing was changed."]


def _install_host(host: str, helper: str) -> list[str]:
    key, done = f"credential.{host}.helper", []
    values = _values(key)
    if values[-2:] != ["", helper]:
        done.append(f"For {host}, git asks Coatcheck. Your helpers for other hosts stay.")
        _put(key, [*_without_ours(values), "", helper])
    # With the path, accounts can be told apart by repository.
    if not _values(f"credential.{host}.useHttpPath"):
        run("git", "config", "--global", f"credential.{host}.useHttpPath", "true")
        done.append(f"For {host}, git says which repository it asks for.")
    return done


def _remove() -> list[str]:
    """Wherever we are asked, also for hosts whose accounts have gone."""
    told = run("git", "config", "--global", "--null", "--get-regexp", _ANY_HELPER, fine=(0, 1))
    pairs = [each.partition("\n") for each in told.split("\0")]
    keys = dict.fromkeys(key for key, _, value in pairs if _OURS.match(value))
    done = [_remove_host(key) for key in keys]
    return done or ["Git does not ask Coatcheck. Nothing was changed."]


def _remove_host(key: str) -> str:
    _put(key, _without_ours(_values(key)))
    path = f"{key.removesuffix('.helper')}.useHttpPath"
    run("git", "config", "--global", "--unset-all", path, fine=(0, 5))
    host = key.removeprefix("credential.").removesuffix(".helper")
    return f"For {host}, git asks whom it asked before."


def _without_ours(values: list[str]) -> list[str]:
    """Leave out our helper, and the empty one before it that sends others away."""
    kept: list[str] = []
    for value in values:
        if not _OURS.match(value):
            kept.append(value)
        elif kept[-1:] == [""]:
            kept.pop()
    return kept


def _put(key: str, values: list[str]) -> None:
    """Let *values* be all of *key*; git's status 5 says that there was none before."""
    run("git", "config", "--global", "--unset-all", key, fine=(0, 5))
    for value in values:
        run("git", "config", "--global", "--add", key, value)


def _values(key: str) -> list[str]:
    """Every value of *key*, NUL-separated, since an empty one matters; status 1 is none."""
    found = run("git", "config", "--global", "--null", "--get-all", key, fine=(0, 1))
    return found.split("\0")[:-1]

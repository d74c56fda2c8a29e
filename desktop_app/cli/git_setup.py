"""The recipe for git: for each host whose tokens are here, it asks us and no other helper."""

from __future__ import annotations

import argparse
import re
from functools import partial
from typing import Any

from desktop_app.cli.client import Client
from desktop_app.cli.git_configuration import GitConfiguration, changing
from desktop_app.cli.recipe import Recipe, accounts, no_recipe

# Others' helpers end alike: GitHub's own is “!gh auth git-credential”.
_OURS = re.compile(r"""^!.*(?:coatcheck(?:\.exe)?|main\.py)['"]?(?: .*)? git-credential$""")
_EXAMPLE = "https://git.example"
_NOTE = (
    f"No account here is one for git yet. Put your server in the place of {_EXAMPLE}, "
    "and connect an account whose tokens may go there."
)
_ANY_HELPER = r"^credential\..+\.helper$"


def git_recipe(client: Client, command: str, arguments: argparse.Namespace) -> Recipe:
    """Return git's recipe.

    An empty helper first: another one would keep our short-lived token, some in a plain file,
    and give it out when it is long over. It counts for these hosts alone.

    Raises:
        ApiError: There is no account yet whose tokens git could use.
    """
    hosts = _hosts(client, arguments.profile)
    if not (hosts or arguments.remove or arguments.print):
        message = "No account here is one for git. Connect one first, or say its token_hosts."
        raise no_recipe(message)
    helper = f"!{command} git-credential"
    text = "\n".join(_section(host, helper) for host in hosts or [_EXAMPLE])
    note = "" if hosts else _NOTE
    return Recipe(text=text, install=partial(_install, hosts, helper), remove=_remove, note=note)


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
    with changing() as git:
        done = [sentence for host in hosts for sentence in _install_host(git, host, helper)]
    return done or ["Git asks Coatcheck already. Nothing was changed."]


def _install_host(git: GitConfiguration, host: str, helper: str) -> list[str]:
    key, done = f"credential.{host}.helper", []
    values = git.values(key)
    if values[-2:] != ["", helper]:
        done.append(f"For {host}, git asks Coatcheck. Your helpers for other hosts stay.")
        git.put(key, [*_without_ours(values), "", helper])
    # With the path, accounts can be told apart by repository.
    if not git.values(f"credential.{host}.useHttpPath"):
        git.put(f"credential.{host}.useHttpPath", ["true"])
        done.append(f"For {host}, git says which repository it asks for.")
    return done


def _remove() -> list[str]:
    """Wherever we are asked, also for hosts whose accounts have gone."""
    with changing() as git:
        helpers = git.matching(_ANY_HELPER)
        keys = dict.fromkeys(key for key, value in helpers if _OURS.match(value))
        done = [_remove_host(git, key) for key in keys]
    return done or ["Git does not ask Coatcheck. Nothing was changed."]


def _remove_host(git: GitConfiguration, key: str) -> str:
    git.put(key, _without_ours(git.values(key)))
    git.put(f"{key.removesuffix('.helper')}.useHttpPath", [])
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

"""Which command does what, and what its failure means."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import fail
from desktop_app.cli.running import StartFailedError
from desktop_app.config import Config

COMMANDS: dict[str, str] = {
    "status": "program:status",
    "lock": "program:lock",
    "unlock": "program:unlock",
    "providers": "accounts:list_providers",
    "profiles": "accounts:list_profiles",
    "sign-in": "accounts:sign_in",
    "token": "accounts:token",
    "oauth1-sign": "accounts:oauth1_sign",
    "revoke": "revocations:revoke",
    "run": "lent_command:run",
    "git-credential": "git_credential:git_credential",
    "sasl": "sasl:sasl",
    "setup": "setup:setup",
    "mcp": "mcp:mcp",
    "allow": "lending:allow",
    "deny": "lending:deny",
    "programs": "lending:programs",
    "activity": "lending:activity",
    "backup": "backups:backup",
    "restore": "backups:restore",
}
"""Each command's module and function: one alone is brought in, so that it starts at once."""


def run(arguments: argparse.Namespace, config: Config) -> int:
    """Carry out one command and return its exit status."""
    try:
        return int(_function(arguments.command)(arguments, config))
    except ApiError as error:
        message = _message(arguments, error)
        told = {**error.body, "error": error.code, "message": message}
        return fail(arguments, error.code, message, told)
    except NotRunningError:
        return fail(arguments, "not_running", _not_running(config))
    except StartFailedError as error:
        return fail(arguments, error.code, error.message)
    except KeyboardInterrupt:
        return Exit.FAILED


def _function(command: str) -> Any:
    module, _, name = COMMANDS[command].partition(":")
    return getattr(import_module(f"desktop_app.cli.{module}"), name)


def _message(arguments: argparse.Namespace, error: ApiError) -> str:
    """Return the API's sentence, or a better one where a name that was given fits nothing."""
    if error.code == "not_found":
        for kind in ("profile", "provider"):
            if name := getattr(arguments, kind, None):
                return f"There is no {kind} “{name}”. 'coatcheck {kind}s' lists them."
    if "path" in error.body and error.code == "wrong_key_file" and _key_file(arguments):
        # The program knows what is in it, and names the one that it remembers.
        path = _key_file(arguments)
        return f"The key file {path} does not open this data folder. Name the right one."
    return error.message


def _key_file(arguments: argparse.Namespace) -> str | None:
    return getattr(arguments, "key_file", None)


def _not_running(config: Config) -> str:
    advice = "Start it first." if config.auto_start else "Start it, or leave out --no-start."
    return f"Coatcheck is not running. {advice}"

"""Which command does what, and what its failure means."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from desktop_app.cli import accounts, program
from desktop_app.cli.arguments import LATER
from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import fail
from desktop_app.cli.running import StartFailedError
from desktop_app.config import Config


def _not_yet(arguments: argparse.Namespace, config: Config) -> int:
    message = f"“{arguments.command}” is not there yet. 'coatcheck --help' lists what is."
    return fail(arguments, "not_there_yet", message)


COMMANDS: dict[str, Callable[[argparse.Namespace, Config], int]] = {
    "status": program.status,
    "lock": program.lock,
    "unlock": program.unlock,
    "providers": accounts.list_providers,
    "profiles": accounts.list_profiles,
    "sign-in": accounts.sign_in,
    "token": accounts.token,
    "oauth1-sign": accounts.oauth1_sign,
    "revoke": accounts.revoke,
    **dict.fromkeys(LATER, _not_yet),
}


def run(arguments: argparse.Namespace, config: Config) -> int:
    """Carry out one command and return its exit status."""
    try:
        return COMMANDS[arguments.command](arguments, config)
    except ApiError as error:
        return fail(arguments, error.code, _message(arguments, error), error.body)
    except NotRunningError:
        return fail(arguments, "not_running", _not_running(config))
    except StartFailedError as error:
        return fail(arguments, error.code, error.message)
    except KeyboardInterrupt:
        return Exit.FAILED


def _message(arguments: argparse.Namespace, error: ApiError) -> str:
    """Return the API's sentence, or a better one where a name that was given fits nothing."""
    if error.code == "not_found":
        for kind in ("profile", "provider"):
            if name := getattr(arguments, kind, None):
                return f"There is no {kind} “{name}”. 'coatcheck {kind}s' lists them."
    return error.message


def _not_running(config: Config) -> str:
    advice = "Start it first." if config.auto_start else "Start it, or leave out --no-start."
    return f"Coatcheck is not running. {advice}"

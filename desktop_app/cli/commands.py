"""Which command does what, and what its failure means."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from desktop_app.cli import accounts, program
from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import fail
from desktop_app.cli.running import StartFailedError
from desktop_app.config import Config

_NOT_RUNNING = "Coatcheck is not running. Start it, or leave out --no-start."

COMMANDS: dict[str, Callable[[argparse.Namespace, Config], int]] = {
    "status": program.status,
    "lock": program.lock,
    "unlock": program.unlock,
    "providers": accounts.list_providers,
    "profiles": accounts.list_profiles,
    "sign-in": accounts.sign_in,
    "token": accounts.token,
    "revoke": accounts.revoke,
}


def run(arguments: argparse.Namespace, config: Config) -> int:
    """Carry out one command and return its exit status."""
    try:
        return COMMANDS[arguments.command](arguments, config)
    except ApiError as error:
        return fail(arguments, error.code, error.message, error.body)
    except NotRunningError:
        return fail(arguments, "not_running", _NOT_RUNNING)
    except StartFailedError as error:
        fail(arguments, "failed", str(error) or "Coatcheck could not be started.")
        return error.status or Exit.FAILED
    except KeyboardInterrupt:
        return Exit.FAILED

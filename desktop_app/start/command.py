"""Which way to start, and what is said when it can't be."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

from desktop_app.cli.exits import Exit
from desktop_app.cli.output import fail
from desktop_app.config import Config
from desktop_app.errors import AppError
from desktop_app.logs import set_up_logs
from desktop_app.start.signals import signals_interrupt
from desktop_app.window.display import has_screen
from desktop_app.window.failure import show_failure

_log = logging.getLogger(__name__)


def start(arguments: argparse.Namespace, config: Config) -> int:
    """Start as *arguments* and *config* say and return the exit status."""
    try:
        with signals_interrupt():
            return _start(arguments, config)
    except AppError as error:
        return _fail(error, arguments, config)
    except KeyboardInterrupt:
        return Exit.FAILED
    except Exception:  # noqa: BLE001 - logged, and told to the person
        # After a double-click there is no terminal to read a traceback in.
        _log.exception("the start failed")
        return _fail(AppError(), arguments, config)


def _start(arguments: argparse.Namespace, config: Config) -> int:
    command = arguments.command
    if command == "demo":
        return _demonstrate(config)
    if command == "doctor":
        from desktop_app.start.doctor import examine

        return examine(config, as_json=getattr(arguments, "json", False))
    config.folder.make()
    set_up_logs(config.log_level, config.folder.log_file)
    if config.has_window and has_screen():
        from desktop_app.start.in_front import run_in_front

        return run_in_front(config)
    if config.has_window:
        print("There is no screen here, so Coatcheck serves without a window.", file=sys.stderr)
    from desktop_app.start.without_window import serve_without_window

    return serve_without_window(config)


def _demonstrate(config: Config) -> int:
    from desktop_app.start.demonstration import demonstrate

    set_up_logs(config.log_level)
    return asyncio.run(demonstrate(config))


def _fail(error: AppError, arguments: argparse.Namespace, config: Config) -> int:
    status = fail(arguments, error.code, error.message)
    if arguments.command is None and config.has_window and has_screen():
        show_failure(error.message)
    return status

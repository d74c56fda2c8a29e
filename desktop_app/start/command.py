"""Which way to start, and what is said when it can't be."""

from __future__ import annotations

import argparse
import asyncio
import sys

from desktop_app.cli.exits import exit_for
from desktop_app.config import Config
from desktop_app.errors import AppError
from desktop_app.logs import set_up_logs
from desktop_app.window.display import has_screen
from desktop_app.window.failure import show_failure


def start(arguments: argparse.Namespace, config: Config) -> int:
    """Start as *arguments* and *config* say and return the exit status."""
    try:
        return _start(arguments, config)
    except AppError as error:
        return _fail(error, config)


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


def _fail(error: AppError, config: Config) -> int:
    print(f"coatcheck: {error.message}", file=sys.stderr)
    if config.has_window and has_screen():
        show_failure(error.message)
    return exit_for(error.code)

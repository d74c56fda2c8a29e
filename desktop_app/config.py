"""What the command line and the environment ask for, as one value."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop_app.paths import DataFolder, default_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How this start of Coatcheck was asked to behave.

    Attributes:
        port: For the server; 0 is any free one.
        key_file: Keep the data key in this file, an explicit choice.
        passphrase_stdin: Unlock with the first line of standard input.
        use_browser: False means that no browser may be opened.
        auto_start: False means that a command never starts the program.
        has_window: False serves without a window.
    """

    folder: DataFolder
    port: int = 0
    key_file: Path | None = None
    passphrase_stdin: bool = False
    use_browser: bool = True
    auto_start: bool = True
    has_window: bool = True
    log_level: str = "WARNING"


def read_config(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Config:
    """Put *arguments* and *environment* together; arguments win."""
    key_file = getattr(arguments, "key_file", None)
    return Config(
        folder=DataFolder(_root(arguments, environment)),
        port=getattr(arguments, "port", 0),
        key_file=Path(key_file).absolute() if key_file else None,
        passphrase_stdin=getattr(arguments, "passphrase_stdin", False),
        use_browser=not getattr(arguments, "no_browser", False),
        auto_start=not getattr(arguments, "no_start", False),
        has_window=not getattr(arguments, "no_window", False),
        log_level=getattr(arguments, "log_level", "WARNING"),
    )


def _root(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Path:
    named = getattr(arguments, "data_dir", None) or environment.get("COATCHECK_HOME")
    # Made absolute but not resolved: a link to another disk is the person's own choice.
    return Path(os.path.abspath(named)) if named else default_root()  # noqa: PTH100

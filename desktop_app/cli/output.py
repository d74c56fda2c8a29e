"""How commands print: an answer of the API, a table, or why something failed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from desktop_app.cli.exits import Exit, exit_for


def wants_json(arguments: argparse.Namespace) -> bool:
    """Return whether ``--json`` was given."""
    return bool(getattr(arguments, "json", False))


def show(answer: Any) -> int:
    """Print the body of an API answer as one line of JSON."""
    print(json.dumps(answer, ensure_ascii=False))
    return Exit.DONE


def table(rows: Iterable[Iterable[object]]) -> int:
    """Print *rows* with a tab between cells, so that ``cut`` and ``awk`` can read them."""
    for row in rows:
        print("\t".join(str(cell) for cell in row))
    return Exit.DONE


def fail(
    arguments: argparse.Namespace, code: str, message: str, body: dict[str, Any] | None = None
) -> int:
    """Say what went wrong, as JSON or as a sentence, and return the exit status for it."""
    if wants_json(arguments):
        show(body or {"error": code, "message": message})
    else:
        print(f"coatcheck: {message}", file=sys.stderr)
    return exit_for(code)

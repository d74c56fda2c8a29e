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
    text = json.dumps(answer, ensure_ascii=False)
    # JSON's own escapes, also for what JSON would let stand: a terminal acts on U+009B.
    print("".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text))
    return Exit.DONE


def table(rows: Iterable[Iterable[object]]) -> int:
    """Print *rows* with a tab between cells, so that ``cut`` and ``awk`` can read them."""
    for row in rows:
        print("\t".join(plain(str(cell)) for cell in row))
    return Exit.DONE


def plain(text: str) -> str:
    """Return *text* in one line, without anything that a terminal would act on.

    What accounts and programs are called was chosen by somebody else: an escape sequence could
    rewrite the screen, a line break could pass for another row.
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def fail(
    arguments: argparse.Namespace, code: str, message: str, body: dict[str, Any] | None = None
) -> int:
    """Say what went wrong, as JSON or as a sentence, and return the exit status for it."""
    if wants_json(arguments):
        show(body or {"error": code, "message": message})
    else:
        lines = "\n".join(map(plain, message.splitlines()))
        print(f"coatcheck: {lines}", file=sys.stderr)
    return exit_for(code)

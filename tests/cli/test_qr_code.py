"""A QR code in the terminal, and only there."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import segno

from tests.support.program import clean_environment

ROOT = Path(__file__).parents[2]
ADDRESS = "https://device.example/activate?user_code=WDJB-MJHT"
_DRAW = (
    "import sys; from desktop_app.cli.qr_code import show_qr_code; "
    "show_qr_code(sys.argv[1], sys.stderr); print('segno' in sys.modules)"
)
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def drawn(*, columns: int = 80, encoding: str = "utf-8") -> tuple[str, bool]:
    """Return what is drawn on a terminal, and whether the library was brought in."""
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _DRAW, ADDRESS],
            stdout=subprocess.PIPE,
            stderr=theirs,
            cwd=ROOT,
            env={**clean_environment(), "COLUMNS": str(columns), "PYTHONIOENCODING": encoding},
            timeout=120,
            check=True,
        )
        os.write(theirs, b".")
        text = b""
        while not text.endswith(b"."):
            text += os.read(ours, 65536)
    finally:
        os.close(ours)
        os.close(theirs)
    return text[:-1].decode(), done.stdout == b"True\n"


def test_the_address_is_drawn_as_a_code_that_can_be_read() -> None:
    text, _ = drawn()
    rows = [_ESCAPE.sub("", line) for line in text.splitlines()]
    code = segno.make(ADDRESS, micro=False, error="m")
    size = code.symbol_size(border=2)[0]
    # Half blocks: two rows of the code in each line of the terminal.
    assert {len(row) for row in rows} == {size}
    assert len(rows) == (size + 1) // 2
    expected = io.StringIO()
    code.terminal(expected, border=2, compact=True)
    assert rows == [_ESCAPE.sub("", line) for line in expected.getvalue().splitlines()]


def test_a_narrow_terminal_or_one_without_its_letters_shows_none() -> None:
    assert drawn(columns=20)[0] == ""
    assert drawn(encoding="ascii") == ("", False)


def test_what_is_no_terminal_gets_none_and_brings_nothing_in() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DRAW, ADDRESS],
        capture_output=True,
        cwd=ROOT,
        env=clean_environment(),
        timeout=120,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"False\n", b"")

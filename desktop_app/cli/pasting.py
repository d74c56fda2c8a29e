"""Takes the final address of a sign-in from the terminal, where no browser can bring it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from urllib.parse import quote

from desktop_app.cli.client import ApiError, Client, NotRunningError

_STANDARD_INPUT = 0
_CHUNK = 64 * 1024
# A terminal or a file without line ends must not fill the memory.
_LONGEST = 1 << 20
_OVER = frozenset({"sign_in_over", "not_found"})


def take_pasted(client: Client, sign_in_id: str, *, code: bool = False) -> threading.Event:
    """Read addresses from standard input, one a line, until one is taken; do not wait for it.

    Returns:
        What is set where standard input ended before that: nothing more can come.

    With *code* the provider shows a code instead, and that is what is read.

    In a thread that the program's end does not wait for: the sign-in may also end in the window
    or by itself, and a read from a terminal can't be given up.
    """
    kind = "code" if code else "url"
    at_end = threading.Event()
    work = (client, sign_in_id, kind, at_end)
    threading.Thread(target=_take, args=work, daemon=True).start()
    return at_end


def _take(client: Client, sign_in_id: str, kind: str, at_end: threading.Event) -> None:
    what = "paste the final address here" if kind == "url" else "type the code that it shows"
    print(f"Sign in there, then {what}:", file=sys.stderr, flush=True)
    for pasted in _lines():
        if pasted and _is_settled(client, sign_in_id, {kind: pasted}):
            return
    at_end.set()


def _is_settled(client: Client, sign_in_id: str, answer: dict[str, str]) -> bool:
    """Hand *answer* over; a wrong one is told, and the next may be right."""
    try:
        client.post(f"/v1.0/oauth/sign-ins/{quote(sign_in_id, safe='')}/redirect", answer)
    except ApiError as error:
        if error.code in _OVER:
            return True
        print(f"coatcheck: {error.message}", file=sys.stderr, flush=True)
        return False
    except NotRunningError:
        # Whoever waits for the end of the sign-in notices it too.
        return True
    return True


def _lines() -> Iterator[str]:
    # Not sys.stdin: the interpreter aborts if it ends while another thread holds its buffer.
    waiting = b""
    while len(waiting) < _LONGEST and (chunk := _read()):
        *whole, waiting = (waiting + chunk).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace").strip()
    yield waiting.decode("utf-8", "replace").strip()


def _read() -> bytes:
    try:
        return os.read(_STANDARD_INPUT, _CHUNK)
    except OSError:
        # Closed, or not to be read from in the background.
        return b""

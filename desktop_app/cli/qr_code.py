"""A QR code in the terminal, for the telephone that the person holds before it."""

from __future__ import annotations

import shutil
from typing import TextIO

_BORDER = 2


def show_qr_code(address: str, stream: TextIO) -> None:
    """Draw *address* on *stream*, if that is a terminal that can show it.

    Elsewhere the address in words has to do: a log or another program has no use for blocks.
    """
    if not (stream.isatty() and (stream.encoding or "").lower().startswith("utf")):
        return
    # Only here: a command is started often, and none of the others draws anything.
    import segno

    code = segno.make(address, micro=False, error="m")
    if code.symbol_size(border=_BORDER)[0] <= shutil.get_terminal_size().columns:
        code.terminal(stream, border=_BORDER, compact=True)
        stream.flush()

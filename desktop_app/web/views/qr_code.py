"""QR codes as the drawing instructions of an inline SVG, which the CSP lets through."""

from __future__ import annotations

from dataclasses import dataclass

# The standard wants four; the page's own padding gives the other two and more.
_QUIET_MODULES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCodeView:
    """A QR code.

    Attributes:
        box: The ``viewBox``, one unit a module.
        path: The dark modules, as the ``d`` of one path.
    """

    box: str
    path: str


def qr_code_view(text: str) -> QrCodeView | None:
    """Return the QR code of *text*; None if it is too long for one."""
    # Few pages have one, and starting must not wait for the library.
    import segno

    try:
        code = segno.make(text, micro=False, error="m")
    except segno.DataOverflowError:
        return None
    rows = [bytes(row) for row in code.matrix]
    size = len(rows) + 2 * _QUIET_MODULES
    path = "".join(_bars(number, row) for number, row in enumerate(rows))
    return QrCodeView(box=f"-{_QUIET_MODULES} -{_QUIET_MODULES} {size} {size}", path=path)


def _bars(number: int, row: bytes) -> str:
    """Return the dark runs of one row: fewer shapes, and no gaps between them."""
    bars, start = [], 0
    while (start := row.find(1, start)) >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        bars.append(f"M{start} {number}h{end - start}v1h-{end - start}z")
        start = end
    return "".join(bars)

"""Where the window stands and how large it is, kept from start to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeVar

_D = TypeVar("_D")
MIN_WIDTH, MIN_HEIGHT = 480, 560
_LARGEST = 16_384
# So much of the window's top must be on a screen for a person to get hold of it.
_GRIP_WIDTH, _GRIP_HEIGHT = 120, 40


class Screen(NamedTuple):
    """A screen's place, in the same pixels as the window's."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """The window's place and size in pixels; no ``x`` and ``y`` means centred."""

    width: int = 1080
    height: int = 720
    x: int | None = None
    y: int | None = None
    maximized: bool = False

    def to_document(self) -> dict[str, Any]:
        """The form in which it is kept among the preferences."""
        return asdict(self)

    def on(self, screens: Sequence[Screen]) -> Geometry:
        """Return this geometry, centred instead if no screen shows the window's top."""
        if self.x is None or self.y is None:
            return self
        if any(self._is_held(self.x, self.y, one) for one in screens):
            return self
        return Geometry(width=self.width, height=self.height, maximized=self.maximized)

    def _is_held(self, x: int, y: int, screen: Screen) -> bool:
        seen_from = max(x, screen.x)
        seen_to = min(x + self.width, screen.x + screen.width)
        top_is_seen = screen.y <= y <= screen.y + screen.height - _GRIP_HEIGHT
        return top_is_seen and seen_to - seen_from >= _GRIP_WIDTH


def read_geometry(document: Mapping[str, Any] | None) -> Geometry:
    """Read what `Geometry.to_document` gave; anything odd in it counts as not there."""
    found = document or {}
    first = Geometry()
    return Geometry(
        width=_number(found.get("width"), MIN_WIDTH, first.width),
        height=_number(found.get("height"), MIN_HEIGHT, first.height),
        x=_number(found.get("x"), -_LARGEST, None),
        y=_number(found.get("y"), -_LARGEST, None),
        maximized=found.get("maximized") is True,
    )


def _number(value: object, least: int, default: _D) -> int | _D:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
        return default
    return value

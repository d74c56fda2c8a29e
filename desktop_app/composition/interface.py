"""What lies beside the package: the window's templates, scripts, styles and languages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_UI: Final = Path(__file__).parent.parent.parent / "ui"

TEMPLATES: Final = _UI / "templates"
STATIC: Final = _UI / "static"
LOCALE: Final = _UI / "locale"

"""The process that seals backups, as the program starts it of itself."""

from __future__ import annotations

from desktop_app.itself import own_command
from desktop_app.vault.age import AgeBox
from desktop_app.vault.age_process import run

__all__ = ["make_age_box", "run"]


def make_age_box() -> AgeBox:
    """Return what seals and opens age files."""
    return AgeBox(own_command("age-file"))

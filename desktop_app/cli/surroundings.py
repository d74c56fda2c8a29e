"""The environment that other programs are started in."""

from __future__ import annotations

import os
import sys

# What the launcher of a packaged program changes for its own libraries.
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


def surroundings() -> dict[str, str]:
    """Return the environment as it was before a packaged program's launcher changed it."""
    found = dict(os.environ)
    for name in _LIBRARY_PATHS:
        original = found.pop(f"{name}_ORIG", None)
        if original is not None:
            found[name] = original
        elif getattr(sys, "frozen", False):
            found.pop(name, None)
    return {name: value for name, value in found.items() if not name.startswith("_PYI_")}

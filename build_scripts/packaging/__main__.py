"""``python -m build_scripts.packaging``: make the packaged program, or say that it is current."""

from __future__ import annotations

import sys

from build_scripts.packaging.builder import build, folder_size


def main() -> int:
    """Build, and say where the program is and how large."""
    executable = build()
    print(f"{executable} ({folder_size(executable.parent) / 1e6:.0f} MB with its folder)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

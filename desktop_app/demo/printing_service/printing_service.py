"""The printing service as a file that is run, so that the system knows it by this name."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # In the place of this file's own folder, which Python puts first.
    sys.path[0] = str(Path(__file__).parents[3])
    from desktop_app.demo.printing_service.__main__ import main

    sys.exit(main())

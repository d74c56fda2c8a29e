"""Run the printing service: ``python -m desktop_app.demo.printing_service``."""

from __future__ import annotations

import sys

from desktop_app.demo.printing_service.job import main

if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout))

"""Run the printing service: ``python -m desktop_app.demo.printing_service``."""

from __future__ import annotations

import sys

from desktop_app.demo.printing_service.job import do_job


def main() -> int:
    """Do the job on standard input and return the exit status."""
    return do_job(sys.stdin.buffer, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())

"""The program on a computer whose clock the test moves on, as if it had slept.

The first argument names a file that holds how many seconds have passed unseen.
"""

from __future__ import annotations

import datetime
import sys
import time
from pathlib import Path

SLEPT = Path(sys.argv[1])
_now = time.time
_moments = datetime.datetime


def _after_sleep() -> float:
    return _now() + (float(SLEPT.read_text()) if SLEPT.exists() else 0.0)


class _AnyMoment(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _moments)


class _Moments(_moments, metaclass=_AnyMoment):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return _moments.fromtimestamp(time.time(), tz)


time.time = _after_sleep
datetime.datetime = _Moments  # type: ignore[misc]

# Only now: whoever imports the clock takes this one.
from desktop_app.start.leaving import leave  # noqa: E402
from main import main  # noqa: E402

if __name__ == "__main__":
    leave(main(sys.argv[2:]))

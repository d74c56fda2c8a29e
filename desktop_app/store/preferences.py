"""What is needed before unlocking and is no secret: language, theme, window, auto-lock."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktop_app.files import move_aside, open_file, replace_file
from desktop_app.store.errors import as_store_error

_logger = logging.getLogger(__name__)
_MOST_BYTES = 1 << 16


class Preferences:
    """Implements ``services.ports.PreferenceStore`` as a plain JSON file.

    A file that can't be understood is kept aside and the defaults hold: nothing in it is
    worth a failed start.

    Args:
        path: ``preferences.json``.
        defaults: What holds where the file says nothing.
    """

    def __init__(self, path: Path, *, defaults: Mapping[str, Any] | None = None) -> None:
        self._path = path
        self._defaults = dict(defaults or {})
        self._lock = threading.Lock()
        self._values = self._load()

    def get(self) -> Mapping[str, Any]:
        """Return all values, the defaults included."""
        return self._defaults | self._values

    async def save(self, values: Mapping[str, Any]) -> None:
        """Change the named values and leave the others; on the disk when it returns.

        Raises:
            DiskFullError: No room; nothing has changed.
            StoreError: The file can't be written; nothing has changed.
        """
        await asyncio.to_thread(self.save_now, values)

    def save_now(self, values: Mapping[str, Any]) -> None:
        """Do the same for a thread without a loop, such as the window's.

        Raises:
            DiskFullError: No room; nothing has changed.
            StoreError: The file can't be written; nothing has changed.
        """
        with self._lock:
            after = self._values | dict(values)
            text = json.dumps(after, indent=2, sort_keys=True) + "\n"
            try:
                replace_file(self._path, text.encode("ascii"))
            except OSError as error:
                raise as_store_error(error) from error
            self._values = after

    def _load(self) -> dict[str, Any]:
        try:
            with open_file(self._path) as file:
                values = json.loads(file.read(_MOST_BYTES))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            return self._give_up(type(error).__name__)
        return values if isinstance(values, dict) else self._give_up("not an object")

    def _give_up(self, reason: str) -> dict[str, Any]:
        _logger.warning("the preferences can't be read (%s); the defaults hold", reason)
        try:
            move_aside(self._path, "damaged")
        except OSError as error:
            _logger.warning("they could not be kept aside: %s", type(error).__name__)
        return {}

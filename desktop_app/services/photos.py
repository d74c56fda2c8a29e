"""Keeps the built-in photo service running while the vault is open."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from desktop_app.errors import AppError
from desktop_app.providers.model import Provider

PHOTOS = "photos"
"""Its id in the catalogue."""
PHOTOS_OLDER = "photos-oauth1"
"""The same service through OAuth 1.0a."""

_log = logging.getLogger(__name__)


class Photos(Protocol):
    """The photo service, see ``demo/photo_service/service.py``."""

    async def start(self) -> str:
        """Serve, and return its address."""

    async def stop(self) -> None:
        """End."""

    def provider_values(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what is only known while it runs, by the entry's id."""


class PhotosKeeper:
    """Starts the photo service when the vault opens and stops it before it closes.

    Its keys and grants are sealed in the vault, so it can't run while that is locked.

    Args:
        find: Gives a provider's entry, which has no address of its own.
        set_runtime: Told each entry with its addresses.
    """

    def __init__(
        self,
        photos: Photos,
        *,
        find: Callable[[str], Provider],
        set_runtime: Callable[[Provider], None],
    ) -> None:
        self._photos = photos
        self._find = find
        self._set_runtime = set_runtime

    async def start(self) -> None:
        """Start it; a failure is logged, because everything else works without it."""
        try:
            await self._photos.start()
        except AppError as error:
            _log.warning("the photo service could not start: %s", error.message)
            return
        except Exception:  # noqa: BLE001
            # Its state may come out of a backup that somebody edited; the accounts must open.
            _log.exception("the photo service could not start")
            return
        for provider_id, values in self._photos.provider_values().items():
            self._set_runtime(replace(self._find(provider_id), **values))

    async def stop(self) -> None:
        """Stop it."""
        await self._photos.stop()

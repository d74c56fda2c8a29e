"""The built-in photo service and the printing service that borrows its photos."""

from __future__ import annotations

import secrets
from functools import cached_property
from pathlib import Path

from desktop_app.demo.photo_service.service import PhotoService
from desktop_app.demo.printing import PrintShop
from desktop_app.services.photos import PhotosKeeper
from desktop_app.services.ports import Clock
from desktop_app.services.providers.providers import ProviderService
from desktop_app.store.documents import DocumentStore


class PhotoStory:
    """Both services of the story that the first run tells, made when first asked for.

    Args:
        runtime: ``runtime.json``: the printing service asks for the photos as any program does.
    """

    def __init__(
        self,
        *,
        documents: DocumentStore,
        providers: ProviderService,
        runtime: Path,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._providers = providers
        self._runtime = runtime
        self._clock = clock

    @cached_property
    def keeper(self) -> PhotosKeeper:
        """Starts and stops the photo service, and tells the catalogue where it is."""
        return PhotosKeeper(
            self._service,
            find=self._providers.get,
            set_runtime=self._providers.set_runtime,
        )

    @cached_property
    def printing(self) -> PrintShop:
        """Prints the photos of an account."""
        return PrintShop(runtime=self._runtime, photos_url=lambda: f"{self._service.issuer}/photos")

    @cached_property
    def _service(self) -> PhotoService:
        return PhotoService(
            documents=self._documents, clock=self._clock, random=secrets.token_bytes
        )

"""Whose photos there are, and which of them were deleted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.demo.photo_service.accounts import JANE, NOOR
from desktop_app.demo.ports import Documents

_DOCUMENT = "photos.deleted"
PHOTO_FOLDER = Path(__file__).parent.parent / "photos"
WIDTH, HEIGHT = 960, 640


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture that ships with the program; ``title`` is a msgid."""

    id: str
    subject: str
    title: str

    @property
    def path(self) -> Path:
        """Where its JPEG is."""
        return PHOTO_FOLDER / f"{self.id}.jpg"


PHOTOS = (
    Photo(id="first-light", subject=JANE.subject, title="First light"),
    Photo(id="still-lake", subject=JANE.subject, title="The lake, no wind"),
    Photo(id="pine-ridge", subject=JANE.subject, title="Fog in the pines"),
    Photo(id="high-pass", subject=JANE.subject, title="The high pass"),
    Photo(id="harvest", subject=JANE.subject, title="After the harvest"),
    Photo(id="moonrise", subject=JANE.subject, title="Moonrise"),
    Photo(id="north-sky", subject=NOOR.subject, title="Northern sky"),
    Photo(id="low-tide", subject=NOOR.subject, title="Low tide"),
    Photo(id="dunes", subject=NOOR.subject, title="Dunes at noon"),
    Photo(id="islands", subject=NOOR.subject, title="Seven islands"),
    Photo(id="evening-sea", subject=NOOR.subject, title="Evening sea"),
    Photo(id="winter-field", subject=NOOR.subject, title="A field in January"),
)


class Shelf:
    """The photos of every account, less those that were deleted."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._deleted: frozenset[str] = frozenset()

    def load(self) -> None:
        """Read what earlier runs deleted."""
        document = self._documents.get(_DOCUMENT) or {}
        self._deleted = frozenset(document.get("deleted", ()))

    def photos(self, subject: str) -> tuple[Photo, ...]:
        """Return the photos of *subject*."""
        own = (photo for photo in PHOTOS if photo.subject == subject)
        return tuple(photo for photo in own if photo.id not in self._deleted)

    def find(self, subject: str, photo_id: str) -> Photo | None:
        """Return the photo *photo_id* if it is there and belongs to *subject*."""
        return next((photo for photo in self.photos(subject) if photo.id == photo_id), None)

    def is_complete(self, subject: str) -> bool:
        """Return whether no photo of *subject* was deleted."""
        return not any(p.id in self._deleted for p in PHOTOS if p.subject == subject)

    async def delete(self, photo: Photo) -> None:
        """Take *photo* off the shelf; the file itself stays."""
        await self._save(self._deleted | {photo.id})

    async def put_back(self, subject: str) -> None:
        """Put every deleted photo of *subject* back."""
        own = {photo.id for photo in PHOTOS if photo.subject == subject}
        await self._save(self._deleted - own)

    async def _save(self, deleted: frozenset[str]) -> None:
        await self._documents.save(_DOCUMENT, {"deleted": sorted(deleted)})
        self._deleted = deleted

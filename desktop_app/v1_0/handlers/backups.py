"""``/v1.0/backup`` and ``/v1.0/restore``: everything in one sealed file, and its way back."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import TYPE_CHECKING, Any, ClassVar, cast

from tornado.web import stream_request_body

from desktop_app.errors import InvalidRequestError
from desktop_app.services.backup.backup_errors import BackupTooLargeError
from desktop_app.services.backup.document import MOST_BYTES
from desktop_app.services.backup.restoring import MOST_SEALED, Restoration
from desktop_app.services.lending.loans import Proof
from desktop_app.v1_0.schemas.backups import (
    NOTICE,
    BackupWish,
    PrepareWish,
    RestoreWish,
    prepared_body,
    restoration_body,
)
from desktop_app.v1_0.schemas.lending import ProofBody
from desktop_app.web.backup_file import write_backup
from desktop_app.web.base import ApiHandler
from desktop_app.web.json_body import MAX_BODY, convert, parse_json

if TYPE_CHECKING:
    from desktop_app.services.backup.making import BackupService
    from desktop_app.services.backup.restoring import RestoreService

# Base64 takes four bytes for three; the rest is what else stands in the body.
_MOST_BODY = MOST_SEALED * 4 // 3 + (1 << 20)


class _ProvenHandler(ApiHandler):
    def _read_body(self) -> Any:
        return self._wish(self.request.body, MAX_BODY)

    def _wish(self, body: bytes, most: int) -> Any:
        """Return the body; a program that brings no proof hears of nothing else.

        Raises:
            PersonRequiredError: A program without a proof.
            InvalidRequestError: It is not understood.
        """
        values = parse_json(body, most=most)
        if not values.get("proof"):
            self.require_person()
        return convert(values, self.bodies["POST"])

    def _proof(self, given: ProofBody | None) -> Proof | None:
        """Return what proves the person behind a command; their own session needs none."""
        if given is None or (self.caller is not None and self.caller.is_person):
            return None
        return Proof(passphrase=given.passphrase, key_file=given.key_file)


class BackupHandler(_ProvenHandler):
    """``POST``: make a backup, and answer the age file itself."""

    bodies: ClassVar = {"POST": BackupWish}

    def initialize(self, backups: BackupService) -> None:
        """Take what makes backups."""
        self._backups = backups

    async def post(self) -> None:
        """Seal everything with the passphrase."""
        wish: BackupWish = self.body
        write_backup(self, await self._backups.make(wish.passphrase, self._proof(wish.proof)))


class PreparedBackupHandler(ApiHandler):
    """``POST``: make a backup that the window or the browser then fetches as a file."""

    person_only: ClassVar[bool] = True
    bodies: ClassVar = {"POST": PrepareWish}

    def initialize(self, backups: BackupService) -> None:
        """Take what makes backups."""
        self._backups = backups

    async def post(self) -> None:
        """Make it, and answer where it can be fetched."""
        wish: PrepareWish = self.body
        prepared = await self._backups.prepare(wish.passphrase)
        url = self.reverse_url("backup-file", prepared.id)
        self.set_header("Location", url)
        self.write_json(prepared_body(prepared, url), 201)


@stream_request_body
class RestoreHandler(_ProvenHandler):
    """``POST``: restore a backup, or look into it first.

    The body is longer than any other, so it is taken in only once the caller is known.
    """

    bodies: ClassVar = {"POST": RestoreWish}

    def initialize(self, restores: RestoreService) -> None:
        """Take what restores backups."""
        self._restores = restores
        self._received = bytearray()

    async def prepare(self) -> None:
        """Let the caller in; from then on a long body is taken."""
        await super().prepare()
        # Tornado's type of the connection does not know its limit.
        cast("Any", self.request.connection).set_max_body_size(_MOST_BODY)

    def data_received(self, chunk: bytes) -> None:
        """Take a part of the body."""
        self._received += chunk

    async def post(self) -> None:
        """Restore what was opened before, or open what is given."""
        body = bytes(self._received)
        wish: RestoreWish = await asyncio.to_thread(self._wish, body, _MOST_BODY)
        proof = self._proof(wish.proof)
        found = await (self._known(wish, proof) if wish.id is not None else self._new(wish, proof))
        self.write_json(restoration_body(found, self.locale.translate(NOTICE)))

    def on_finish(self) -> None:
        """Forget the body: it held a passphrase."""
        self._received.clear()
        super().on_finish()

    def _read_body(self) -> None:
        """Nothing yet: the body comes after this."""

    async def _known(self, wish: RestoreWish, proof: Proof | None) -> Restoration:
        if wish.preview:
            return await self._restores.look(wish.id or "", proof)
        return await self._restores.restore(wish.id or "", proof)

    async def _new(self, wish: RestoreWish, proof: Proof | None) -> Restoration:
        if wish.file is None or wish.passphrase is None:
            raise InvalidRequestError("give the file and its passphrase", field="file")
        sealed = await asyncio.to_thread(_decoded, wish.file)
        found = await self._restores.open(sealed, wish.passphrase, proof)
        return found if wish.preview else await self._restores.restore(found.id)


def _decoded(text: str) -> bytes:
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequestError("the file is not base64", field="file") from error
    if len(sealed) > MOST_SEALED:
        raise BackupTooLargeError(MOST_BYTES)
    return sealed

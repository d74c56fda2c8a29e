"""The photo sharing service as a whole: started, stopped, and described to Coatcheck."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Any

from tornado.httpserver import HTTPServer

from desktop_app.bounded_server import BoundedServer
from desktop_app.demo.errors import PhotoPortError
from desktop_app.demo.photo_service.attempts import Attempts
from desktop_app.demo.photo_service.client_rules import CLIENT_ID
from desktop_app.demo.photo_service.codes import AuthorizationCodes
from desktop_app.demo.photo_service.keys import SigningKeys
from desktop_app.demo.photo_service.ledger import Ledger
from desktop_app.demo.photo_service.metadata import server_endpoints, signed_endpoints
from desktop_app.demo.photo_service.oauth1.client import ClientCredentials
from desktop_app.demo.photo_service.oauth1.server import SigningServer
from desktop_app.demo.photo_service.oauth1.temporary import TemporaryBook
from desktop_app.demo.photo_service.oauth1.validator import SignedRequestValidator
from desktop_app.demo.photo_service.server import AuthorizationServer
from desktop_app.demo.photo_service.shelf import Shelf
from desktop_app.demo.photo_service.site import Site
from desktop_app.demo.photo_service.urls import make_application
from desktop_app.demo.photo_service.validator import PhotoRequestValidator
from desktop_app.demo.ports import Clock, Documents, RandomBytes

_HOST = "127.0.0.1"
_DOCUMENT = "photos"
_CLIENT = "photos.client"
_MAX_BODY = 64 * 1024
_MOST_CONNECTIONS = 512


class PhotoService:
    """A provider of this machine's own, for trying everything without an account or internet.

    Its port, keys and grants are kept in *documents*, so that profiles stay good over restarts.
    """

    _client: ClientCredentials
    """Coatcheck's credentials for the older way; there from :meth:`start` on."""

    def __init__(self, *, documents: Documents, clock: Clock, random: RandomBytes) -> None:
        self._documents = documents
        self._clock = clock
        self._random = random
        self._keys = SigningKeys()
        self._ledger = Ledger(documents, clock=clock)
        self._shelf = Shelf(documents)
        self._server: HTTPServer | None = None
        self._port = 0

    @property
    def issuer(self) -> str:
        """Its issuer identifier and address; good after :meth:`start`."""
        return f"http://{_HOST}:{self._port}"

    async def start(self, port: int | None = None) -> str:
        """Serve on *port*, else on the port of the last run, and return the issuer.

        Raises:
            PhotoPortError: If the port is taken and grants are bound to it.
            LockedError: If the store is locked.
        """
        if self._server is not None:
            return self.issuer
        kept = self._documents.get(_DOCUMENT) or {}
        self._keys = SigningKeys(kept.get("keys", ()))
        self._ledger.load()
        self._shelf.load()
        listening = self._bind(port if port is not None else kept.get("port", 0))
        try:
            self._port = listening.getsockname()[1]
            await self._keep_identity()
        except BaseException:
            listening.close()
            raise
        self._serve(listening)
        return self.issuer

    async def stop(self) -> None:
        """Stop serving and close every connection; grants stay."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()
            await server.close_all_connections()

    async def rotate_keys(self) -> None:
        """Sign with a new key from now on; the one before stays published."""
        await self._keys.rotate()
        await self._save_identity()

    def provider_values(self) -> dict[str, dict[str, Any]]:
        """Return the fields of its ``Provider`` entries that are only known while it runs."""
        client = {"client_id": CLIENT_ID, "token_hosts": (self.issuer,)}
        public = {"issuer": self.issuer, "client_authentication": "none"}
        signs = {"client_secret": self._client.secret, "private_key": self._client.private_key}
        return {
            "photos": {**client, **public, **server_endpoints(self.issuer)},
            "photos-oauth1": {**client, **signs, **signed_endpoints(self.issuer)},
        }

    def _bind(self, port: int) -> socket.socket:
        try:
            return _listen(port)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            # A grant names its issuer, and the port is a part of that: no grants, no harm.
            if self._ledger.is_empty():
                return _listen(0)
            raise PhotoPortError(port=port) from error

    async def _keep_identity(self) -> None:
        kept = self._documents.get(_DOCUMENT) or {}
        if not self._keys:
            # Two keys at once, because the person is waiting for the first start.
            await asyncio.gather(self._keys.rotate(), self._keep_client())
        else:
            await self._keep_client()
        if kept.get("port") != self._port or not kept.get("keys"):
            await self._save_identity()

    async def _keep_client(self) -> None:
        kept = self._documents.get(_CLIENT)
        if kept is not None:
            self._client = ClientCredentials.load(kept)
            return
        self._client = await asyncio.to_thread(ClientCredentials.make, self._random)
        await self._documents.save(_CLIENT, self._client.dump())

    async def _save_identity(self) -> None:
        document = {"port": self._port, "keys": self._keys.dump()}
        await self._documents.save(_DOCUMENT, document)

    def _serve(self, listening: socket.socket) -> None:
        application = make_application(self._make_site(), cookie_secret=self._random(32))
        self._server = BoundedServer(application, most=_MOST_CONNECTIONS, max_body_size=_MAX_BODY)
        self._server.add_sockets([listening])

    def _make_site(self) -> Site:
        codes = AuthorizationCodes(clock=self._clock)
        validator = PhotoRequestValidator(
            issuer=lambda: self.issuer,
            ledger=self._ledger,
            codes=codes,
            keys=self._keys,
            clock=self._clock,
            random=self._random,
        )
        return Site(
            issuer=self.issuer,
            port=self._port,
            server=AuthorizationServer(validator, random=self._random),
            signing=self._make_signing(),
            ledger=self._ledger,
            shelf=self._shelf,
            keys=self._keys,
            attempts=Attempts(clock=self._clock),
            clock=self._clock,
        )

    def _make_signing(self) -> SigningServer:
        temporary = TemporaryBook(clock=self._clock)
        validator = SignedRequestValidator(
            client=self._client,
            ledger=self._ledger,
            temporary=temporary,
            clock=self._clock,
            random=self._random,
        )
        return SigningServer(
            validator, ledger=self._ledger, temporary=temporary, random=self._random
        )


def _listen(port: int) -> socket.socket:
    # Tornado's bind_sockets would leave its socket open when the port is taken.
    listening = socket.create_server((_HOST, port))
    listening.setblocking(False)
    return listening

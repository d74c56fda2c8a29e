"""A person's files over WebDAV and one API call, for whoever shows a token that is good."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.introspection import Gatekeeper, shown_token

HELLO = b"Hello from the files.\n"

_FOLDER = b"""<d:response><d:href>/dav/</d:href><d:propstat><d:status>HTTP/1.1 200 OK</d:status>
<d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop></d:propstat></d:response>"""
_FILE = b"""<d:response><d:href>/dav/hello.txt</d:href><d:propstat>
<d:status>HTTP/1.1 200 OK</d:status><d:prop><d:resourcetype/>
<d:getcontentlength>22</d:getcontentlength>
<d:getlastmodified>Thu, 01 Jan 2026 00:00:00 GMT</d:getlastmodified></d:prop></d:propstat>
</d:response>"""


def _listing(path: str) -> bytes:
    """Source: RFC 4918 section 9.1."""
    found = _FILE if path.endswith("hello.txt") else _FOLDER + _FILE
    return b'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">' + found + b"</d:multistatus>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        subject = self._subject()
        if subject and self.path == "/me":
            self._answer(200, json.dumps({"sub": subject}).encode())
        elif subject and self.path == "/dav/hello.txt":
            self._answer(200, HELLO)
        elif subject:
            self._answer(404, b"")

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._subject():
            self._answer(207, _listing(self.path))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _subject(self) -> str | None:
        gatekeeper: Gatekeeper = self.server.gatekeeper  # type: ignore[attr-defined]
        scheme, token = shown_token(self.headers.get("Authorization"))
        subject = gatekeeper.subject(token) if scheme == "bearer" else None
        if subject is None:
            self._answer(401, b"")
        return subject

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/xml" if status == 207 else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def running_files_server(issuer: str) -> Iterator[str]:
    """Serve until the block ends; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.gatekeeper = Gatekeeper(issuer)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

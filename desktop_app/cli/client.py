"""Talks to the running program: over its Unix socket, else over its port with the key."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from typing import Any
from urllib.parse import urlencode

from desktop_app.cli.exchange import BadAnswerError, exchange
from desktop_app.runtime import Runtime

# Longer than the longest wait that the API offers (an approval, a slow provider).
_PATIENCE_SECONDS = 150.0
_BAD_REQUEST = 400


class NotRunningError(Exception):
    """Nobody answers where ``runtime.json`` points."""


class ApiError(Exception):
    """The program's answer was an error: its ``code`` and ``message`` as the API gave them."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.code = str(body.get("error", "failed"))
        self.message = str(body.get("message", "Coatcheck could not do that."))
        self.body = body
        super().__init__(self.message)


class NoAnswerError(ApiError):
    """The program took the request and did not answer it."""

    def __init__(self) -> None:
        message = "Coatcheck runs but does not answer. Try again; if it stays, restart it."
        super().__init__({"error": "not_answering", "message": message})


class Client:
    """One caller of the API.

    Args:
        runtime: Where the program is.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON of a GET.

        Raises:
            ApiError: The API refused, or does not answer.
            NotRunningError: Nobody answers.
        """
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the JSON of a POST; raises like :meth:`get`."""
        return self._call("POST", path, body or {})

    def download(self, path: str, body: dict[str, Any]) -> bytes:
        """Return what a POST answers, whatever that is; raises like :meth:`get`."""
        status, content = self._exchange("POST", path, body)
        if status >= _BAD_REQUEST:
            _read(status, content)
        return content

    def delete(self, path: str) -> Any:
        """Return the JSON of a DELETE, or None; raises like :meth:`get`."""
        return self._call("DELETE", path, None)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        return _read(*self._exchange(method, path, body))

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        try:
            with self._connection() as connection:
                headers = self._headers(body)
                return exchange(connection, method, path, headers=headers, body=_encode(body))
        except TimeoutError as error:
            raise NoAnswerError from error
        except (OSError, BadAnswerError) as error:
            raise NotRunningError from error

    def _connection(self) -> socket.socket:
        if not self._runtime.socket:
            address = ("127.0.0.1", self._runtime.port)
            return socket.create_connection(address, timeout=_PATIENCE_SECONDS)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_PATIENCE_SECONDS)
            connection.connect(self._runtime.socket)
            _check_owner(connection)
        except OSError:
            connection.close()
            raise
        return connection

    def _headers(self, body: dict[str, Any] | None) -> dict[str, str]:
        headers = {} if body is None else {"Content-Type": "application/json"}
        if self._runtime.socket:
            return {"Host": "localhost", **headers}
        key = {"Authorization": f"Bearer {self._runtime.api_key}"}
        return {"Host": f"127.0.0.1:{self._runtime.port}", **headers, **key}


def _check_owner(connection: socket.socket) -> None:
    """Refuse whom another user put in the program's place, before a passphrase is shown.

    Where the data folder's path is too long for a socket, that is in a shared folder; after a
    crash ``runtime.json`` still names it, and it is free for anybody.

    Raises:
        PermissionError: Another user listens there.
    """
    if sys.platform == "win32":
        return
    if sys.platform == "darwin":
        # sys/un.h and sys/ucred.h: LOCAL_PEERCRED, and an xucred that begins with two numbers.
        _, uid = struct.unpack_from("=II", connection.getsockopt(0, 1, 76))
    else:
        given = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        _, uid, _ = struct.unpack("3i", given)
    if uid != os.geteuid():
        raise PermissionError("another user listens there")


def _encode(body: dict[str, Any] | None) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _read(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body) if body else None
    except ValueError as error:
        raise NotRunningError from error
    if status >= _BAD_REQUEST:
        raise ApiError(answer if isinstance(answer, dict) else {})
    return answer

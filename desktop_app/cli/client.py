"""Talks to the running program: over its Unix socket, else over its port with the key."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlencode

from desktop_app.runtime import Runtime

# Longer than the longest wait that the API offers (an approval, a slow provider).
_PATIENCE_SECONDS = 150.0


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


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket; the Host is ``localhost`` there."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_PATIENCE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # The limit comes afterwards: with one, a full queue would be an error at once and
        # not a moment's wait.
        self.sock.connect(self._path)
        self.sock.settimeout(self.timeout)


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

    def delete(self, path: str) -> Any:
        """Return the JSON of a DELETE, or None; raises like :meth:`get`."""
        return self._call("DELETE", path, None)

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        connection = self._connection()
        try:
            connection.request(method, path, body=_encode(body), headers=self._headers(body))
            answer = connection.getresponse()
            return _read(answer.status, answer.read())
        except TimeoutError as error:
            raise NoAnswerError from error
        except (OSError, http.client.HTTPException) as error:
            raise NotRunningError from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._runtime.socket:
            return _UnixConnection(self._runtime.socket)
        port = self._runtime.port
        return http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)

    def _headers(self, body: dict[str, Any] | None) -> dict[str, str]:
        headers = {} if body is None else {"Content-Type": "application/json"}
        if not self._runtime.socket:
            headers["Authorization"] = f"Bearer {self._runtime.api_key}"
        return headers


def _encode(body: dict[str, Any] | None) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _read(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body) if body else None
    except ValueError as error:
        raise NotRunningError from error
    if status >= http.client.BAD_REQUEST:
        raise ApiError(answer if isinstance(answer, dict) else {})
    return answer

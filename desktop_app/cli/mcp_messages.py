"""JSON-RPC messages: who asked what, what answers it, and how a failure is told."""

from __future__ import annotations

import http.client
import json
from typing import Any

from desktop_app.cli.client import ApiError, NotRunningError
from desktop_app.cli.mcp_server import RefusedError
from desktop_app.cli.running import StartFailedError

NOT_JSON = -32700
# JSON-RPC 2.0 section 5.1 leaves these numbers to implementations.
_FAILED = -32000


class NoAnswerError(Exception):
    """The server took a question and does not answer it."""


TROUBLE = (
    *(ApiError, NotRunningError, StartFailedError, RefusedError, NoAnswerError),
    *(OSError, http.client.HTTPException),
)
"""Everything that may keep a message from being carried."""


def method_of(message: object) -> str:
    """Return the method that *message* calls, or "" if it is none that calls one."""
    return str(message.get("method", "")) if isinstance(message, dict) else ""


def questions_in(message: object) -> set[str | int | float]:
    """Return the ids in *message*, or in a batch, that have to be answered."""
    each = message if isinstance(message, list) else [message]
    asked = [one["id"] for one in each if isinstance(one, dict) and {"id", "method"} <= one.keys()]
    return {one for one in asked if isinstance(one, (str, int, float))}


def read_messages(body: bytes, *, batch: bool = False) -> list[tuple[Any, bytes]]:
    """Return the messages in *body*, read and as they came; where a *batch* was asked, it is one.

    Raises:
        NoAnswerError: It is something else.
    """
    try:
        found = json.loads(body)
    except ValueError as error:
        raise NoAnswerError("the server answered with something else than JSON") from error
    if isinstance(found, list) and not batch:
        return [(each, json.dumps(each).encode()) for each in found]
    return [(found, body)]


def failure(message_id: object, error: dict[str, Any] | BaseException) -> bytes:
    """Return the answer that tells *error* to who asked with *message_id*."""
    told = error if isinstance(error, dict) else _told(error)
    return json.dumps({"jsonrpc": "2.0", "id": message_id, "error": told}).encode()


def _told(error: BaseException) -> dict[str, Any]:
    """A server that refuses may say why in the words that the assistant knows."""
    try:
        said = json.loads(error.body)["error"] if isinstance(error, RefusedError) else None
    except (ValueError, KeyError, TypeError):
        said = None
    if isinstance(said, dict) and {"code", "message"} <= said.keys():
        return said
    return {"code": _FAILED, "message": reason(error)}


def reason(error: BaseException) -> str:
    """Return why a message could not be carried, in words."""
    if isinstance(error, NotRunningError):
        return "Coatcheck is not running. Start it, then try again."
    if isinstance(error, TimeoutError):
        return "The server did not answer in time. Try again later."
    # The system's own errors have a number and a few words; ours say what to do already.
    words = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
    if words:
        return f"The server can't be reached: {words}. Check its address and the network."
    return str(error) or type(error).__name__

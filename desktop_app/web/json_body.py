"""Strict reading of what comes in: JSON bodies and queries, into typed values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from desktop_app.errors import InvalidRequestError, Reason

MAX_BODY = 1 << 20
"""Bytes that a body may have."""

T = TypeVar("T")

_PATH = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `([^`]*)`")
_MISSING = re.compile(r"^Object missing required field `([^`]*)`")


def parse_json(body: bytes, *, most: int = MAX_BODY) -> dict[str, Any]:
    """Return the JSON object in *body*; an empty body is an empty object.

    Raises:
        InvalidRequestError: If it is too long, no JSON, no object, too deep, or has a name
            twice (two readers of such a body could see two different requests).
    """
    if len(body) > most:
        raise InvalidRequestError(Reason("the body is longer than {most} bytes", most=most))
    if not body.strip():
        return {}
    value = _decoded(body)
    if not isinstance(value, dict):
        raise InvalidRequestError("the body must be a JSON object")
    return value


def _decoded(body: bytes) -> object:
    try:
        # msgspec first: unlike the standard library it refuses NaN, lone surrogates,
        # broken UTF-8 and bottomless nesting. The second reading only looks for repeats.
        value: object = msgspec.json.decode(body)
        json.loads(body, object_pairs_hook=_without_repeats)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InvalidRequestError("the body is not JSON") from error
    return value


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: dict[str, object] = {}
    for name, value in pairs:
        if name in seen:
            raise InvalidRequestError("it has the same name twice", field=name)
        seen[name] = value
    return seen


def convert(value: Mapping[str, Any], kind: type[T], *, strict: bool = True) -> T:
    """Return *value* as *kind*.

    Args:
        value: An object that was read from outside.
        kind: A `msgspec.Struct`.
        strict: False takes ``"5"`` for 5, as a query needs.

    Raises:
        InvalidRequestError: If a field is missing, unknown or of the wrong type; the error's
            ``field`` names it.
    """
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise _described(str(error)) from error


def parse_query(arguments: Mapping[str, Sequence[bytes]], kind: type[T]) -> T:
    """Return the query's fields that *kind* knows as *kind*; others mean nothing.

    Raises:
        InvalidRequestError: If a field is repeated, not UTF-8 or of the wrong type.
    """
    known = {field.name for field in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    values = {name: _only(name, arguments[name]) for name in arguments if name in known}
    return convert(values, kind, strict=False)


def _only(name: str, values: Sequence[bytes]) -> str:
    if len(values) != 1:
        raise InvalidRequestError(Reason("{name} is given more than once", name=name), field=name)
    try:
        return values[0].decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequestError(Reason("{name} is not UTF-8", name=name), field=name) from error


def _described(message: str) -> InvalidRequestError:
    path = _PATH.search(message)
    parent = path.group(1) if path else ""
    text = _PATH.sub("", message)
    named = _UNKNOWN.match(text) or _MISSING.match(text)
    field = ".".join(part for part in (parent, named.group(1) if named else "") if part)
    words = text[:1].lower() + text[1:].replace("`", "")
    if not field:
        return InvalidRequestError(words, field=None)
    return InvalidRequestError(Reason("{field}: {reason}", field=field, reason=words), field=field)

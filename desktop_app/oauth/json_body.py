"""JSON from outside, read strictly: bounded, without duplicates, fit to be kept again."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

_MAX_DEPTH = 32
_LARGEST = 2**63 - 1


class MalformedBodyError(ValueError):
    """A body that is not what it should be; each caller turns it into its own error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_json(body: bytes) -> Any:
    """Return the JSON value in *body*.

    A repeated member is refused: two programs that read the same text must not see two things.
    So are numbers that are not finite, lone surrogates and deep nesting, which could not be
    written down again. An integer over 64 bits becomes its digits as a string.

    Raises:
        MalformedBodyError: If *body* is not such JSON; the message is safe to show.

    Source: RFC 8259 sections 4, 6 and 8; RFC 7493 section 2.
    """
    if not body.strip():
        raise MalformedBodyError("it is empty")
    try:
        value = _decode(body)
        # What can't be written again would break the store later.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except MalformedBodyError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError("it is not JSON") from error
    _check_depth(value)
    return value


def parse_json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in *body*.

    Raises:
        MalformedBodyError: As ``parse_json``, and if the value is no object.
    """
    value = parse_json(body)
    if not isinstance(value, dict):
        raise MalformedBodyError("it is not a JSON object")
    return value


def _decode(body: bytes) -> Any:
    return json.loads(
        body.decode("utf-8-sig"),
        object_pairs_hook=_unique,
        parse_constant=_refuse_constant,
        parse_float=_finite,
        parse_int=_bounded,
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedBodyError("it names a member twice")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise MalformedBodyError("it holds a number that is not finite")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def _bounded(text: str) -> int | str:
    number = int(text)
    return number if -_LARGEST <= number <= _LARGEST else text


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise MalformedBodyError("it is nested too deeply")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []

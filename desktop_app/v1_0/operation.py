"""How one call of the API is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from desktop_app.v1_0.schemas.base import Query

Method = Literal["get", "post", "put", "patch", "delete"]

PNG: Final = "image/png"
FILE: Final = "application/octet-stream"
NOTHING: Final = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Attributes:
        route: Name of the route in ``urls.py``.
        path: The address with OpenAPI's ``{places}``.
        answer: The type of the good answer's body, `PNG`, `FILE`, or `NOTHING`.
        takes: The type of the body that comes in.
        errors: Statuses of what can go wrong besides 400, 401, 403 and 423.
        person: True where a program is answered 403 ``person_required``.
        proof: True where it is too, unless its body proves the person.
    """

    route: str
    method: Method
    path: str
    summary: str
    answer: type | str | None
    status: int = 200
    takes: type | None = None
    query: type[Query] | None = None
    errors: tuple[int, ...] = ()
    person: bool = False
    proof: bool = False
    public: bool = False

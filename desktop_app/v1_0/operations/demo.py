"""The built-in printing service."""

from __future__ import annotations

from desktop_app.v1_0.operation import PNG, Operation
from desktop_app.v1_0.schemas import program

_ASKS_PROVIDER = (404, 408, 409, 502)

DEMO = (
    Operation(
        "demo-print",
        "post",
        "/demo/print",
        "Have the photos printed",
        program.SheetBody,
        status=201,
        takes=program.PrintWish,
        errors=_ASKS_PROVIDER,
        person=True,
    ),
    Operation(
        "demo-sheet",
        "get",
        "/demo/sheet/{id}",
        "A contact sheet",
        PNG,
        errors=(404,),
        person=True,
    ),
)

"""The program itself: how it is, its settings, its window."""

from __future__ import annotations

from desktop_app.services.settings import Settings
from desktop_app.v1_0.operation import NOTHING, Operation
from desktop_app.v1_0.schemas import program

PROGRAM = (
    Operation(
        "health", "get", "/health", "That the program is there", program.HealthBody, public=True
    ),
    Operation("openapi", "get", "/openapi.json", "This document", dict),
    Operation("settings", "get", "/settings", "The settings", Settings, person=True),
    Operation(
        "settings",
        "patch",
        "/settings",
        "Change some settings",
        Settings,
        takes=program.SettingsChange,
        errors=(507,),
        person=True,
    ),
    Operation(
        "tickets",
        "post",
        "/tickets",
        "An address that signs one browser in, once",
        program.TicketBody,
        status=201,
        takes=program.NoFields,
        person=True,
    ),
    Operation(
        "window",
        "post",
        "/window",
        "Raise the window",
        NOTHING,
        status=204,
        takes=program.NoFields,
        errors=(409,),
    ),
)

"""Signing in."""

from __future__ import annotations

from desktop_app.v1_0.operation import NOTHING, Operation
from desktop_app.v1_0.schemas import program, sign_ins

SIGN_INS = (
    Operation("sign-ins", "get", "/oauth/sign-ins", "All sign-ins", sign_ins.SignInList),
    Operation(
        "sign-ins",
        "post",
        "/oauth/sign-ins",
        "Start a sign-in",
        sign_ins.SignInBody,
        status=201,
        takes=sign_ins.SignInStart,
        errors=(404, 409, 502),
    ),
    Operation(
        "sign-in",
        "get",
        "/oauth/sign-ins/{id}",
        "How far a sign-in is",
        sign_ins.SignInBody,
        errors=(404,),
    ),
    Operation(
        "sign-in",
        "delete",
        "/oauth/sign-ins/{id}",
        "Give a sign-in up",
        NOTHING,
        status=204,
        errors=(404, 409),
    ),
    Operation(
        "sign-in-redirect",
        "post",
        "/oauth/sign-ins/{id}/redirect",
        "Paste the final address",
        sign_ins.SignInBody,
        takes=sign_ins.SignInAnswer,
        errors=(404, 409, 502),
    ),
    Operation(
        "sign-in-open",
        "post",
        "/oauth/sign-ins/{id}/open",
        "Open the browser again",
        sign_ins.SignInBody,
        takes=program.NoFields,
        errors=(404, 409),
    ),
)

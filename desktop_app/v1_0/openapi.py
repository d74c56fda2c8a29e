"""Writes the OpenAPI 3.1 document from the table of operations and the schemas."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from desktop_app import __version__
from desktop_app.v1_0.operation import Operation
from desktop_app.v1_0.operations import OPERATIONS
from desktop_app.v1_0.schemas.base import Failure, Query

_TEMPLATE = "#/components/schemas/{name}"
_ERRORS = {
    400: "`invalid_request`: it is not understood; `field` names the part",
    401: "`unauthenticated`: no credential, or a wrong one",
    403: "`forbidden`, `person_required`, `approval_required`, `denied` or `program_unknown`",
    404: "`not_found`",
    408: "`approval_timeout`: the person did not answer in time",
    409: "It does not fit the present state: `ambiguous_profile`, `needs_sign_in` and others",
    423: "`locked`",
    429: "`too_many_guesses`: wait as long as `Retry-After` says; or `too_many_questions`",
    502: "`provider_unreachable`, or an answer of the provider that can't be used",
    507: "`disk_full`",
}
_ALWAYS = (400, 403)


@functools.cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document of the whole API."""
    schemas, components = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Coatcheck", "version": __version__},
        "servers": [{"url": "/v1.0"}],
        "security": [{"key": []}, {"session": []}],
        "paths": _paths(schemas),
        "components": {"schemas": components, "securitySchemes": _security_schemes()},
    }


def _schemas() -> tuple[dict[type, Any], dict[str, Any]]:
    """Return a reference for each type in the table, and what they refer to."""
    kinds: list[type] = [Failure, dict]
    for operation in OPERATIONS:
        kinds += [kind for kind in (operation.answer, operation.takes) if isinstance(kind, type)]
    kinds = list(dict.fromkeys(kinds))
    references, components = msgspec.json.schema_components(kinds, ref_template=_TEMPLATE)
    return dict(zip(kinds, references, strict=True)), components


def _security_schemes() -> dict[str, Any]:
    return {
        "key": {"type": "http", "scheme": "bearer", "description": "`api_key`, runtime.json"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "coatcheck_PORT",
            "description": "The person's own session, named after the port; changes need "
            "the `_xsrf` cookie's value in `X-XSRFToken`",
        },
    }


def _paths(schemas: dict[type, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {"/events": {"get": _events()}}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, schemas)
    return paths


def _described(operation: Operation, schemas: dict[type, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{operation.method}-{operation.route}",
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation, schemas),
    }
    if operation.takes is not None:
        described["requestBody"] = {"content": _json(schemas[operation.takes])}
    if operation.person:
        described["description"] = "For the person alone; a program gets 403 `person_required`."
        described["security"] = [{"session": []}]
    if operation.proof:
        described["description"] = (
            "For the person; a program proves in `proof` that they stand behind it, or gets 403 "
            "`person_required`."
        )
    if operation.public:
        described["security"] = [{}, {"key": []}, {"session": []}]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = _query_parameters(operation.query) if operation.query else []
    if "{id}" in operation.path:
        schema = {"type": "string", "minLength": 1}
        found.insert(0, {"name": "id", "in": "path", "required": True, "schema": schema})
    return found


def _query_parameters(query: type[Query]) -> list[dict[str, Any]]:
    _, components = msgspec.json.schema_components([query], ref_template=_TEMPLATE)
    properties = components[query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _responses(operation: Operation, schemas: dict[type, Any]) -> dict[str, Any]:
    statuses = {*_ALWAYS, *operation.errors}
    if not operation.public:
        statuses |= {401, 423}
    failure = _json(schemas[Failure])
    errors = {
        str(status): {"description": _ERRORS[status], "content": failure}
        for status in sorted(statuses)
    }
    return {str(operation.status): _good(operation, schemas), **errors}


def _good(operation: Operation, schemas: dict[type, Any]) -> dict[str, Any]:
    if operation.answer is None:
        return {"description": "Done"}
    if isinstance(operation.answer, str):
        return {"description": operation.summary, "content": {operation.answer: {"schema": {}}}}
    return {"description": operation.summary, "content": _json(schemas[operation.answer])}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _events() -> dict[str, Any]:
    return {
        "operationId": "get-events",
        "summary": "Every change, over a WebSocket",
        "description": 'Messages are `{"event", "data"}`. Nothing can be asked for here.',
        "responses": {
            "101": {"description": "Switching to WebSocket"},
            "400": {"description": "Not a WebSocket handshake"},
            "401": {"description": _ERRORS[401]},
            "403": {"description": _ERRORS[403]},
            "426": {"description": "Not a version of WebSocket that is spoken here"},
        },
    }

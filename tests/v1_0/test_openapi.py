"""The OpenAPI document tells the truth: it has every route, and the answers fit it."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tornado.web import RequestHandler

from desktop_app.v1_0.openapi import document
from desktop_app.v1_0.operation import Operation
from desktop_app.v1_0.operations import OPERATIONS
from tests.support.askers import this_program
from tests.support.served import API_KEY, Served
from tests.v1_0.test_sign_ins import PROVIDER

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
METHODS = ("get", "post", "put", "patch", "delete")


def test_the_document_is_answered_to_callers_also_while_locked(served: Served) -> None:
    served.lock()
    answer = served.program("GET", "/v1.0/openapi.json")
    assert (answer.status, answer.json["openapi"]) == (200, "3.1.0")
    assert served.ask("GET", "/v1.0/openapi.json").status == 401


def test_every_method_of_every_route_is_described_and_nothing_else(served: Served) -> None:
    routes = {
        (spec.name.removeprefix("api-"), re.sub(r"\([^)]*\)", "{id}", spec.regex.pattern), method)
        for rule in served.application.wildcard_router.named_rules.values()
        for spec in [rule]
        if spec.name and spec.name.startswith("api-") and spec.name != "api-events"
        for method in METHODS
        if getattr(spec.handler_class, method) is not getattr(RequestHandler, method)
    }
    unescaped = {
        (name, path.replace("\\", "").rstrip("$"), method) for name, path, method in routes
    }
    described = {(each.route, f"/v1.0{each.path}", each.method) for each in OPERATIONS}
    assert unescaped == described


def test_a_handler_takes_the_bodies_that_are_described(served: Served) -> None:
    rules = served.application.wildcard_router.named_rules
    for each in OPERATIONS:
        bodies = rules[f"api-{each.route}"].handler_class.bodies
        taken = bodies.get(each.method.upper())
        assert taken is each.takes or (taken is dict and each.takes is not None), each.route


def test_every_reference_in_the_document_resolves() -> None:
    described = document()
    names = re.findall(r"#/components/schemas/(\w+)", str(described))
    assert set(names) <= set(described["components"]["schemas"])


def test_no_answer_but_the_token_has_room_for_a_secret() -> None:
    """Of the requests, entries and registering bring their secrets, a refusal what was refused."""
    schemas = document()["components"]["schemas"]
    secret = {"access_token", "refresh_token", "id_token", "client_secret", "private_key"}
    secret |= {"initial_access_token"}
    with_secrets = {
        name for name, schema in schemas.items() if secret & set(schema.get("properties", ()))
    }
    assert with_secrets == {"TokenBody", "RejectedToken", "DraftDocument", "RegistrationWish"}


@pytest.mark.parametrize("described", OPERATIONS, ids=lambda each: f"{each.method}-{each.route}")
def test_every_answer_fits_the_document(served: Served, described: Operation) -> None:
    """Schemathesis makes up requests, good and bad, to the served application."""
    served.plug_in()
    served.program("POST", "/v1.0/providers", PROVIDER)
    schema = schemathesis.openapi.from_dict(_document_for(served))
    schema.config.update(base_url=f"{served.origin}/v1.0")
    _try(served, schema[described.path][described.method.upper()])


def _document_for(served: Served) -> dict[str, Any]:
    """The document with ids that are there, and without the credentials that we send."""
    described = copy.deepcopy(document())
    wish = {"provider": "forge", "open_browser": False}
    ids = {
        "/profiles": "p1",
        "/providers": "forge",
        "/oauth": served.program("POST", "/v1.0/oauth/sign-ins", wish).json["id"],
        "/demo": "sheet1",
        "/programs": "l1",
        "/approvals": "q1",
        "/account-choices": "c1",
        "/recipes": "git",
    }
    del described["security"], described["components"]["securitySchemes"]
    for path, methods in described["paths"].items():
        for operation in methods.values():
            operation.pop("security", None)
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "id":
                    parameter["schema"] = {"enum": [ids["/" + path.split("/")[1]], "none"]}
    return described


def _try(served: Served, operation: schemathesis.APIOperation) -> None:  # type: ignore[type-arg]
    person = served.person()
    program = {"Authorization": f"Bearer {API_KEY}"}

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def hold(case: schemathesis.Case) -> None:
        for headers in (program, person.headers):
            # A made-up body may have put a passphrase in the keyring's place: what is unlocked
            # stays so, and can't be unlocked by the keyring once more.
            if served.services.lock.locked:
                served.unlock()
            served.add_profile()
            # Whoever tests is kept away, so that no question waits for an answer.
            served.add_loan("l1", decision="deny", program=this_program())
            case.call_and_validate(headers=headers, checks=CHECKS)

    hold()

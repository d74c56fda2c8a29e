"""HTTP answers as values, for tests of what reads them."""

from __future__ import annotations

import json
from typing import Any

from desktop_app.oauth.http import HttpResponse


def json_answer(value: Any, *, status: int = 200) -> HttpResponse:
    """Return *value* as a JSON answer."""
    return body_answer(json.dumps(value).encode(), status=status)


def body_answer(
    body: bytes, *, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    """Return an answer with *body*."""
    return HttpResponse(status=status, headers={"content-type": content_type}, body=body)

"""Whose word a provider's name is."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.providers.model import Provider
from desktop_app.providers.name_origins import name_origin

SERVER = "https://h.example:8"
SILENT = {
    "origin": "own",
    "name": "h.example:8",
    "resources": (SERVER,),
    "authorization_endpoint": f"{SERVER}/authorize",
}


@pytest.mark.parametrize(
    ("changes", "whose"),
    [
        ({}, "itself"),
        ({"issuer": f"{SERVER}/"}, "itself"),
        ({"issuer": "https://login.example"}, "own"),
        ({"name": "GitHub"}, "own"),
        ({"resources": ()}, "own"),
        ({"resources": (f"{SERVER}/mcp",)}, "own"),
        ({"origin": "preset"}, "preset"),
    ],
)
def test_a_server_called_by_its_address_that_signs_in_to_itself_has_only_its_own_word(
    changes: dict[str, Any], whose: str
) -> None:
    assert name_origin(Provider(id="h", **{"protocol": "oauth2", **SILENT, **changes})) == whose

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.screen import virtual_screen


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with virtual_screen() as name:
        yield name

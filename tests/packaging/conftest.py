from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from build_scripts.packaging.builder import build
from tests.support.screen import virtual_screen


@pytest.fixture(scope="session")
def packaged() -> Path:
    """The packaged program's executable, built anew if anything that goes into it changed."""
    return build()


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with virtual_screen() as name:
        yield name

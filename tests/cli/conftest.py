from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.assistant import World, running_world
from tests.support.program import Program, running
from tests.support.visits import connect_photos


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """An unlocked program with Jane's account at the photo service; tests leave it so."""
    root = tmp_path_factory.mktemp("cli")
    with running(root / "data", "--key-file", str(root / "key")) as started:
        connect_photos(started)
        yield started


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A provider, an MCP server that trusts it, and the program, without an account yet."""
    with running_world(tmp_path_factory.mktemp("mcp")) as made:
        yield made

"""A served application for the tests of the API."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import Served


@pytest.fixture
def served() -> Iterator[Served]:
    """A running application in a folder with a path short enough for a Unix socket."""
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as running:
        yield running

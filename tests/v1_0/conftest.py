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


@pytest.fixture
def without_keyring() -> Iterator[Served]:
    """The same on a system without a keyring: a new folder waits for a passphrase."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(Path(folder), with_keyring=False) as running,
    ):
        yield running

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.store.errors import DiskFullError
from desktop_app.store.preferences import Preferences
from tests.support.keeping import largest_file, mode_of


def test_values_are_merged_kept_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    preferences = Preferences(path, defaults={"theme": "system", "language": "system"})
    assert preferences.get() == {"theme": "system", "language": "system"}
    asyncio.run(preferences.save({"theme": "dark"}))
    asyncio.run(preferences.save({"window": {"width": 1080}}))
    again = Preferences(path, defaults={"theme": "system", "language": "system"})
    assert again.get() == {"theme": "dark", "language": "system", "window": {"width": 1080}}
    assert mode_of(path) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 60_000])
def test_a_damaged_file_is_kept_aside_and_the_defaults_hold(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.json"
    path.write_bytes(content)
    preferences = Preferences(path, defaults={"theme": "system"})
    assert preferences.get() == {"theme": "system"}
    assert (tmp_path / "preferences.json.damaged").read_bytes() == content
    asyncio.run(preferences.save({"theme": "light"}))
    assert Preferences(path).get() == {"theme": "light"}


@given(st.binary(max_size=100))
def test_no_content_stops_a_start(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("p") / "preferences.json"
    path.write_bytes(content)
    assert isinstance(Preferences(path).get(), dict)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "preferences.json")
    preferences.save_now({"theme": "dark"})
    with largest_file(50), pytest.raises(DiskFullError):
        preferences.save_now({"theme": "x" * 100})
    assert preferences.get() == {"theme": "dark"}
    assert Preferences(tmp_path / "preferences.json").get() == {"theme": "dark"}


def test_two_threads_lose_no_value(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "preferences.json")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: preferences.save_now({str(n): n}), range(20)))
    assert len(Preferences(tmp_path / "preferences.json").get()) == 20

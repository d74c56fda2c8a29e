"""``coatcheck demo`` wherever the temporary folder is."""

from __future__ import annotations

from pathlib import Path

from tests.support.program import coatcheck


def test_the_story_works_where_the_folder_is_too_deep_for_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    done = coatcheck(tmp_path / "unused", "demo", TMPDIR=str(deep))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "unused").exists()
    assert list(deep.iterdir()) == []

"""``coatcheck demo``: the whole story in the real program."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from desktop_app.demo.story import run_story
from tests.support.photos import running

MAIN = Path(__file__).parents[2] / "main.py"


def test_every_step_works_in_the_real_program_without_screen_or_home(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(MAIN), "demo"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 17
    assert "✗" not in done.stdout
    assert "Jane Hill" in done.stdout
    assert "“printing_service.py” asked, Jane said: once." in done.stdout
    # The data folder and the sheet were thrown away.
    assert not list(tmp_path.glob("coatcheck-demo-*"))


def test_a_step_that_fails_ends_the_story_and_says_why(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running() as photos:
            # The photo service is not Coatcheck: its front page opens, its API does not.
            lines: list[str] = []
            sheet = tmp_path / "sheet.png"
            assert not await run_story(
                f"{photos.issuer}/", runtime=tmp_path / "r", sheet=sheet, write=lines.append
            )
            assert lines[-2].strip().startswith("✗")
            assert "stopped" in lines[-1]

    asyncio.run(scenario())


def test_nobody_there_is_said_in_words(tmp_path: Path) -> None:
    lines: list[str] = []
    story = run_story(
        "http://127.0.0.1:9/?ticket=t",
        runtime=tmp_path / "r",
        sheet=tmp_path / "s",
        write=lines.append,
    )
    assert not asyncio.run(story)
    assert "does not answer" in lines[-1]
    assert "ticket" not in "".join(lines)

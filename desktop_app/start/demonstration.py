"""``coatcheck demo``: the whole story in a data folder that is thrown away."""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from desktop_app.config import Config
from desktop_app.demo.story import run_story
from desktop_app.paths import DataFolder, folder_error
from desktop_app.start.launch import launch
from desktop_app.window.browser import SystemBrowser


async def demonstrate(config: Config) -> int:
    """Play the story and return 0 only if every step of it worked.

    It acts as the person, which is why it never touches the person's own data folder.
    """
    root = _throw_away_folder()
    try:
        return await _play(replace(config, folder=DataFolder(root), port=0, key_file=root / "key"))
    finally:
        shutil.rmtree(root, ignore_errors=True)


async def _play(config: Config) -> int:
    config.folder.make()
    program = await launch(config, browser=SystemBrowser(allowed=False))
    try:
        worked = await run_story(
            program.window_url(),
            runtime=config.folder.runtime_json,
            sheet=config.folder.root / "contact-sheet.png",
            write=_write,
        )
    finally:
        await program.stop()
    return 0 if worked else 1


def _throw_away_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="coatcheck-demo-"))
    except OSError as error:
        raise folder_error(Path(tempfile.gettempdir()), error) from error


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

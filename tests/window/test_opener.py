from __future__ import annotations

import json
import os
from pathlib import Path

from desktop_app.window.browser import SystemBrowser
from desktop_app.window.opener import open_ready_line


def ready_line(folder: Path) -> str:
    ready = {"url": "http://127.0.0.1:8000/?ticket=abc", "pid": 1, "data_dir": str(folder)}
    return json.dumps(ready)


def test_ticket_stands_in_a_file_and_never_on_the_command_line(tmp_path: Path) -> None:
    script = tmp_path / "browser"
    script.write_text(
        f'#!/bin/sh\necho "$1" > {tmp_path}/argument\ncp "${{1#file://}}" {tmp_path}/page\n'
    )
    script.chmod(0o755)
    browser = SystemBrowser({"BROWSER": str(script), "PATH": os.environ["PATH"]})
    assert open_ready_line(ready_line(tmp_path), browser, seconds=0)
    assert "abc" not in (tmp_path / "argument").read_text()
    assert "ticket=abc" in (tmp_path / "page").read_text()
    assert not list(tmp_path.glob("open-*.html"))


def test_no_browser_leaves_no_file(tmp_path: Path) -> None:
    assert not open_ready_line(ready_line(tmp_path), SystemBrowser({"PATH": ""}))
    assert not list(tmp_path.iterdir())

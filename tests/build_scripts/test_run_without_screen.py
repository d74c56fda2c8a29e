"""``dev.py run`` on a machine without a screen: the demo, then a server with its address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY")


def test_without_a_screen_the_demo_runs_and_then_the_server(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in _SCREEN}
    data = ["--data-dir", str(tmp_path / "data"), "--key-file", str(tmp_path / "key")]
    command = [sys.executable, "build_scripts/dev.py", "run", "--", *data]
    log = tmp_path / "said"
    with (
        log.open("w") as said,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=said, text=True
        ) as program,
    ):
        assert program.stdout is not None
        lines = iter(program.stdout.readline, "")
        told = []
        for line in lines:
            told.append(line)
            if line.startswith("{"):
                break
        ready = json.loads(told[-1])
        with urllib.request.urlopen(ready["url"].partition("/?")[0] + "/v1.0/health") as answer:
            health = json.load(answer)
        program.send_signal(signal.SIGTERM)
        assert program.wait(120) == 0
    assert health["status"] == "ok"
    assert "Every step worked.\n" in told
    assert "no screen" in log.read_text()

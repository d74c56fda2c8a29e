"""The whole program lends to a script, and remembers what the person allowed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.program import MAIN, Program, clean_environment, running
from tests.support.visits import connect_photos

PYTHON = os.path.realpath(sys.executable)
# A shell script, as people write them: it asks with our own command.
SCRIPT = f"""#!/bin/sh
'{PYTHON}' '{MAIN}' token photos --no-start --json --data-dir "$1"
"""


def run(script: Path, program: Program) -> dict[str, object]:
    done = subprocess.run(
        [script, program.folder],
        capture_output=True,
        check=False,
        timeout=120,
        env=clean_environment(),
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_what_is_allowed_and_written_down_survives_a_power_cut(tmp_path: Path) -> None:
    script = tmp_path / "backup.sh"
    script.write_text(SCRIPT)
    script.chmod(0o700)
    key = tmp_path / "key"
    with running(tmp_path / "data", "--key-file", str(key)) as program:
        profile = connect_photos(program)
        rule = {"program": str(script), "profile_id": profile["id"], "decision": "hour"}
        proof = {"proof": {"key_file": key.read_text()}}
        loan = program.as_program("POST", "/v1.0/programs", rule | proof)
        assert loan.status == 201, loan.body
        assert "access_token" in run(script, program)
        # Locking waits until the store knows of the newest entry too.
        assert program.as_program("DELETE", "/v1.0/session").status == 204
        program.kill()
    log = tmp_path / "data" / "activity.log"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    with running(tmp_path / "data") as program:
        # A log that was cut off does not keep it from starting, nor from lending.
        assert "access_token" in run(script, program)
        entries = program.as_program("GET", "/v1.0/activity").json["activity"]
        assert [each["outcome"] for each in entries] == ["given", "allowed"]
        assert entries[0]["program"]["path"] == str(script)
        report = program.as_program("GET", "/v1.0/activity/verify").json
        assert report["ok"] is False
        assert (report["problem"]["kind"], report["problem"]["entry"]) == ("missing", 2)

"""The whole program lends to a script, and remembers what the person allowed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.program import MAIN, Program, clean_environment, running
from tests.support.visits import begin_sign_in, connect_photos, connected, visit_photos
from tests.support.waiting import eventually

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


def test_a_sign_in_of_the_same_account_under_way_keeps_nobody_from_borrowing(
    tmp_path: Path,
) -> None:
    """A question that waited meanwhile is answered with the access of the new sign-in."""
    with running(tmp_path / "data", "--key-file", str(tmp_path / "key")) as program:
        profile = connect_photos(program)
        token = f"/v1.0/profiles/{profile['id']}/token"
        with ThreadPoolExecutor() as threads:
            asking = threads.submit(program.as_program, "POST", token, {"scopes": ["photos.read"]})
            question = eventually(lambda: waiting(program))[0]
            started = begin_sign_in(program)
            assert program.as_person("POST", token, {}).status == 200
            visit_photos(started["authorization_url"])
            assert connected(program, started["id"])["id"] == profile["id"]
            decide(program, question["id"], "once")
            lent = asking.result(120)
        assert lent.status == 200, lent.body
        assert opens_photos(profile["issuer"], lent.json["access_token"])


def waiting(program: Program) -> list[dict[str, str]]:
    answer = program.as_person("GET", "/v1.0/approvals")
    questions: list[dict[str, str]] = answer.json["approvals"]
    return questions


def decide(program: Program, question_id: str, decision: str) -> None:
    answer = program.as_person("POST", f"/v1.0/approvals/{question_id}", {"decision": decision})
    assert answer.status == 200, answer.body


def opens_photos(issuer: str, access_token: str) -> bool:
    request = urllib.request.Request(
        f"{issuer}/photos", headers={"Authorization": f"Bearer {access_token}"}
    )
    with urllib.request.urlopen(request) as answer:
        return bool(answer.status == 200)

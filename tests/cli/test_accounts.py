"""The commands about accounts, against the real program."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.answering import answering
from tests.support.oidc_provider import running_oidc_provider
from tests.support.program import MAIN, Program, clean_environment, coatcheck, running
from tests.support.visits import connect_photos, visit_photos


@contextlib.contextmanager
def signing_in(program: Program, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``sign-in`` and yield it with the address that it shows."""
    where = ["--data-dir", str(program.folder)]
    process = subprocess.Popen(
        [sys.executable, str(MAIN), "sign-in", "photos", "--no-browser", *where, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    shown = process.stderr if "--json" in arguments else process.stdout
    assert shown is not None
    try:
        yield process, shown.readline().strip()
    finally:
        process.kill()
        process.communicate()


def the_profile(program: Program) -> dict[str, Any]:
    (profile,) = program.as_program("GET", "/v1.0/profiles").json["profiles"]
    return dict(profile)


def run(program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    return coatcheck(program.folder, *arguments)


def test_providers_are_listed(program: Program) -> None:
    listed = run(program, "providers")
    assert listed.returncode == 0
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    assert {"photos", "google", "microsoft", "github", "gitlab"} <= {row[0] for row in rows}
    in_json = run(program, "providers", "--json")
    assert json.loads(in_json.stdout) == program.as_program("GET", "/v1.0/providers").json


def test_profiles_are_listed(program: Program) -> None:
    profile = the_profile(program)
    listed = run(program, "profiles")
    assert listed.returncode == 0
    row = [profile["id"], "photos", "jane@photos.example at photos", "active"]
    assert listed.stdout == "\t".join(row) + "\n"
    in_json = run(program, "--json", "profiles")
    assert json.loads(in_json.stdout) == {"profiles": [profile], "total": 1}


def test_a_pipe_that_is_closed_early_is_no_drama(program: Program) -> None:
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    command = [sys.executable, str(MAIN), "providers", "--data-dir", str(program.folder)]
    writer = subprocess.run(
        command, stdout=reader.stdin, stderr=subprocess.PIPE, text=True, check=False
    )
    assert reader.stdin is not None
    reader.stdin.close()
    assert (writer.returncode, writer.stderr) == (1, "")


def test_signing_in_shows_the_address_and_waits_for_the_person(program: Program) -> None:
    before = the_profile(program)["id"]
    with signing_in(program) as (process, url):
        assert url.startswith(f"{the_profile(program)['issuer']}/authorize?")
        visit_photos(url)
        rest, errors = process.communicate()
        assert process.returncode == 0, errors
        assert rest == f"Signed in: jane@photos.example at photos ({before})\n"


def test_signing_in_with_json_keeps_standard_output_for_the_answer(program: Program) -> None:
    with signing_in(program, "--json", "--scope", "openid") as (process, url):
        visit_photos(url)
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        answer = json.loads(out)
        assert answer["status"] == "completed"
        assert answer["profile_id"] == the_profile(program)["id"]
    connect_photos(program)


def test_a_person_who_says_no_is_status_4(program: Program) -> None:
    with signing_in(program, "--json") as (process, url):
        visit_photos(url, decision="deny")
        out, _ = process.communicate()
        assert process.returncode == 4
        assert json.loads(out)["error"] == "access_denied"
    assert the_profile(program)["status"] == "active"


def test_giving_up_cancels_the_sign_in(program: Program) -> None:
    with signing_in(program) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait() == 1
    sign_ins = program.as_program("GET", "/v1.0/oauth/sign-ins").json["sign_ins"]
    assert "pending" not in {each["status"] for each in sign_ins}


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["sign-in", "nowhere"], 1, "nowhere"),
        (["token", "nobody"], 1, "nobody"),
        (["revoke", "nobody"], 1, "nobody"),
        (["sign-in", "photos", "--device"], 2, "code"),
        (["token", "photos", "--min-valid", "-5"], 2, "min_valid_seconds"),
        (["sign-in", "google", "--no-browser"], 1, "client ID"),
        (["run", "photos"], 2, "--"),
        (["run", "nobody", "--", "true"], 1, "nobody"),
    ],
)
def test_what_can_not_be_done_is_a_sentence(
    program: Program, arguments: list[str], status: int, word: str
) -> None:
    failed = run(program, *arguments)
    assert failed.returncode == status, failed.stderr
    assert failed.stdout == ""
    assert word in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_in_json_too_the_sentence_says_what_is_not_there(program: Program) -> None:
    failed = run(program, "token", "nobody", "--json")
    found = json.loads(failed.stdout)
    assert (failed.returncode, failed.stderr, found["error"]) == (1, "", "not_found")
    assert "nobody" in found["message"]


def test_a_program_gets_no_token_that_the_person_denies(program: Program) -> None:
    with answering(program, "deny") as asked:
        refused = run(program, "token", "photos")
    assert len(asked) == 1
    assert refused.returncode == 4
    assert refused.stdout == ""
    in_json = run(program, "token", "jane@photos.example", "--json")
    assert in_json.returncode == 4
    assert json.loads(in_json.stdout)["error"] == "denied"


def test_a_name_that_fits_several_is_an_error_that_lists_them(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--key-file", str(tmp_path / "key")) as program:
        jane = connect_photos(program)
        other = connect_photos(program, "noor@photos.example")
        failed = run(program, "token", "photos", "--json")
        assert failed.returncode == 2
        answer = json.loads(failed.stdout)
        assert answer["error"] == "ambiguous_profile"
        assert {each["id"] for each in answer["candidates"]} == {jane["id"], other["id"]}
        everyone = run(program, "revoke", "--all")
        assert everyone.returncode == 0, everyone.stderr
        lines = [line.split("\t") for line in everyone.stdout.splitlines()]
        assert {line[0] for line in lines} == {jane["id"], other["id"]}
        assert all("provider confirmed" in line[2] for line in lines)
        again = run(program, "revoke", "--all", "--json")
        assert json.loads(again.stdout) == {"revocations": [], "total": 0, "running": False}


def test_a_permission_is_taken_back(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--key-file", str(tmp_path / "key")) as program:
        connect_photos(program)
        revoked = run(program, "revoke", "photos")
        assert revoked.returncode == 0
        assert "provider confirmed" in revoked.stdout
        assert the_profile(program)["status"] == "revoked"
        assert run(program, "token", "photos").returncode == 5


def test_a_provider_that_can_not_be_reached_is_status_7(tmp_path: Path) -> None:
    with (
        running_oidc_provider() as provider,
        running(tmp_path / "data", "--key-file", str(tmp_path / "key")) as program,
    ):
        away = {"id": "away", "name": "Away", "client_id": "x", "issuer": provider.issuer}
        assert program.as_program("POST", "/v1.0/providers", away).status == 201
    # Started anew, because what the provider says of itself is kept for an hour.
    with running(tmp_path / "data") as program:
        failed = run(program, "sign-in", "away", "--json")
        assert failed.returncode == 7
        assert json.loads(failed.stdout)["error"] == "provider_unreachable"

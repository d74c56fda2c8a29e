"""Borrowing on the command line: what is allowed, what a command gets, what is written down."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.answering import answering
from tests.support.program import MAIN, Program, clean_environment, coatcheck, running
from tests.support.visits import connect_photos

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(autouse=True)
def fresh(program: Program) -> None:
    """Nothing is allowed or denied yet."""
    found = program.as_person("GET", "/v1.0/programs").json
    for loan in (*found["programs"], *found["denied"]):
        program.as_person("DELETE", f"/v1.0/programs/{loan['id']}")


def run(program: Program, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return coatcheck(program.folder, "run", "photos", *arguments, **environment)


def token(program: Program) -> str:
    return str(program.as_person("POST", "/v1.0/profiles/photos/token", {}).json["access_token"])


SHOW = "import os, sys; print(os.environ.get('ACCESS_TOKEN')); print(sys.argv[1:])"


def test_a_command_gets_the_token_in_its_environment_alone(program: Program) -> None:
    with answering(program, "once"):
        done = run(program, "--", sys.executable, "-c", SHOW, "--json", "--", "-x")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{token(program)}\n['--json', '--', '-x']\n"


def test_another_variable_can_be_named(program: Program) -> None:
    with answering(program, "once"):
        done = run(program, "--env", "GH_TOKEN", "--", "sh", "-c", 'echo "$GH_TOKEN$ACCESS_TOKEN"')
    assert done.stdout == f"{token(program)}\n"


def test_a_descriptor_is_read_once_to_its_end(program: Program) -> None:
    script = 'cat <&7; echo; echo "[$ACCESS_TOKEN]"'
    with answering(program, "once"):
        done = run(program, "--fd", "7", "--", "sh", "-c", script)
    assert done.stdout == f"{token(program)}\n[]\n", done.stderr


def test_a_descriptor_can_be_standard_input(program: Program) -> None:
    with answering(program, "once"):
        done = run(program, "--fd", "0", "--", "cat")
    assert done.stdout == token(program), done.stderr


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["sh", "-c", "exit 41"], 41),
        (["no-such-command-anywhere"], 127),
        (["/"], 126),
        (["sh", "-c", "kill -TERM $$"], -signal.SIGTERM),
    ],
)
def test_the_command_s_end_is_ours(program: Program, command: list[str], status: int) -> None:
    with answering(program, "once"):
        assert run(program, "--", *command).returncode == status


def test_a_passphrase_is_one_line_and_the_rest_is_the_command_s(program: Program) -> None:
    with answering(program, "once"):
        command = ("--passphrase-stdin", "run", "photos", "--", "cat")
        done = coatcheck(program.folder, *command, stdin="a passphrase\nthe rest\n")
    assert (done.returncode, done.stdout) == (0, "the rest\n")


def test_signals_reach_the_command(program: Program) -> None:
    script = "trap 'echo caught; exit 7' TERM; echo ready; while :; do sleep 0.05; done"
    where = ["--data-dir", str(program.folder)]
    with answering(program, "once"):
        process = subprocess.Popen(
            [sys.executable, str(MAIN), *where, "run", "photos", "--", "sh", "-c", script],
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=120)
    assert (out, process.returncode) == ("caught\n", 7)


def test_a_command_without_approval_is_not_run(program: Program, tmp_path: Path) -> None:
    with answering(program, "deny"):
        done = run(program, "--", "touch", str(tmp_path / "ran"))
    assert (done.returncode, done.stdout) == (4, "")
    assert not (tmp_path / "ran").exists()


def test_the_token_is_on_no_command_line(program: Program) -> None:
    with answering(program, "once"):
        done = run(program, "--", "sh", "-c", "cat /proc/$$/cmdline /proc/$PPID/cmdline")
    assert token(program) not in done.stdout


def test_a_sasl_response_names_the_account_s_address(program: Program) -> None:
    with answering(program, "once"):
        done = coatcheck(program.folder, "sasl", "xoauth2", "photos", "--json")
    answer = json.loads(done.stdout)
    assert (answer["mechanism"], answer["user"]) == ("xoauth2", "jane@photos.example")
    where = ("--host", "imap.example", "--port", "993", "--user", "j,ane")
    with answering(program, "once"):
        done = coatcheck(program.folder, "sasl", "oauthbearer", "photos", *where)
    decoded = subprocess.run(
        ["base64", "-d"], input=done.stdout, capture_output=True, text=True, check=True
    ).stdout
    assert decoded == (
        f"n,a=j=2Cane,\x01host=imap.example\x01port=993\x01auth=Bearer {token(program)}\x01\x01"
    )


def test_sasl_asks_nobody_about_what_can_not_be_said(program: Program) -> None:
    done = coatcheck(program.folder, "sasl", "xoauth2", "photos", "--user", "a\x01b")
    assert (done.returncode, done.stdout) == (2, "")
    assert "control character" in done.stderr


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Path]:
    """A program of its own: an executable that is no interpreter."""
    made = tmp_path / "true"
    made.write_bytes(Path("/bin/true").resolve().read_bytes())
    made.chmod(0o755)
    yield made


def test_a_program_is_allowed_listed_and_denied(program: Program, script: Path) -> None:
    allowed = coatcheck(program.folder, "allow", str(script), "photos", "--scope", "photos.read")
    assert allowed.returncode == 0, allowed.stderr
    assert allowed.stdout == f"{script} may borrow from this account always.\n"
    listed = coatcheck(program.folder, "programs")
    row = listed.stdout.rstrip("\n").split("\t")
    assert row[1] == str(script)
    assert row[3:] == ["always", "-", "photos.read"]
    answer = json.loads(coatcheck(program.folder, "programs", "--json").stdout)
    assert answer == program.as_program("GET", "/v1.0/programs").json
    denied = coatcheck(program.folder, "deny", str(script), "jane@photos.example", "--json")
    assert json.loads(denied.stdout)["decision"] == "deny"
    assert "deny" in coatcheck(program.folder, "programs").stdout


@pytest.mark.parametrize(("duration", "decision"), [("once", "once"), ("1h", "hour")])
def test_a_bare_name_is_what_the_shell_would_run(
    program: Program, script: Path, duration: str, decision: str
) -> None:
    path = {"PATH": f"{script.parent}:{os.environ['PATH']}"}
    wish = ("allow", "true", "photos", "--for", duration, "--json")
    loan = json.loads(coatcheck(program.folder, *wish, **path).stdout)
    assert loan["program"]["path"] == str(script)
    assert loan["decision"] == decision


def test_an_allowed_command_is_not_asked_about(program: Program) -> None:
    with answering(program, "hour"):
        assert coatcheck(program.folder, "token", "photos").returncode == 0
    assert coatcheck(program.folder, "token", "photos").stdout == f"{token(program)}\n"


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["allow", "/no/such/program", "photos"], 2, "/no/such/program"),
        (["allow", "no-such-program", "photos"], 2, "no-such-program"),
        (["allow", "/bin/true", "nobody"], 1, "nobody"),
        (["allow", sys.executable, "photos"], 2, "script"),
        (["allow", "/bin/true", "photos", "--scope", "photos.delete"], 2, "allowed"),
    ],
)
def test_what_can_not_be_allowed_is_a_sentence(
    program: Program, arguments: list[str], status: int, word: str
) -> None:
    failed = coatcheck(program.folder, *arguments)
    assert failed.returncode == status, failed.stderr
    assert failed.stdout == ""
    assert word in failed.stderr


def test_a_key_file_that_does_not_open_is_the_one_that_was_named(
    program: Program, tmp_path: Path
) -> None:
    wrong = tmp_path / "other.key"
    wrong.write_text("nothing")
    wrong.chmod(0o600)
    failed = coatcheck(program.folder, "deny", "--key-file", str(wrong), "/bin/true", "photos")
    assert failed.returncode == 6
    assert str(wrong) in failed.stderr


def test_a_passphrase_proves_the_person(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder, "--passphrase-stdin", stdin=f"{PASSPHRASE}\n") as sealed:
        connect_photos(sealed)
        nothing = coatcheck(folder, "allow", "/bin/true", "photos")
        assert nothing.returncode == 1
        assert "passphrase" in nothing.stderr
        wish = ("allow", "/bin/true", "photos", "--passphrase-stdin")
        wrong = coatcheck(folder, *wish, stdin="not this one\n")
        assert wrong.returncode == 6
        right = coatcheck(folder, *wish, stdin=f"{PASSPHRASE}\n")
        assert right.returncode == 0, right.stderr


def test_what_was_taken_is_shown_filtered_and_exported(program: Program) -> None:
    with answering(program, "once"):
        coatcheck(program.folder, "token", "photos")
    with answering(program, "deny"):
        coatcheck(program.folder, "sasl", "xoauth2", "photos")
    in_json = coatcheck(program.folder, "activity", "--limit", "3", "--json")
    assert (
        json.loads(in_json.stdout)["activity"]
        == (program.as_program("GET", "/v1.0/activity?limit=3").json["activity"])
    )
    denied = coatcheck(program.folder, "activity", "--outcome", "denied", "--limit", "1")
    assert denied.stdout.split("\t")[1] == "denied"
    exported = coatcheck(program.folder, "activity", "--csv")
    rows = list(csv.DictReader(io.StringIO(exported.stdout, newline="")))
    assert len(rows) == program.as_program("GET", "/v1.0/activity?limit=0").json["total"]
    assert {"given", "denied"} <= {row["outcome"] for row in rows}
    assert coatcheck(program.folder, "activity", "--profile", "nobody").stdout == ""
    verified = coatcheck(program.folder, "activity", "--verify")
    assert verified.returncode == 0
    assert "as it was written" in verified.stdout


def test_an_export_is_no_formula() -> None:
    """A program may be called ``=cmd()``, and a spreadsheet would run it."""
    from desktop_app.cli.lending import _harmless

    assert [_harmless(each) for each in ("=1", "+1", "@a", "-", "", "a=1", 3, None)] == [
        *("'=1", "'+1", "'@a", "'-", "", "a=1", 3, None),
    ]

"""``/v1.0/programs``: who may borrow what, allowed and taken back by the person alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.askers import made_up_program, this_program
from tests.support.served import NOW, Answer, Served

PASSPHRASE = "a long enough passphrase"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """An executable that is no interpreter."""
    path = tmp_path / "mailer"
    shutil.copy("/usr/bin/git", path)
    return path


@pytest.fixture
def guarded(without_keyring: Served) -> Served:
    """A served application with a passphrase."""
    without_keyring.program("POST", "/v1.0/session", {"passphrase": PASSPHRASE})
    without_keyring.add_profile()
    return without_keyring


def rule(path: Path | str, **values: Any) -> dict[str, Any]:
    return {"program": str(path), "profile_id": "p1", **values}


def command(served: Served, path: Path | str, **values: Any) -> Answer:
    """Ask as the command does, with the person's passphrase."""
    proof = {"passphrase": PASSPHRASE}
    return served.ask(
        "POST", "/v1.0/programs", {"proof": proof, **rule(path, **values)}, over_socket=True
    )


def test_the_person_allows_a_program_by_its_path(served: Served, program: Path) -> None:
    served.add_profile()
    made = served.person().ask("POST", "/v1.0/programs", rule(program))
    assert made.status == 201
    assert made.headers["location"] == f"/v1.0/programs/{made.json['id']}"
    listed = served.program("GET", "/v1.0/programs").json
    assert listed == {"programs": [made.json], "total": 1, "denied": []}
    assert made.json["program"] == {
        "name": "mailer",
        "path": str(program),
        "kind": "executable",
    }
    assert (made.json["decision"], made.json["until"]) == ("always", None)
    assert made.json["scopes"] == ["openid", "photos.read"]


def test_a_command_proves_the_person_by_the_passphrase(guarded: Served, program: Path) -> None:
    assert command(guarded, program, decision="hour").status == 201
    denied = command(guarded, program, decision="deny")
    assert (denied.status, denied.json["scopes"]) == (201, [])
    assert guarded.program("GET", "/v1.0/programs").json["total"] == 0


@pytest.mark.parametrize(
    ("proof", "status", "error"),
    [
        (None, 403, "person_required"),
        ({}, 423, "locked"),
        ({"passphrase": "wrong"}, 403, "wrong_passphrase"),
        ({"key_file": "coatcheck-key-1:AAAA"}, 403, "wrong_key_file"),
        ({"key_file": "\u00e4"}, 403, "wrong_key_file"),
        ({"session": "x"}, 400, "invalid_request"),
    ],
)
def test_without_a_proof_a_program_allows_nothing(
    guarded: Served, program: Path, proof: Any, status: int, error: str
) -> None:
    asked = rule(program) | ({} if proof is None else {"proof": proof})
    answer = guarded.program("POST", "/v1.0/programs", asked)
    assert (answer.status, answer.error) == (status, error)
    assert guarded.program("GET", "/v1.0/programs").json["total"] == 0


def test_guessing_the_passphrase_is_slowed_down(guarded: Served, program: Path) -> None:
    asked = rule(program, proof={"passphrase": "wrong"})
    statuses = [guarded.program("POST", "/v1.0/programs", asked).status for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert command(guarded, program).status == 429
    guarded.clock.now += 300
    assert command(guarded, program).status == 201


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"program": "/nowhere/git"}, 400, "invalid_request"),
        ({"program": "git"}, 400, "invalid_request"),
        ({"program": "/bin/sh"}, 400, "invalid_request"),
        ({"program": "/etc"}, 400, "invalid_request"),
        ({"program": ""}, 400, "invalid_request"),
        ({"profile_id": "nobody"}, 404, "not_found"),
        ({"scopes": ["photos.delete"]}, 400, "invalid_request"),
        ({"decision": "never"}, 400, "invalid_request"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    served: Served, program: Path, changes: dict[str, Any], status: int, error: str
) -> None:
    served.add_profile()
    answer = served.person().ask("POST", "/v1.0/programs", rule(program) | changes)
    assert (answer.status, answer.error) == (status, error)


def test_a_name_that_fits_several_profiles_or_programs_is_an_error(served: Served) -> None:
    served.add_profile()
    served.add_profile("p2")
    for number, path in enumerate(("/opt/bin/git", "/usr/local/bin/git")):
        served.add_loan(f"l{number}", program=made_up_program("git", path=path))
    person = served.person()
    several = person.ask("POST", "/v1.0/programs", rule("git", decision="deny"))
    assert (several.status, several.error) == (409, "ambiguous_program")
    assert several.json["candidates"] == ["/opt/bin/git", "/usr/local/bin/git"]
    answer = person.ask("POST", "/v1.0/programs", rule("l0") | {"profile_id": "photos"})
    assert (answer.status, answer.error) == (409, "ambiguous_profile")


def test_what_the_shell_would_run_is_not_taken_for_what_asks(served: Served, program: Path) -> None:
    """Two programs of one name: one is known here, the other stands in the shell's path."""
    served.add_profile()
    person = served.person()
    wish = rule(program.name, decision="hour") | {"found_at": str(program)}
    alone = person.ask("POST", "/v1.0/programs", wish)
    assert (alone.status, alone.json["program"]["path"]) == (201, str(program))
    served.add_loan("l1", program=made_up_program(program.name, path="/opt/other"))
    several = person.ask("POST", "/v1.0/programs", wish)
    assert (several.status, several.error) == (409, "ambiguous_program")
    assert several.json["candidates"] == sorted(["/opt/other", str(program)])


def test_a_loan_is_taken_back_by_the_person_alone(served: Served) -> None:
    served.add_profile()
    served.add_loan("l1", program=this_program(), scopes=("openid",))
    token = "/v1.0/profiles/p1/token"
    assert served.program("POST", token, {"wait_seconds": 0}).status == 200
    refused = served.program("DELETE", "/v1.0/programs/l1")
    assert (refused.status, refused.error) == (403, "person_required")
    person = served.person()
    assert person.ask("DELETE", "/v1.0/programs/l1").status == 204
    assert person.ask("DELETE", "/v1.0/programs/l1").status == 404
    assert served.program("POST", token, {"wait_seconds": 0}).status == 403


def test_what_is_over_is_not_listed(served: Served) -> None:
    served.add_profile()
    served.add_loan("l1", program=made_up_program(), decision="hour", until=NOW + 3_600)
    assert served.program("GET", "/v1.0/programs").json["total"] == 1
    served.clock.now += 3_600
    assert served.program("GET", "/v1.0/programs").json["total"] == 0


@pytest.mark.parametrize("how", ["revoke", "forget"])
def test_an_account_takes_its_loans_along(served: Served, how: str) -> None:
    served.plug_in()
    served.add_profile()
    served.add_loan("l1", program=made_up_program())
    person = served.person()
    if how == "revoke":
        assert person.ask("POST", "/v1.0/profiles/p1/revoke").status == 200
    else:
        assert person.ask("DELETE", "/v1.0/profiles/p1").status == 204
    served.lock()
    served.unlock()
    assert served.program("GET", "/v1.0/programs").json["total"] == 0

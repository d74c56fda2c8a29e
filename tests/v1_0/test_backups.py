"""``/v1.0/backup`` and ``/v1.0/restore``: everything in one file, and its way back."""

from __future__ import annotations

import base64
import gc
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.services.backup.document import BackupDocument
from tests.support.askers import made_up_program
from tests.support.memory import QuickSealer
from tests.support.served import NOW, Answer, Served

BACKUP, FILES, RESTORE = "/v1.0/backup", "/v1.0/backup/files", "/v1.0/restore"
PASSPHRASE = "four words of mine"


@pytest.fixture
def other() -> Iterator[Served]:
    """Another computer."""
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as running:
        yield running


def sealed(served: Served) -> bytes:
    answer = served.person().ask("POST", BACKUP, {"passphrase": PASSPHRASE})
    assert answer.status == 200, answer
    return answer.body


def wish(file: bytes, **more: Any) -> dict[str, Any]:
    return {"file": base64.b64encode(file).decode(), "passphrase": PASSPHRASE, **more}


def opened(file: bytes) -> Any:
    """What a person would read in it."""
    return json.loads(file.partition(b"\n")[2])


def made_over(file: bytes, change: Any) -> bytes:
    """The backup of somebody who knows its passphrase and has edited it."""
    head, _, content = file.partition(b"\n")
    document = json.loads(content)
    change(document)
    return head + b"\n" + json.dumps(document).encode()


def actions(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 200, answer
    return [(each["action"], each["reason"]) for each in answer.json["profiles"]]


def test_a_backup_has_everything_and_opens_as_plain_json(served: Served) -> None:
    served.add_profile()
    answer = served.person().ask("POST", BACKUP, {"passphrase": PASSPHRASE})
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="coatcheck-2026-02-02.age"'
    )
    document = opened(answer.body)
    assert (document["format"], document["version"]) == ("coatcheck-backup", 1)
    grant = document["contents"]["profiles"][0]["grant"]
    assert grant["refresh_token"] == "the-refresh-token"
    assert set(document["settings"]) & {"language", "proxy"}


def test_restored_on_another_computer_everything_is_there(served: Served, other: Served) -> None:
    kept = served.add_profile(label="Work", provider="forge", dpop_key='{"kty": "EC"}')
    served.add_loan("l1", decision="deny", program=made_up_program())
    served.add_loan("l2", decision="always", program=made_up_program(path="/usr/bin/git"))
    person = other.person()
    ahead = person.ask("POST", RESTORE, wish(sealed(served), preview=True))
    assert (actions(ahead), ahead.json["restored"]) == ([("add", "new")], False)
    assert person.ask("GET", "/v1.0/profiles").json["total"] == 0
    done = person.ask("POST", RESTORE, {"id": ahead.json["id"]})
    assert (done.json["restored"], done.json["denials"]) == (True, 1)
    assert "only one of the two" in done.json["notice"]
    assert other.profile_store.get("p1") == kept
    programs = person.ask("GET", "/v1.0/programs").json
    assert (programs["total"], len(programs["denied"])) == (0, 1)


def test_what_was_chosen_comes_along_to_an_empty_folder_alone(
    served: Served, other: Served
) -> None:
    served.add_profile()
    served.person().ask("PATCH", "/v1.0/settings", {"theme": "dark", "default_lending": "once"})
    file, person = sealed(served), other.person()
    other.add_profile("p9", subject="another")
    assert person.ask("POST", RESTORE, wish(file)).status == 200
    assert person.ask("GET", "/v1.0/settings").json["theme"] == "system"
    person.ask("DELETE", "/v1.0/profiles/p1")
    person.ask("DELETE", "/v1.0/profiles/p9")
    assert person.ask("POST", RESTORE, wish(file)).status == 200
    settings = person.ask("GET", "/v1.0/settings").json
    assert (settings["theme"], settings["default_lending"]) == ("dark", "once")


def test_an_older_token_never_replaces_the_newer_one_that_is_here(served: Served) -> None:
    """The provider would take it for a stolen one, and end the whole permission."""
    served.add_profile()
    file = sealed(served)
    newer = served.add_profile(refresh_token="rotated", access_token_issued_at=NOW + 60)
    answer = served.person().ask("POST", RESTORE, wish(file))
    assert actions(answer) == [("keep", "newer_here")]
    assert answer.json["notice"] is None
    assert served.profile_store.get("p1") == newer


def test_a_newer_token_of_the_backup_replaces_an_older_one(served: Served) -> None:
    served.clock.now += 60
    newer = served.add_profile(refresh_token="rotated", access_token_issued_at=NOW + 60)
    file = sealed(served)
    served.add_profile(label="Mine")
    answer = served.person().ask("POST", RESTORE, wish(file))
    assert actions(answer) == [("replace", "newer_in_backup")]
    found = served.profile_store.get("p1")
    assert found is not None
    assert (found.grant, found.label) == (newer.grant, "Mine")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "same"),
        ({"status": "revoked", "refresh_token": None, "access_token": ""}, "taken_back_here"),
        ({"status": "needs_sign_in"}, "ended_here"),
    ],
)
def test_what_was_taken_back_or_ended_does_not_come_back_to_life(
    served: Served, changes: dict[str, Any], reason: str
) -> None:
    served.add_profile()
    file = sealed(served)
    after = served.add_profile(updated_at=NOW + 5, **changes)
    answer = served.person().ask("POST", RESTORE, wish(file))
    assert actions(answer) == [("keep", reason)]
    assert served.profile_store.get("p1") == after


def test_a_grant_that_goes_elsewhere_never_takes_an_account_s_place(served: Served) -> None:
    """A backup that somebody edited names the same account and a token endpoint of their own."""
    mine = served.add_profile()
    evil = "https://evil.example/token"

    def edit(document: Any) -> None:
        grant = document["contents"]["profiles"][0]["grant"]
        grant |= {"token_endpoint": evil, "access_token_issued_at": NOW + 1}

    answer = served.person().ask("POST", RESTORE, wish(made_over(sealed(served), edit)))
    assert actions(answer) == [("add", "new")]
    assert served.profile_store.get("p1") == mine
    beside = answer.json["profiles"][0]["id"]
    found = served.profile_store.get(beside)
    assert beside != "p1"
    assert found is not None and found.grant is not None
    assert found.grant.token_endpoint == evil


def test_an_entry_that_is_here_stays_and_the_other_gets_a_name_of_its_own(
    served: Served, other: Served
) -> None:
    entry = {
        "id": "work",
        "name": "Work",
        "protocol": "oauth2",
        "authorization_endpoint": "https://work.example/authorize",
        "token_endpoint": "https://work.example/token",
        "client_id": "mine",
        "userinfo_endpoint": "https://work.example/me",
        "userinfo_mapping": {"subject": "id"},
    }
    assert served.person().ask("POST", "/v1.0/providers", entry).status == 201
    served.add_profile(provider="work", issuer="https://work.example")
    file, person = sealed(served), other.person()
    elsewhere = {**entry, "token_endpoint": "https://elsewhere.example/token"}
    assert person.ask("POST", "/v1.0/providers", elsewhere).status == 201
    answer = person.ask("POST", RESTORE, wish(file))
    assert answer.json["providers"] == ["Work"]
    assert answer.json["profiles"][0]["provider"] == "work-2"
    here = person.ask("GET", "/v1.0/providers/work").json
    assert here["token_endpoint"] == "https://elsewhere.example/token"
    again = person.ask("POST", RESTORE, wish(file))
    assert actions(again) == [("keep", "same")]


def test_a_preset_that_accounts_here_belong_to_gets_no_token_hosts(
    served: Served, other: Served
) -> None:
    patch = {"client_id": "theirs", "token_hosts": ["https://evil.example"]}
    served.person().ask("PUT", "/v1.0/providers/github", patch)
    file, person = sealed(served), other.person()
    other.add_profile(provider="github")
    assert person.ask("POST", RESTORE, wish(file)).status == 200
    hosts = person.ask("GET", "/v1.0/providers/github").json["token_hosts"]
    assert "https://evil.example" not in hosts
    other.run(other.profile_store.delete("p1"))
    assert person.ask("POST", RESTORE, wish(file)).json["providers"] == ["GitHub"]
    assert person.ask("GET", "/v1.0/providers/github").json["client_id"] == "theirs"


@pytest.mark.parametrize("loan_id", ["l1", "l2"])
def test_a_program_that_was_allowed_since_is_not_kept_away_again(
    served: Served, loan_id: str
) -> None:
    """A program that was kept away and then allowed keeps its id."""
    served.add_profile()
    served.add_loan("l1", decision="deny", program=made_up_program())
    file = sealed(served)
    served.run(served.loan_store.delete("l1"))
    served.add_loan(loan_id, decision="always", program=made_up_program())
    assert served.person().ask("POST", RESTORE, wish(file)).json["denials"] == 0
    programs = served.person().ask("GET", "/v1.0/programs").json
    assert (programs["total"], programs["denied"]) == (1, [])


def test_a_full_disk_changes_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.add_profile()
    file = sealed(served)
    served.run(served.profile_store.delete("p1"))
    person = served.person()
    import os

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        answer = person.ask("POST", RESTORE, wish(file))
    assert (answer.status, answer.error) == (507, "disk_full")
    assert person.ask("GET", "/v1.0/profiles").json["total"] == 0
    assert person.ask("POST", RESTORE, wish(file)).json["restored"]


def test_a_program_needs_a_proof_of_the_person(without_keyring: Served) -> None:
    served = without_keyring
    served.person().ask("POST", "/v1.0/session", {"passphrase": "the vault's own"})
    served.add_profile()
    for path in (BACKUP, RESTORE, FILES):
        for body in ({}, {"passphrase": PASSPHRASE}, {"passphrase": PASSPHRASE, "proof": None}):
            answer = served.program("POST", path, body)
            assert (answer.status, answer.error) == (403, "person_required")
    wrong = {"passphrase": PASSPHRASE, "proof": {"passphrase": "a guess of it"}}
    assert served.program("POST", BACKUP, wrong).error == "wrong_passphrase"
    proven = {"passphrase": PASSPHRASE, "proof": {"passphrase": "the vault's own"}}
    file = served.program("POST", BACKUP, proven)
    assert file.status == 200
    answer = served.program("POST", RESTORE, wish(file.body, proof=proven["proof"]))
    assert actions(answer) == [("keep", "same")]


def test_what_the_person_opened_is_told_to_nobody_who_guesses(without_keyring: Served) -> None:
    served = without_keyring
    served.person().ask("POST", "/v1.0/session", {"passphrase": "the vault's own"})
    ahead = served.person().ask("POST", RESTORE, wish(sealed(served), preview=True)).json["id"]
    look = {"id": ahead, "preview": True}
    for nothing in ({"passphrase": "a guess of it"}, {"passphrase": None}):
        answer = served.program("POST", RESTORE, {**look, "proof": nothing})
        assert answer.status in {403, 423}, answer
    proven = {**look, "proof": {"passphrase": "the vault's own"}}
    assert served.program("POST", RESTORE, proven).json["restored"] is False


def test_a_backup_can_be_fetched_for_some_minutes_by_the_person(served: Served) -> None:
    served.add_profile()
    person = served.person()
    answer = person.ask("POST", FILES, {"passphrase": PASSPHRASE})
    assert (answer.status, answer.json["profiles"]) == (201, 1)
    assert answer.headers["location"] == answer.json["url"]


@pytest.mark.parametrize("path", [BACKUP, FILES])
def test_a_short_passphrase_is_refused(served: Served, path: str) -> None:
    answer = served.person().ask("POST", path, {"passphrase": "short"})
    assert (answer.status, answer.error) == (400, "weak_passphrase")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"file": "%%%", "passphrase": PASSPHRASE}, "invalid_request"),
        ({"file": "aGVsbG8=", "passphrase": PASSPHRASE}, "not_a_backup"),
        ({"file": "aGVsbG8="}, "invalid_request"),
        ({"id": "gone"}, "backup_gone"),
        ({"id": "gone", "preview": True}, "backup_gone"),
    ],
)
def test_what_is_no_backup_is_refused(served: Served, body: object, code: str) -> None:
    answer = served.person().ask("POST", RESTORE, body)
    assert (answer.status, answer.error) == (404 if code == "backup_gone" else 400, code)


def test_a_wrong_passphrase_is_403_and_changes_nothing(served: Served) -> None:
    file = sealed(served)
    answer = served.person().ask("POST", RESTORE, {**wish(file), "passphrase": "another one"})
    assert (answer.status, answer.error) == (403, "wrong_backup_passphrase")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(version=2), "backup_version"),
        (lambda d: d.update(version="1"), "backup_version"),
        (lambda d: d.update(format="something"), "not_a_backup"),
        (lambda d: d.update(made_at="yesterday"), "backup_unusable"),
        (lambda d: d.update(made_at="0001-01-01T00:00:00Z"), "backup_unusable"),
        (lambda d: d.update(contents=[]), "backup_unusable"),
        (lambda d: d["contents"]["profiles"][0].update(updated_at=1e300), "backup_unusable"),
        (
            lambda d: d["contents"]["profiles"][0]["grant"].update(access_token_expires_at=-1),
            "backup_unusable",
        ),
        (lambda d: d["contents"]["profiles"][0].update(id="../../x"), "backup_unusable"),
        (lambda d: d["contents"]["profiles"][0].update(status="fine"), "backup_unusable"),
        (lambda d: d["contents"]["profiles"][0].update(created_at=float("inf")), "not_a_backup"),
        (
            lambda d: d["contents"]["profiles"][0]["grant"].update(
                token_endpoint="http://x.example"
            ),
            "backup_unusable",
        ),
        (
            lambda d: d["contents"]["profiles"].append(d["contents"]["profiles"][0]),
            "backup_unusable",
        ),
    ],
)
def test_hostile_contents_are_refused_as_a_whole(served: Served, change: Any, code: str) -> None:
    served.add_profile()
    file = made_over(sealed(served), change)
    served.run(served.profile_store.delete("p1"))
    person = served.person()
    answer = person.ask("POST", RESTORE, wish(file))
    assert (answer.error, answer.status) == (code, 400)
    assert person.ask("GET", "/v1.0/profiles").json["total"] == 0


def test_a_body_far_longer_than_others_is_taken_from_the_person_alone(served: Served) -> None:
    long = {**wish(b"x" * (5 << 20))}
    assert served.person().ask("POST", RESTORE, long).error == "not_a_backup"


def test_locking_forgets_what_was_opened(served: Served) -> None:
    file, person = sealed(served), served.person()
    ahead = person.ask("POST", RESTORE, wish(file, preview=True)).json["id"]
    served.lock()
    assert person.ask("POST", RESTORE, {"id": ahead}).status == 423
    served.unlock()
    assert person.ask("POST", RESTORE, {"id": ahead}).error == "backup_gone"


def test_what_is_opened_while_the_vault_is_locked_is_not_kept(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening takes seconds; whoever locks meanwhile wants no secret left in memory."""
    served.add_profile(label="Only of this test")
    file, person = sealed(served), served.person()
    plain = QuickSealer.open

    async def slow(self: QuickSealer, given: bytes, passphrase: str) -> bytes:
        await served.services.lock.lock()
        return await plain(self, given, passphrase)

    monkeypatch.setattr(QuickSealer, "open", slow)
    assert person.ask("POST", RESTORE, wish(file, preview=True)).status == 423
    gc.collect()
    documents = [each for each in gc.get_objects() if isinstance(each, BackupDocument)]
    profiles = [profile for each in documents for profile in each.contents.profiles]
    assert "Only of this test" not in {each.label for each in profiles}


def test_what_was_opened_is_kept_for_ten_minutes(served: Served) -> None:
    file, person = sealed(served), served.person()
    ahead = person.ask("POST", RESTORE, wish(file, preview=True)).json["id"]
    served.clock.now += 601
    assert person.ask("POST", RESTORE, {"id": ahead}).error == "backup_gone"

"""Health, session, keys, settings, tickets, window, demo."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop_app import __version__
from tests.support.served import NOW, Served

PASSPHRASE = "correct horse"


def test_health_tells_a_stranger_three_things(served: Served) -> None:
    answer = served.ask("GET", "/v1.0/health")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "version": __version__, "locked": False}


def test_health_tells_a_caller_how_many_profiles_there_are(served: Served) -> None:
    served.add_profile()
    for answer in (
        served.program("GET", "/v1.0/health"),
        served.person().ask("GET", "/v1.0/health"),
        served.ask("GET", "/v1.0/health", over_socket=True),
    ):
        assert answer.json["profiles"] == 1


def test_health_answers_while_locked(served: Served) -> None:
    served.lock()
    assert served.ask("GET", "/v1.0/health").json["locked"] is True
    body = served.program("GET", "/v1.0/health").json
    assert (body["locked"], body["profiles"]) == (True, None)


def test_a_new_folder_without_a_keyring_waits_for_its_passphrase(without_keyring: Served) -> None:
    served = without_keyring
    assert served.program("GET", "/v1.0/session").json == {"locked": True, "state": "new"}
    assert served.program("POST", "/v1.0/session", {}).error == "keyring_unavailable"
    weak = served.program("POST", "/v1.0/session", {"passphrase": "short"})
    assert (weak.status, weak.error) == (400, "weak_passphrase")
    assert served.program("POST", "/v1.0/session", {"passphrase": PASSPHRASE}).status == 200
    assert served.program("GET", "/v1.0/profiles").json == {"profiles": [], "total": 0}


def test_the_session_is_locked_and_unlocked(without_keyring: Served) -> None:
    served = without_keyring
    served.program("POST", "/v1.0/session", {"passphrase": PASSPHRASE})
    assert served.program("DELETE", "/v1.0/session").status == 204
    assert served.program("GET", "/v1.0/session").json == {"locked": True, "state": "locked"}
    wrong = served.program("POST", "/v1.0/session", {"passphrase": "battery staple"})
    assert (wrong.status, wrong.error) == (403, "wrong_passphrase")
    answer = served.program("POST", "/v1.0/session", {"passphrase": PASSPHRASE})
    assert (answer.status, answer.json) == (200, {"locked": False, "state": "unlocked"})


def test_guesses_are_slowed_and_the_answer_says_how_long(without_keyring: Served) -> None:
    served = without_keyring
    served.program("POST", "/v1.0/session", {"passphrase": PASSPHRASE})
    served.lock()
    wrong = {"passphrase": "battery staple"}
    answers = [served.program("POST", "/v1.0/session", wrong) for _ in range(8)]
    assert (answers[-1].status, answers[-1].error) == (429, "too_many_guesses")
    assert int(answers[-1].headers["retry-after"]) == answers[-1].json["seconds"] > 0


def test_locking_keeps_the_browser_signed_in(served: Served) -> None:
    person = served.person()
    assert person.ask("DELETE", "/v1.0/session").status == 204
    assert person.ask("GET", "/unlock").status == 200
    assert person.ask("POST", "/v1.0/session", {}).status == 200
    assert person.ask("GET", "/").status == 200


def test_unlocking_without_a_passphrase_takes_the_keyring(served: Served) -> None:
    served.lock()
    served.keyring.usable = False
    answer = served.program("POST", "/v1.0/session", {})
    assert (answer.status, answer.error) == (409, "keyring_unavailable")
    served.keyring.usable = True
    assert served.program("POST", "/v1.0/session", {}).json["locked"] is False


def test_a_passphrase_of_the_wrong_type_is_400(served: Served) -> None:
    answer = served.program("POST", "/v1.0/session", {"passphrase": 5})
    assert (answer.status, answer.json["field"]) == (400, "passphrase")


def test_starting_over_must_be_confirmed(served: Served) -> None:
    person = served.person()
    served.lock()
    for body in ({}, {"confirm": False}, {"confirm": "yes"}):
        assert person.ask("POST", "/v1.0/keys/start-over", body).status == 400
    answer = person.ask("POST", "/v1.0/keys/start-over", {"confirm": True})
    assert (answer.status, answer.json["locked"]) == (200, False)
    assert list(served.folder.glob("profiles.db.old-*")) or list(served.folder.glob("*old-*"))


def test_the_keys_say_how_they_are_kept(served: Served) -> None:
    body = served.person().ask("GET", "/v1.0/keys?check=true").json
    assert body == {
        "state": "unlocked",
        "keyring": True,
        "passphrase": False,
        "key_file": None,
        "keyring_usable": True,
        "keyring_problem": None,
    }


def test_a_passphrase_is_added_stays_unless_named_and_is_taken_away(served: Served) -> None:
    person = served.person()
    added = person.ask("PATCH", "/v1.0/keys", {"keyring": True, "passphrase": PASSPHRASE})
    assert (added.status, added.json["passphrase"]) == (200, True)
    unproven = person.ask("PATCH", "/v1.0/keys", {"keyring": True})
    assert (unproven.status, unproven.error) == (403, "wrong_passphrase")
    proof = {"current_passphrase": PASSPHRASE}
    kept = person.ask("PATCH", "/v1.0/keys", {"keyring": True, **proof})
    assert (kept.status, kept.json["passphrase"]) == (200, True)
    change = {"keyring": True, "passphrase": None, **proof}
    assert person.ask("PATCH", "/v1.0/keys", change).json["passphrase"] is False


def test_something_must_still_open_the_vault(served: Served) -> None:
    answer = served.person().ask("PATCH", "/v1.0/keys", {"keyring": False})
    assert (answer.status, answer.error) == (400, "no_key_left")


def test_a_weak_passphrase_is_400(served: Served) -> None:
    answer = served.person().ask("PATCH", "/v1.0/keys", {"keyring": False, "passphrase": "short"})
    assert (answer.status, answer.error) == (400, "weak_passphrase")
    assert "8" in answer.json["message"]


def test_settings_are_read_and_changed(served: Served) -> None:
    person = served.person()
    body = person.ask("GET", "/v1.0/settings").json
    assert set(body) == {
        "language",
        "theme",
        "auto_lock_minutes",
        "start_at_login",
        "default_lending",
        "proxy",
    }
    answer = person.ask("PATCH", "/v1.0/settings", {"theme": "dark", "auto_lock_minutes": 5})
    assert answer.status == 200
    assert answer.json == body | {"theme": "dark", "auto_lock_minutes": 5}
    assert person.ask("GET", "/v1.0/settings").json == answer.json


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"theme": "pink"}, "theme"),
        ({"auto_lock_minutes": -1}, "auto_lock_minutes"),
        ({"auto_lock_minutes": "5"}, "auto_lock_minutes"),
        ({"start_at_login": 1}, "start_at_login"),
        ({"proxy": "javascript:x"}, "proxy"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_setting_is_400(served: Served, patch: dict[str, Any], field: str) -> None:
    answer = served.person().ask("PATCH", "/v1.0/settings", patch)
    assert (answer.status, answer.error, answer.json["field"]) == (400, "invalid_request", field)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_the_settings_are_the_persons_alone(served: Served, method: str) -> None:
    """A proxy's address may hold a password, too."""
    person = served.person()
    proxy = "http://me:secret@proxy.example:3128"
    assert person.ask("PATCH", "/v1.0/settings", {"proxy": proxy}).json["proxy"] == proxy
    refused = served.program(method, "/v1.0/settings", {} if method == "PATCH" else None)
    assert (refused.status, refused.error) == (403, "person_required")


def test_a_ticket_signs_another_browser_in_once(served: Served) -> None:
    answer = served.person().ask("POST", "/v1.0/tickets", {})
    assert answer.status == 201
    assert answer.json["expires_at"] == "2026-02-02T02:42:00Z"
    assert NOW + 120 == 1_770_000_120
    address = urlsplit(answer.json["url"])
    assert address.netloc == served.host
    assert served.ask("GET", f"/?{address.query}").status == 302
    assert served.ask("GET", f"/?{address.query}").status == 403


def test_the_window_is_raised(served: Served) -> None:
    served.lock()
    assert served.program("POST", "/v1.0/window", {}).status == 204
    assert served.program("POST", "/v1.0/window").status == 204
    assert served.raised == 2


def test_the_photos_are_printed(served: Served) -> None:
    served.add_profile()
    person = served.person()
    answer = person.ask("POST", "/v1.0/demo/print", {"profile_id": "p1"})
    assert answer.status == 201
    assert answer.json == {"id": "sheet1", "photos": 3, "url": "/v1.0/demo/sheet/sheet1"}
    served.add_profile("p2", provider="photos-oauth1")
    person.ask("POST", "/v1.0/demo/print", {"profile_id": "p2"})
    assert served.services.demo.asked == [("p1", False), ("p2", True)]  # type: ignore[union-attr]
    sheet = person.ask("GET", answer.json["url"])
    assert (sheet.headers["content-type"], sheet.body[:4]) == ("image/png", b"\x89PNG")
    assert person.ask("GET", "/v1.0/demo/sheet/other").status == 404
    assert person.ask("POST", "/v1.0/demo/print", {"profile_id": "none"}).status == 404

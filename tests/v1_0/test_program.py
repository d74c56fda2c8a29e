"""Health, session, keys, settings, tickets, window, demo."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop_app import __version__
from tests.support.served import NOW, Served

NEVER = object()


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


@pytest.mark.parametrize("state", ["new", "locked"])
def test_health_answers_while_locked(served: Served, state: Any) -> None:
    served.vault.state = state
    assert served.ask("GET", "/v1.0/health").json["locked"] is True
    body = served.program("GET", "/v1.0/health").json
    assert (body["locked"], body["profiles"]) == (True, None)


def test_the_session_is_locked_and_unlocked(served: Served) -> None:
    assert served.program("DELETE", "/v1.0/session").status == 204
    assert served.program("GET", "/v1.0/session").json == {"locked": True, "state": "locked"}
    wrong = served.program("POST", "/v1.0/session", {"passphrase": "battery staple"})
    assert (wrong.status, wrong.error) == (403, "wrong_passphrase")
    answer = served.program("POST", "/v1.0/session", {"passphrase": "correct horse"})
    assert (answer.status, answer.json) == (200, {"locked": False, "state": "unlocked"})


def test_locking_keeps_the_browser_signed_in(served: Served) -> None:
    person = served.person()
    assert person.ask("DELETE", "/v1.0/session").status == 204
    assert person.ask("GET", "/unlock").status == 200
    unlocked = person.ask("POST", "/v1.0/session", {"passphrase": "correct horse"})
    assert unlocked.status == 200
    assert person.ask("GET", "/").status == 200


def test_the_first_passphrase_is_the_one_that_is_set(served: Served) -> None:
    served.vault.state = "new"
    served.program("POST", "/v1.0/session", {"passphrase": "a new passphrase"})
    assert served.vault.passphrase == "a new passphrase"


def test_unlocking_without_a_passphrase_tries_the_keyring(served: Served) -> None:
    served.vault.state = "locked"
    assert served.program("POST", "/v1.0/session", {}).status == 423
    served.vault.keyring = True
    assert served.program("POST", "/v1.0/session", {}).json["locked"] is False


def test_a_passphrase_of_the_wrong_type_is_400(served: Served) -> None:
    answer = served.program("POST", "/v1.0/session", {"passphrase": 5})
    assert (answer.status, answer.json["field"]) == (400, "passphrase")


def test_starting_over_must_be_confirmed(served: Served) -> None:
    person = served.person()
    served.vault.state = "locked"
    for body in ({}, {"confirm": False}, {"confirm": "yes"}):
        assert person.ask("POST", "/v1.0/keys/start-over", body).status == 400
    answer = person.ask("POST", "/v1.0/keys/start-over", {"confirm": True})
    assert (answer.status, answer.json["state"]) == (200, "new")


def test_the_keys_say_how_they_are_kept(served: Served) -> None:
    assert served.person().ask("GET", "/v1.0/keys").json == {
        "state": "unlocked",
        "keyring": False,
        "passphrase": True,
        "key_file": None,
        "keyring_usable": None,
        "keyring_problem": None,
    }


def test_the_passphrase_stays_unless_it_is_named(served: Served) -> None:
    person = served.person()
    answer = person.ask("PATCH", "/v1.0/keys", {"keyring": True})
    assert (answer.status, answer.json["passphrase"]) == (200, True)
    assert served.vault.calls[-1]["keep_passphrase"] is True
    change = {"keyring": True, "passphrase": None, "current_passphrase": "correct horse"}
    assert person.ask("PATCH", "/v1.0/keys", change).json["passphrase"] is False
    assert served.vault.calls[-1]["current_passphrase"] == "correct horse"


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


def test_a_program_does_not_see_the_proxys_password(served: Served) -> None:
    person = served.person()
    proxy = "http://me:secret@proxy.example:3128"
    assert person.ask("PATCH", "/v1.0/settings", {"proxy": proxy}).json["proxy"] == proxy
    assert served.program("GET", "/v1.0/settings").json["proxy"] == ""


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
    served.vault.state = "locked"
    assert served.program("POST", "/v1.0/window", {}).status == 204
    assert served.program("POST", "/v1.0/window").status == 204
    assert served.raised == 2


def test_the_photos_are_printed(served: Served) -> None:
    served.add_profile()
    person = served.person()
    answer = person.ask("POST", "/v1.0/demo/print", {"profile_id": "p1"})
    assert answer.status == 201
    assert answer.json == {"id": "sheet1", "photos": 3, "url": "/v1.0/demo/sheet/sheet1"}
    sheet = person.ask("GET", answer.json["url"])
    assert (sheet.headers["content-type"], sheet.body[:4]) == ("image/png", b"\x89PNG")
    assert person.ask("GET", "/v1.0/demo/sheet/other").status == 404
    assert person.ask("POST", "/v1.0/demo/print", {"profile_id": "none"}).status == 404

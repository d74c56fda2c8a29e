"""The base handlers: closed by default, JSON in, errors as JSON or as a page."""

from __future__ import annotations

import contextlib
import http.client
import logging
import socket
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from desktop_app.web.locale import Locales
from desktop_app.web.static import StaticHandler
from tests.support.served import API_KEY, Served
from tests.support.waiting import wait_until


@pytest.mark.parametrize("path", ["/", "/user/p1", "/unlock", "/nowhere", "/user/p1/x"])
def test_a_stranger_is_sent_to_signed_out(served: Served, path: str) -> None:
    for method in ("GET", "POST"):
        answer = served.ask(method, path)
        assert (answer.status, answer.headers["location"]) == (302, "/signed-out")


@pytest.mark.parametrize("path", ["/v1.0/profiles", "/v1.0/nowhere", "/v1.0/openapi.json", "/v1.0"])
def test_the_api_answers_a_stranger_401(served: Served, path: str) -> None:
    answer = served.ask("GET", path)
    assert (answer.status, answer.error) == (401, "unauthenticated")
    assert answer.json["message"]
    assert answer.headers["www-authenticate"] == "Bearer"


def test_signed_out_is_open_to_everybody(served: Served) -> None:
    assert served.ask("GET", "/signed-out").status == 200
    navigation = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert served.ask("GET", "/signed-out", headers=navigation).status == 200
    assert served.ask("GET", "/", headers=navigation).status == 403


def test_pages_are_the_persons_alone(served: Served) -> None:
    assert served.person().ask("GET", "/").status == 200
    assert served.program("GET", "/").status == 403


def test_a_locked_vault_sends_pages_to_unlock_and_the_api_423(served: Served) -> None:
    person = served.person()
    served.lock()
    answer = person.ask("GET", "/")
    assert (answer.status, answer.headers["location"]) == (302, "/unlock")
    assert person.ask("GET", "/unlock").status == 200
    answer = person.ask("GET", "/v1.0/profiles")
    assert (answer.status, answer.error) == (423, "locked")


def test_an_unknown_address_is_404_as_json_under_the_api_and_as_a_page_elsewhere(
    served: Served,
) -> None:
    person = served.person()
    answer = person.ask("GET", "/v1.0/nowhere")
    assert (answer.status, answer.error) == (404, "not_found")
    page = person.ask("GET", "/nowhere")
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")
    assert served.program("POST", "/v1.0/nowhere", {}).status == 404


def test_a_wrong_method_is_405_and_says_which_are_right(served: Served) -> None:
    answer = served.program("PUT", "/v1.0/profiles/p1", {})
    assert (answer.status, answer.error) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, DELETE, PATCH"
    assert served.person().ask("PUT", "/").status == 405
    assert served.ask("BREW", "/v1.0/health").status == 405


def test_head_answers_as_get_without_the_body(served: Served) -> None:
    answer = served.program("HEAD", "/v1.0/profiles")
    assert (answer.status, answer.body) == (200, b"")


def test_a_change_by_cookie_needs_the_xsrf_token(served: Served) -> None:
    person = served.person()
    bare = {"Cookie": person.cookie}
    for headers in (bare, {**bare, "X-XSRFToken": "wrong"}, {**bare, "X-XSRFToken": ""}):
        answer = served.ask("DELETE", "/v1.0/session", headers=headers)
        assert (answer.status, answer.error) == (403, "forbidden")
    assert not served.services.lock.locked
    assert person.ask("DELETE", "/v1.0/session").status == 204


def test_an_xsrf_token_that_another_server_chose_counts_for_nothing(served: Served) -> None:
    """Cookies ignore ports: any server on 127.0.0.1 sets them for ours as well."""
    person = served.person()
    session = f"coatcheck_{served.port}"
    chosen = "2|00000000|00000000000000000000000000000000|1"
    tossed = f'{session}="{person.cookies[session]}"; _xsrf="{chosen}"'
    both = {"Cookie": tossed, "X-XSRFToken": chosen}
    assert served.ask("DELETE", "/v1.0/session", headers=both).status == 403
    page = served.ask("GET", "/", headers={"Cookie": tossed})
    assert SimpleCookie(page.cookies[0])["_xsrf"].value != chosen
    # A page that is open already goes on working.
    kept = {"Cookie": tossed, "X-XSRFToken": person.cookies["_xsrf"]}
    assert served.ask("DELETE", "/v1.0/session", headers=kept).status == 204


def test_the_xsrf_token_may_be_a_form_field(served: Served) -> None:
    person = served.person()
    token = person.cookies["_xsrf"].replace("|", "%7C").encode()
    form = {"Cookie": person.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    assert served.ask("POST", "/", b"_xsrf=" + token, headers=form).status == 200
    assert served.ask("POST", "/", b"a=b", headers=form).status == 403


def test_a_program_needs_no_xsrf_token(served: Served) -> None:
    assert served.program("POST", "/v1.0/window", {}).status == 204
    answer = served.ask("POST", "/v1.0/window", {}, over_socket=True)
    assert answer.status == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", None),
        (b"[]", None),
        (b'"text"', None),
        (b"null", None),
        (b"\xff", None),
        (b'{"label": "\\ud800"}', None),
        (b'{"label": NaN}', None),
        (b"[" * 100_000, None),
        (b'{"label": "a", "label": "b"}', "label"),
        (b'{"label": 5}', "label"),
        (b'{"label": null}', "label"),
        (b"{}", "label"),
        (b"", "label"),
        (b'{"label": "a", "colour": "red"}', "colour"),
        (b'{"label": "' + b"a" * (1 << 20) + b'"}', None),
    ],
)
def test_a_bad_body_is_400_and_names_the_field(
    served: Served, body: bytes, field: str | None
) -> None:
    served.add_profile()
    answer = served.program("PATCH", "/v1.0/profiles/p1", body)
    assert (answer.status, answer.error) == (400, "invalid_request")
    assert answer.json.get("field") == field


def test_a_fault_of_ours_tells_nothing_inner(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    answer = served.person().ask("GET", "/failing")
    assert answer.status == 500
    assert b"the fault" not in answer.body
    assert b"Traceback" not in answer.body
    assert "/failing failed" in caplog.text


def test_a_reader_who_has_gone_away_is_no_fault(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = served.person()
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        head = f"GET /left HTTP/1.1\r\nHost: {served.host}\r\nCookie: {person.cookie}\r\n\r\n"
        connection.sendall(head.encode("ascii"))
        # Before that there is nobody who could leave: a closed connection is refused at the gate.
        wait_until(lambda: "somebody reads" in caplog.text)
    wait_until(lambda: "went away" in caplog.text)
    assert not [each for each in caplog.records if each.levelno > logging.INFO or each.exc_info]


def test_an_error_page_is_made_from_its_template(served: Served) -> None:
    templates = Path(served.folder / "templates")
    templates.mkdir()
    (templates / "error.html").write_text("{{ status }} {{ error.code }} {{ message }}")
    page = served.person().ask("GET", "/nowhere")
    assert page.body.startswith(b"404 not_found There is nothing here")


def test_the_log_holds_no_ticket_key_or_passphrase(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ticket = served.sessions.issue_ticket()
    served.ask("GET", f"/?ticket={ticket}")
    served.ask("GET", f"/?ticket={ticket}")
    served.program("POST", "/v1.0/session", {"passphrase": "not-the-passphrase"})
    assert "GET /" in caplog.text
    for secret in (ticket, "key-of-the-runtime-file", "not-the-passphrase"):
        assert secret not in caplog.text


def test_the_person_is_answered_in_their_language_and_a_program_in_english(
    served: Served,
) -> None:
    person = served.person()
    catalogue = served.folder / "locale" / "ru" / "LC_MESSAGES" / "coatcheck.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(RUSSIAN, encoding="utf-8")
    object.__setattr__(served.application.gate, "locales", Locales.load(served.folder / "locale"))
    answer = person.ask("GET", "/v1.0/profiles/none", **{"Accept-Language": "ru-RU,en;q=0.5"})
    assert answer.json["message"] == "Здесь ничего нет."
    answer = served.program("GET", "/v1.0/profiles/none", **{"Accept-Language": "ru"})
    assert answer.json["message"].startswith("There is nothing here")


def test_the_persons_requests_hold_off_the_auto_lock(served: Served) -> None:
    person = served.person()
    person.ask("PATCH", "/v1.0/settings", {"auto_lock_minutes": 5})
    for _ in range(3):
        served.clock.now += 240
        assert person.ask("GET", "/v1.0/profiles").status == 200


def test_a_programs_requests_do_not_hold_off_the_auto_lock(served: Served) -> None:
    person = served.person()
    person.ask("PATCH", "/v1.0/settings", {"auto_lock_minutes": 5})
    served.clock.now += 240
    assert served.program("GET", "/v1.0/profiles").status == 200
    served.clock.now += 120
    assert person.ask("GET", "/unlock").status == 200
    assert person.ask("GET", "/").headers["location"] == "/unlock"
    assert served.program("GET", "/v1.0/profiles").status == 423


def test_static_files_need_no_session_and_keep_their_headers(served: Served) -> None:
    (served.folder / "static").mkdir()
    (served.folder / "static" / "a.css").write_text("body{}")
    answer = served.ask("GET", "/static/a.css?v=1")
    assert (answer.status, answer.body) == (200, b"body{}")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert served.ask("HEAD", "/static/a.css").body == b""
    assert served.ask("GET", "/static/../c.sock").status in (403, 404)


def test_scripts_have_a_version_that_those_they_import_inherit(served: Served) -> None:
    scripts = served.folder / "static" / "js"
    scripts.mkdir(parents=True)
    (scripts / "a.js").write_text('import "./b.js";')
    (scripts / "b.js").write_text("1;")
    settings = {"static_path": str(served.folder / "static")}
    address = StaticHandler.make_static_url(settings, "js/a.js")
    imported = served.ask("GET", address.replace("a.js", "b.js"))
    assert (imported.status, imported.body) == (200, b"1;")
    assert "max-age" in imported.headers["cache-control"]
    assert "max-age" not in served.ask("GET", "/static/js/b.js").headers["cache-control"]
    assert served.ask("GET", "/static/~0123456789ab/../c.sock").status in {403, 404}
    (scripts / "b.js").write_text("2;")
    StaticHandler.reset()
    assert StaticHandler.make_static_url(settings, "js/a.js") != address


RUSSIAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: ru\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
"n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "There is nothing here, or not any more. Go back and look at the list."
msgstr "Здесь ничего нет."
"""


def test_only_the_connection_of_who_was_let_in_is_kept(served: Served) -> None:
    """A stranger's may be closed for another one; see ``bounded_server``."""
    known = served.application.gate.known
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/v1.0/health")
        assert connection.getresponse().read()
        assert not len(known)
        connection.request("GET", "/v1.0/health", headers={"Authorization": f"Bearer {API_KEY}"})
        assert connection.getresponse().read()
        assert len(known) == 1

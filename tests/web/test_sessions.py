"""A one-use ticket becomes a signed cookie; a stale or altered cookie is nobody."""

from __future__ import annotations

import secrets
from http.cookies import SimpleCookie

import pytest

from desktop_app.web.sessions import PRINTED_TICKET_LIFETIME, Sessions, TicketError
from tests.support.memory import Clock
from tests.support.served import API_KEY, Served

DAY = 86_400.0


def make_sessions(clock: Clock) -> Sessions:
    return Sessions(port=4711, clock=clock, random=secrets.token_bytes)


def test_a_ticket_signs_in_once() -> None:
    sessions = make_sessions(Clock())
    ticket = sessions.issue_ticket()
    session = sessions.redeem(ticket)
    assert sessions.find(session.id) is session
    with pytest.raises(TicketError):
        sessions.redeem(ticket)


@pytest.mark.parametrize("lifetime", [120.0, PRINTED_TICKET_LIFETIME])
def test_a_ticket_is_good_for_its_time_alone(lifetime: float) -> None:
    clock = Clock()
    sessions = make_sessions(clock)
    early, late = (sessions.issue_ticket(lifetime=lifetime) for _ in range(2))
    clock.now += lifetime - 1
    sessions.redeem(early)
    clock.now += 1
    with pytest.raises(TicketError):
        sessions.redeem(late)


@pytest.mark.parametrize("ticket", ["", "x", "\ud800", "ü" * 1000])
def test_a_made_up_ticket_is_refused(ticket: str) -> None:
    with pytest.raises(TicketError):
        make_sessions(Clock()).redeem(ticket)


def test_a_session_ends_after_a_day_without_use() -> None:
    clock = Clock()
    sessions = make_sessions(clock)
    session = sessions.redeem(sessions.issue_ticket())
    clock.now += DAY
    assert sessions.find(session.id) is None


def test_ending_all_sessions_forgets_tickets_too() -> None:
    sessions = make_sessions(Clock())
    ticket = sessions.issue_ticket()
    session = sessions.redeem(sessions.issue_ticket())
    sessions.end_all()
    assert sessions.find(session.id) is None
    with pytest.raises(TicketError):
        sessions.redeem(ticket)


def test_many_tickets_do_not_fill_the_memory() -> None:
    sessions = make_sessions(Clock())
    tickets = [sessions.issue_ticket() for _ in range(3_000)]
    sessions.redeem(tickets[-1])
    with pytest.raises(TicketError):
        sessions.redeem(tickets[0])


def test_the_ticket_leaves_the_address_and_becomes_a_cookie(served: Served) -> None:
    answer = served.ask("GET", f"/?ticket={served.sessions.issue_ticket()}")
    assert (answer.status, answer.headers["location"]) == (302, "/")
    cookies = {line.partition("=")[0]: line for line in answer.cookies}
    assert set(cookies) == {f"coatcheck_{served.port}", "_xsrf"}
    own = cookies[f"coatcheck_{served.port}"]
    assert "HttpOnly" in own
    assert "SameSite=Strict" in own
    assert "Path=/" in own
    assert "SameSite=Strict" in cookies["_xsrf"]
    assert "HttpOnly" not in cookies["_xsrf"]


def test_a_spent_or_unknown_ticket_is_refused(served: Served) -> None:
    ticket = served.sessions.issue_ticket()
    served.ask("GET", f"/?ticket={ticket}")
    for spent in (ticket, "unknown", ""):
        answer = served.ask("GET", f"/?ticket={spent}")
        assert answer.status == 403
        assert not answer.cookies


def test_a_foreign_page_cannot_spend_a_ticket(served: Served) -> None:
    ticket = served.sessions.issue_ticket()
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert served.ask("GET", f"/?ticket={ticket}", headers=foreign).status == 403
    assert served.ask("GET", f"/?ticket={ticket}").status == 302


def test_a_head_request_does_not_spend_a_ticket(served: Served) -> None:
    ticket = served.sessions.issue_ticket()
    served.ask("HEAD", f"/?ticket={ticket}")
    assert served.ask("GET", f"/?ticket={ticket}").status == 302


def test_an_altered_cookie_is_nobody(served: Served) -> None:
    person = served.person()
    name = f"coatcheck_{served.port}"
    good = person.cookies[name]
    for bad in (good[:-1], good[:-1] + ("0" if good[-1] != "0" else "1"), "x", "2|1:0|", ""):
        answer = served.ask("GET", "/", headers={"Cookie": f'{name}="{bad}"'})
        assert (answer.status, answer.headers["location"]) == (302, "/signed-out")


def test_a_cookie_of_another_port_is_nobody(served: Served) -> None:
    person = served.person()
    value = person.cookies[f"coatcheck_{served.port}"]
    answer = served.ask("GET", "/", headers={"Cookie": f'coatcheck_1="{value}"'})
    assert answer.status == 302


def test_an_old_cookie_is_nobody_and_one_in_use_is_renewed(served: Served) -> None:
    person = served.person()
    served.clock.now += 23 * 3600
    renewed = person.ask("GET", "/")
    assert renewed.status == 200
    assert SimpleCookie(renewed.cookies[0])[f"coatcheck_{served.port}"]["httponly"]
    served.clock.now += DAY
    assert person.ask("GET", "/").status == 302


def test_a_wrong_key_never_falls_back_to_a_cookie(served: Served) -> None:
    person = served.person()
    for header in ("Bearer wrong", "Bearer ", f"Basic {API_KEY}", API_KEY, f"Bearer {API_KEY}x"):
        answer = person.ask("GET", "/v1.0/profiles", Authorization=header)
        assert (answer.status, answer.error) == (401, "unauthenticated")


def test_a_cookie_counts_for_nothing_on_the_socket(served: Served) -> None:
    person = served.person()
    answer = served.ask(
        "GET", "/v1.0/keys", headers={**person.headers, "Host": "localhost"}, over_socket=True
    )
    assert (answer.status, answer.error) == (403, "person_required")

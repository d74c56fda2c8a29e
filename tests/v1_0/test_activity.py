"""``/v1.0/activity``: who took what, and whether the log is as it was written."""

from __future__ import annotations

import pytest

from tests.support.askers import this_program
from tests.support.served import Served

TOKEN = "/v1.0/profiles/p1/token"


@pytest.fixture
def used(served: Served) -> Served:
    """A profile from which this program, and then the person, took a token."""
    served.add_profile()
    served.add_profile("p2")
    served.add_loan("l1", program=this_program(), scopes=("openid", "photos.read"))
    assert served.program("POST", TOKEN, {"purpose": "to test"}).status == 200
    assert served.person().ask("POST", "/v1.0/profiles/p2/token", {}).status == 200
    return served


def test_the_newest_comes_first(used: Served) -> None:
    listed = used.program("GET", "/v1.0/activity").json
    assert listed["total"] == 2
    newest, oldest = listed["activity"]
    assert (newest["id"], newest["by"], newest["program"]) == (2, "person", None)
    assert oldest == {
        "id": 1,
        "at": "2026-02-02T02:40:00Z",
        "by": "program",
        "outcome": "given",
        "purpose": "token",
        "profile_id": "p1",
        "account": "Ada Example",
        "provider": "photos",
        "program": oldest["program"],
        "scopes": ["openid", "photos.read"],
        "decision": "always",
        "target": "",
        "says": "to test",
        "error": "",
    }
    assert oldest["program"]["path"] == this_program().path
    assert oldest["program"]["pid"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("profile=p1", [1]),
        ("profile=forgotten", []),
        ("program=PY", [1]),
        ("program=nothing-like-it", []),
        ("outcome=given", [2, 1]),
        ("outcome=denied", []),
        ("offset=1", [1]),
        ("limit=1", [2]),
        ("limit=0", []),
        ("offset=9", []),
    ],
)
def test_the_query_narrows_the_list(used: Served, query: str, found: list[int]) -> None:
    listed = used.program("GET", f"/v1.0/activity?{query}").json
    assert [each["id"] for each in listed["activity"]] == found


@pytest.mark.parametrize("query", ["limit=-1", "limit=many", "offset=1&offset=2", "limit=5000"])
def test_a_bad_query_is_400(used: Served, query: str) -> None:
    answer = used.program("GET", f"/v1.0/activity?{query}")
    assert (answer.status, answer.error) == (400, "invalid_request")


def test_a_name_that_fits_several_profiles_is_an_error(used: Served) -> None:
    answer = used.program("GET", "/v1.0/activity?profile=photos")
    assert (answer.status, answer.error) == (409, "ambiguous_profile")


def test_an_untouched_log_is_said_to_be_good(used: Served) -> None:
    assert used.program("GET", "/v1.0/activity/verify").json == {"ok": True, "entries": 2}


def test_an_altered_log_is_said_to_be_that_and_where(used: Served) -> None:
    path = used.folder / "activity.log"
    used.lock()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    used.unlock()
    report = used.program("GET", "/v1.0/activity/verify").json
    assert report["ok"] is False
    problem = report["problem"]
    assert (problem["kind"], problem["file"], problem["line"]) == ("missing", "activity.log", 2)
    assert problem["message"] == "Entries are missing before line 2 of activity.log: 1."
    assert used.program("GET", "/v1.0/activity").json["total"] == 1

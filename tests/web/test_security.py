"""What is refused before anyone asks who is calling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from desktop_app.errors import ForbiddenError
from desktop_app.web.security import check_request
from tests.support.served import API_KEY, Served

PORT = 4711
HEADER_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
NEAR_HOSTS = st.sampled_from(
    [
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:47110",
        "127.0.0.1:4711.evil.example",
        "127.0.0.1:4711@evil.example",
        "localhost:4711",
        "localhost",
        "LOCALHOST",
        "127.0.0.1.:4711",
        "[::1]:4711",
        "2130706433:4711",
        "0x7f.1:4711",
        "evil.example:4711",
        "127.0.0.2:4711",
    ]
)
NEAR_ORIGINS = st.sampled_from(
    [
        "null",
        "https://127.0.0.1:4711",
        "http://127.0.0.1",
        "http://127.0.0.1:47110",
        "http://127.0.0.1:4711/",
        "http://127.0.0.1:4711.evil.example",
        "http://localhost:4711",
        "HTTP://127.0.0.1:4711",
        "file://",
        "http://evil.example",
        "ws://127.0.0.1:4711",
    ]
)


def request(method: str = "GET", **headers: str) -> HTTPServerRequest:
    sent = HTTPHeaders({"Host": f"127.0.0.1:{PORT}"})
    made = HTTPServerRequest(start_line=RequestStartLine(method, "/", "HTTP/1.1"), headers=sent)
    # Afterwards, because Tornado itself refuses a Host that is none.
    for name, value in headers.items():
        made.headers[name.replace("_", "-")] = value
    return made


def test_our_own_host_and_origin_pass() -> None:
    check_request(
        request(Origin=f"http://127.0.0.1:{PORT}", Sec_Fetch_Site="same-origin"), port=PORT
    )


@given(NEAR_HOSTS | HEADER_TEXT.filter(lambda text: text.strip() != f"127.0.0.1:{PORT}"))
def test_every_other_host_is_refused(host: str) -> None:
    with pytest.raises(ForbiddenError):
        check_request(request(Host=host), port=PORT)


@given(NEAR_ORIGINS | HEADER_TEXT.filter(lambda text: text.strip() != f"http://127.0.0.1:{PORT}"))
def test_every_other_origin_is_refused(origin: str) -> None:
    with pytest.raises(ForbiddenError):
        check_request(request(Origin=origin), port=PORT)


@given(HEADER_TEXT.filter(lambda text: text.strip() not in ("same-origin", "none")))
def test_every_other_fetch_site_is_refused(site: str) -> None:
    with pytest.raises(ForbiddenError):
        check_request(request(Sec_Fetch_Site=site), port=PORT)


def test_a_repeated_host_or_origin_is_refused() -> None:
    for name, value in (("Host", f"127.0.0.1:{PORT}"), ("Origin", f"http://127.0.0.1:{PORT}")):
        twice = request(Origin=f"http://127.0.0.1:{PORT}")
        twice.headers.add(name, value)
        with pytest.raises(ForbiddenError):
            check_request(twice, port=PORT)


def test_only_a_navigation_may_come_from_elsewhere_and_only_where_allowed() -> None:
    good = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    check_request(request(**good, Sec_Fetch_Dest="document"), port=PORT, navigable=True)
    for method, headers, navigable in (
        ("GET", {**good, "Sec_Fetch_Dest": "document"}, False),
        ("POST", {**good, "Sec_Fetch_Dest": "document"}, True),
        ("GET", {**good, "Sec_Fetch_Dest": "iframe"}, True),
        ("GET", {**good, "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "script"}, True),
    ):
        with pytest.raises(ForbiddenError):
            check_request(request(method, **headers), port=PORT, navigable=navigable)


@pytest.mark.parametrize(
    "path", ["/", "/v1.0/health", "/v1.0/profiles", "/static/x.css", "/nowhere"]
)
@pytest.mark.parametrize(
    "foreign",
    [
        {"Host": "localhost"},
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_foreign_requests_are_refused_whatever_credential_comes_with_them(
    served: Served, path: str, foreign: dict[str, str]
) -> None:
    person = served.person()
    for headers in ({}, {"Authorization": f"Bearer {API_KEY}"}, person.headers):
        answer = served.ask("GET", path, headers={**headers, **foreign})
        assert answer.status == 403


def test_an_origin_of_another_scheme_with_our_host_is_refused(served: Served) -> None:
    answer = served.program("GET", "/v1.0/profiles", Origin=f"https://{served.host}")
    assert (answer.status, answer.error) == (403, "forbidden")


def test_the_socket_takes_localhost_alone(served: Served) -> None:
    assert served.ask("GET", "/v1.0/profiles", over_socket=True).status == 200
    for host in ("evil.example", served.host, "localhost:80"):
        answer = served.ask("GET", "/v1.0/profiles", headers={"Host": host}, over_socket=True)
        assert answer.status == 403


def test_localhost_is_refused_on_the_port(served: Served) -> None:
    answer = served.program("GET", "/v1.0/profiles", Host=f"localhost:{served.port}")
    assert answer.status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nowhere",
        "/failing",
        "/signed-out",
        "/v1.0/profiles",
        "/static/none.css",
        "/?ticket=x",
    ],
)
def test_every_answer_has_the_protecting_headers(served: Served, path: str) -> None:
    for headers in ({}, served.person().headers, {"Host": "evil.example"}):
        answer = served.ask("GET", path, headers=headers)
        policy = answer.headers["content-security-policy"]
        for part in ("default-src", "base-uri", "form-action", "frame-ancestors"):
            assert f"{part} 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_no_preflight_is_ever_granted(served: Served) -> None:
    answer = served.ask(
        "OPTIONS",
        "/v1.0/profiles",
        headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert answer.status in (401, 403, 405)
    assert not [name for name in answer.headers if name.startswith("access-control")]

"""Requests that git sends, and those with which somebody tried to get another host's token."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.cli.git_protocol import (
    LONGEST_REQUEST,
    BadRequestError,
    GitRequest,
    bearer_answer,
    password_answer,
    read_request,
    wants_bearer,
)

GOOD = b"protocol=https\nhost=github.com\n"


def test_what_git_2_39_sends_is_read() -> None:
    found = read_request(b"protocol=https\nhost=github.com\npath=maria/one.git\nusername=maria\n\n")
    assert found == GitRequest(origin="https://github.com", path="maria/one.git", username="maria")


def test_what_current_git_sends_is_read() -> None:
    found = read_request(
        b"capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=example.org:8443\n"
        b'wwwauth[]=Basic realm="a\tb"\nwwwauth[]=Bearer realm="x", scope="y"\n'
    )
    assert found.origin == "https://example.org:8443"
    assert found.takes_authtype
    assert found.challenges == ('Basic realm="a\tb"', 'Bearer realm="x", scope="y"')


def test_what_git_says_of_a_refused_token_is_read_and_not_shown() -> None:
    password = read_request(GOOD + b"username=oauth2\npassword=s3cret\noauth_refresh_token=r\n")
    assert password.secret == "s3cret"
    bearer = read_request(GOOD + b"authtype=Bearer\ncredential=s3cret\nephemeral=1\n")
    assert bearer.secret == "s3cret"
    assert "s3cret" not in repr((password, bearer))


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (b"GitHub.com", "https://github.com"),
        (b"github.com:443", "https://github.com"),
        (b"github.com:8443", "https://github.com:8443"),
        (b"127.0.0.1:9200", "https://127.0.0.1:9200"),
        (b"[::1]", "https://[::1]"),
        (b"[::1]:9200", "https://[::1]:9200"),
    ],
)
def test_a_host_is_read_as_an_origin(host: bytes, origin: str) -> None:
    assert read_request(b"protocol=https\nhost=" + host + b"\n").origin == origin


# Each is an attack that was published, as the helper would get to see it.
ADVISORIES = {
    "CVE-2020-5260, a line break in the address": b"host=evil.example\nhost=github.com\n",
    "CVE-2020-5260, the other way round": b"host=github.com\nhost=evil.example\n",
    "CVE-2020-5260, in the path": b"path=\nhost=github.com\nhost=evil.example\n",
    "CVE-2020-11008, no host": b"path=x\n",
    "CVE-2020-11008, an empty host": b"host=\npath=x\n",
    "CVE-2020-11008, a host that is no host": b"host=github.com?\n",
    "CVE-2024-50349, escape sequences": b"host=github.com\nusername=a\x1b[2Kb\n",
    "CVE-2024-50349, in the host": b"host=\x1b[31mgithub.com\n",
    "CVE-2024-52006, a carriage return": b"host=evil.example\rhost=github.com\n",
    "CVE-2024-52006, in the path": b"host=github.com\npath=a\r\nhost=evil.example\n",
    "CVE-2024-50338, a reader that ends lines with it": b"host=evil.example\rprotocol=https\n",
    "CVE-2025-23040, before the end of a line": b"host=github.com\r\n",
    "CVE-2024-53263, NUL": b"host=github.com\0.evil.example\n",
    "CVE-2024-53263, in the path": b"host=github.com\npath=a\0b\n",
    "CVE-2024-53263, a percent-coded line break": b"host=evil.example%0ahost=github.com\n",
    "CVE-2025-48386, more than a buffer": b"host=" + b"a" * 300 + b"\n",
}


@pytest.mark.parametrize("attack", ADVISORIES.values(), ids=ADVISORIES.keys())
def test_published_attacks_are_refused(attack: bytes) -> None:
    with pytest.raises(BadRequestError):
        read_request(b"protocol=https\n" + attack)


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        b"\n",
        b"host=github.com\n",
        b"protocol=https\n",
        b"protocol=\nhost=github.com\n",
        b"protocol=HTTPS\nhost=github.com\n",
        b"protocol=cert\nhost=github.com\n",
        b"protocol=https:\nhost=github.com\n",
        b"protocol=https\nprotocol=http\nhost=github.com\n",
        GOOD + b"protocol=https\n",
        GOOD + b"url=https://evil.example\n",
        b"url=https://github.com\n",
        GOOD + b"username=maria\nusername=jonas\n",
        GOOD + b"path=a\npath=b\n",
        GOOD + b"just words\n",
        GOOD + b"=nameless\n",
        GOOD + b"\nhost=evil.example\n",
        GOOD + b"\n\n\nprotocol=https\nhost=evil.example\n",
        GOOD + b"username=a\x0bb\n",
        GOOD + b"user\tname=x\n",
        GOOD + b"username=\xff\xfe\n",
        GOOD + b"path=" + b"a" * LONGEST_REQUEST + b"\n",
    ],
)
def test_doubtful_requests_are_refused(request_: bytes) -> None:
    with pytest.raises(BadRequestError):
        read_request(request_)


@pytest.mark.parametrize(
    "host",
    [
        "maria@github.com",
        "github.com@evil.example",
        "github.com:secret@evil.example",
        "github.com/evil",
        "github.com\\evil.example",
        "github.com#.evil.example",
        "github.com?.evil.example",
        "github%2ecom",
        "github.com ",
        " github.com",
        "g\u0456thub.com",
        "\uff47ithub.com",
        "github\u3002com",
        "g\u0131thub.com",
        "github.com:",
        "github.com:0443",
        "github.com:99999",
        "github.com:44 3",
        "github.com:443:1",
        "github..com",
        ".github.com",
        "github.com.",
        "[::1",
        "::1",
        "[github.com]",
    ],
)
def test_hosts_that_are_not_plain_are_refused(host: str) -> None:
    with pytest.raises(BadRequestError):
        read_request(f"protocol=https\nhost={host}\n".encode())


@given(st.binary(max_size=300))
def test_nothing_but_a_refusal_comes_of_noise(noise: bytes) -> None:
    for data in (noise, GOOD + noise):
        try:
            found = read_request(data)
        except BadRequestError:
            continue
        assert "\n" not in found.origin


@pytest.mark.parametrize(
    ("able", "challenges", "username", "bearer"),
    [
        (True, (), None, True),
        (True, (), "oauth2", False),
        (True, ('Basic realm="GitLab"',), None, False),
        (True, ('Bearer realm="x"',), "oauth2", True),
        (True, ("Basic realm=x", "BEARER"), None, True),
        (False, ("Bearer",), None, False),
    ],
)
def test_a_bearer_header_goes_where_git_and_the_server_take_one(
    *, able: bool, challenges: tuple[str, ...], username: str | None, bearer: bool
) -> None:
    request = GitRequest(origin="https://h", takes_authtype=able, challenges=challenges)
    assert wants_bearer(request, username=username) is bearer


def test_answers_are_what_git_reads() -> None:
    end = datetime(2030, 1, 1, tzinfo=UTC)
    assert bearer_answer("t", end) == (
        "capability[]=authtype\nauthtype=Bearer\ncredential=t\nephemeral=1\n"
        "password_expiry_utc=1893456000\n\n"
    )
    assert password_answer("oauth2", "t", None) == "username=oauth2\npassword=t\n\n"
    assert password_answer("u", "t", None, mark="1f") == (
        "capability[]=state\nstate[]=coatcheck:refused:1f\ncontinue=1\nusername=u\npassword=t\n\n"
    )


def test_what_other_helpers_keep_with_git_is_left_alone() -> None:
    more = b"capability[]=state\nstate[]=other:coatcheck:refused:1\n"
    assert read_request(GOOD + more).refused == ""
    assert read_request(GOOD + more).takes_state
    assert read_request(GOOD + more + b"state[]=coatcheck:refused:2a\n").refused == "2a"


@pytest.mark.parametrize("text", ["a\nhost=evil", "a\rb", "a\0b"])
def test_an_answer_is_never_broken_into_more_lines(text: str) -> None:
    with pytest.raises(BadRequestError):
        password_answer(text, "t", None)
    with pytest.raises(BadRequestError):
        bearer_answer(text, None)

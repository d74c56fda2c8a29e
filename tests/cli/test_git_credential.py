"""``coatcheck git-credential`` as git calls it: what it prints, and when it prints nothing."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.cli.test_git_protocol import ADVISORIES
from tests.support.answering import answering
from tests.support.forge import Forge, running_forge
from tests.support.program import Program, coatcheck
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """Maria's and Jonas's accounts at one host."""
    with running_forge(tmp_path_factory.mktemp("forge")) as made:
        made.connect("maria")
        made.connect("jonas")
        yield made


@pytest.fixture(autouse=True)
def fresh(forge: Forge) -> None:
    """Nothing is allowed or denied yet."""
    forge.forget_answers()


def helper(
    forge: Forge, request: str | bytes, operation: str = "get", *options: str
) -> subprocess.CompletedProcess[str]:
    text = request.decode("latin-1") if isinstance(request, bytes) else request
    return coatcheck(forge.program.folder, "git-credential", operation, *options, stdin=text)


def for_maria(forge: Forge, *more: str) -> str:
    host = forge.server.host
    return "\n".join([*more, "protocol=http", f"host={host}", "username=maria", "", ""])


def for_jonas(forge: Forge, *more: str) -> str:
    return for_maria(forge, *more).replace("username=maria", "username=jonas")


def answered(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.returncode == 0, done.stderr
    lines = [line.split("=", 1) for line in done.stdout.splitlines() if line]
    return {line[0]: line[1] for line in lines}


def test_git_that_knows_authtype_gets_a_bearer_token_that_is_not_kept(forge: Forge) -> None:
    with answering(forge.program, "once"):
        done = helper(forge, for_maria(forge, "capability[]=authtype"))
    assert done.stdout.startswith("capability[]=authtype\nauthtype=Bearer\n")
    answer = answered(done)
    assert answer["ephemeral"] == "1"
    assert int(answer["password_expiry_utc"]) > 1_700_000_000
    assert forge.server.gatekeeper.subject(answer["credential"]) == "maria"
    assert "password" not in answer


def test_older_git_gets_a_user_name_and_a_password(forge: Forge) -> None:
    with answering(forge.program, "once"):
        answer = answered(helper(forge, for_maria(forge)))
    assert answer["username"] == "maria"
    assert forge.server.gatekeeper.subject(answer["password"]) == "maria"
    assert answer.keys() == {"username", "password", "password_expiry_utc"}


def test_a_server_that_takes_basic_alone_gets_basic(forge: Forge) -> None:
    more = ("capability[]=authtype", 'wwwauth[]=Basic realm="forge"')
    with answering(forge.program, "once"):
        assert "password" in answered(helper(forge, for_maria(forge, *more)))


def test_a_convention_s_user_name_means_no_account_but_the_owner_does(forge: Forge) -> None:
    request = f"protocol=http\nhost={forge.server.host}\nusername=oauth2\npath=jonas/one.git\n"
    with answering(forge.program, "once"):
        answer = answered(helper(forge, request))
    assert answer["username"] == "oauth2"
    assert forge.server.gatekeeper.subject(answer["password"]) == "jonas"


@contextmanager
def somebody_watches(program: Program) -> Iterator[None]:
    """A page of the person's is open."""
    program.as_person("GET", "/v1.0/health")
    request = HTTPRequest(
        f"ws://127.0.0.1:{program.port}/v1.0/events",
        headers={"Cookie": program._cookie_header()["Cookie"], "Origin": program.origin},
    )

    async def watch() -> None:
        connection = await websocket_connect(request)
        watching.set()
        await asyncio.to_thread(enough.wait)
        connection.close()
        while await connection.read_message() is not None:
            """Until it is closed."""

    watching, enough = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(watch()))
    thread.start()
    try:
        assert watching.wait(120)
        yield
    finally:
        enough.set()
        thread.join()


def test_the_person_picks_where_it_is_not_clear_and_that_is_remembered(forge: Forge) -> None:
    request = f"protocol=http\nhost={forge.server.host}\npath=team/shared.git\n"
    jonas = forge.profile("jonas")["id"]
    with somebody_watches(forge.program):
        done: list[subprocess.CompletedProcess[str]] = []
        thread = threading.Thread(target=lambda: done.append(helper(forge, request)))
        thread.start()
        question = eventually(
            lambda: forge.program.as_person("GET", "/v1.0/approvals").json["approvals"]
        )[0]
        assert question["subject"] == f"{forge.server.url}/team/shared"
        answer = {"decision": "once", "profile_id": jonas}
        path = f"/v1.0/approvals/{question['id']}"
        assert forge.program.as_person("POST", path, answer).status == 200
        thread.join()
    assert forge.server.gatekeeper.subject(answered(done[0])["password"]) == "jonas"
    with answering(forge.program, "once"):
        again = answered(helper(forge, request.replace("shared.git", "shared")))
    assert forge.server.gatekeeper.subject(again["password"]) == "jonas"


def test_without_anybody_to_ask_the_accounts_are_listed(forge: Forge) -> None:
    done = helper(forge, f"protocol=http\nhost={forge.server.host}\npath=team/other.git\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "maria at forge" in done.stderr
    assert "jonas at forge" in done.stderr


def test_a_refused_token_is_renewed_once(forge: Forge) -> None:
    with answering(forge.program, "hour"):
        first = answered(helper(forge, for_maria(forge)))["password"]
        unknown = helper(forge, for_maria(forge, "password=somebody-else's"), "erase")
        assert (unknown.returncode, unknown.stdout) == (0, "")
        assert answered(helper(forge, for_maria(forge)))["password"] == first
        erased = helper(forge, for_maria(forge, f"password={first}"), "erase")
        assert (erased.returncode, erased.stdout) == (0, "")
        second = answered(helper(forge, for_maria(forge)))["password"]
        assert second != first
        more = ("capability[]=authtype", "authtype=Bearer", f"credential={second}")
        helper(forge, for_maria(forge, *more), "erase")
        assert answered(helper(forge, for_maria(forge)))["password"] == second


def test_git_that_comes_back_with_a_refused_token_gets_another_at_once(forge: Forge) -> None:
    """Git 2.46 and newer, within one command."""
    able = ("capability[]=authtype", "capability[]=state")
    with answering(forge.program, "hour"):
        first = answered(helper(forge, for_jonas(forge, *able)))
        assert first["continue"] == "1"
        back = ("state[]=other:1", f"state[]={first['state[]']}")
        second = answered(helper(forge, for_jonas(forge, *able, *back)))
        assert second["credential"] != first["credential"]
        assert forge.server.gatekeeper.subject(second["credential"]) == "jonas"
        assert "continue" not in second, "what is refused then is refused"
        assert answered(helper(forge, for_jonas(forge)))["password"] == second["credential"]


@pytest.mark.parametrize("operation", ["store", "erase", "capability", "someday"])
def test_other_operations_print_nothing(forge: Forge, operation: str) -> None:
    done = helper(forge, for_maria(forge), operation)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def refused(forge: Forge, request: str | bytes) -> None:
    """Empty output, no question, no token, status 1."""
    with answering(forge.program, "once") as asked:
        before = forge.program.as_program("GET", "/v1.0/activity").json["total"]
        done = helper(forge, request, "get", "--json")
        after = forge.program.as_program("GET", "/v1.0/activity").json["total"]
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert asked == []
    assert before == after


def test_an_operation_that_nobody_knows_is_ignored_whatever_comes_with_it(forge: Forge) -> None:
    """gitcredentials(7): “If it does not support the requested operation …”."""
    done = coatcheck(forge.program.folder, "git-credential", "capability", stdin="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_published_attacks_get_nothing(forge: Forge) -> None:
    # The parser's test has all of them; here is one of each kind, end to end.
    for attack in list(ADVISORIES.values())[::4]:
        meant = attack.replace(b"github.com", forge.server.host.encode())
        refused(forge, b"protocol=http\n" + meant)
    good = f"protocol=http\nhost={forge.server.host}\nusername=maria\n"
    for more in (f"url={forge.server.url}\n", "protocol=http\n", "username=jonas\n"):
        refused(forge, good + more)


@pytest.mark.parametrize(
    ("protocol", "host"),
    [
        ("https", "github.com"),
        ("https", "{host}"),
        ("http", "{host}.example.org"),
        ("http", "{name}"),
        ("http", "{name}:1"),
        ("http", "localhost:{port}"),
        ("http", "127.0.0.2:{port}"),
        ("http", "127.1:{port}"),
        ("http", "0x7f000001:{port}"),
        ("http", "maria@{host}"),
        ("http", "{host}@evil.example"),
        ("http", "{host}/"),
        ("ftp", "{host}"),
    ],
)
def test_hosts_that_only_look_alike_get_nothing(forge: Forge, protocol: str, host: str) -> None:
    """Also CVE-2024-53858 and its kind: a token that goes to whatever host git names."""
    name, port = forge.server.host.split(":")
    place = host.format(host=forge.server.host, name=name, port=port)
    refused(forge, f"protocol={protocol}\nhost={place}\n")


def test_a_locked_vault_is_status_6_and_prints_nothing(forge: Forge) -> None:
    assert coatcheck(forge.program.folder, "lock").returncode == 0
    done = helper(forge, for_maria(forge))
    assert (done.returncode, done.stdout) == (6, "")
    assert coatcheck(forge.program.folder, "unlock").returncode == 0


def test_a_denial_is_status_4_and_prints_nothing(forge: Forge) -> None:
    with answering(forge.program, "deny"):
        done = helper(forge, for_maria(forge), "get", "--json")
    assert (done.returncode, done.stdout) == (4, "")


def test_a_program_that_does_not_run_is_not_started_for_a_refused_token(forge: Forge) -> None:
    elsewhere = forge.root / "elsewhere"
    done = coatcheck(elsewhere, "git-credential", "erase", stdin=for_maria(forge, "password=x"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not elsewhere.exists()
    not_started = coatcheck(
        elsewhere, "git-credential", "get", "--no-start", stdin=for_maria(forge)
    )
    assert (not_started.returncode, not_started.stdout) == (3, "")

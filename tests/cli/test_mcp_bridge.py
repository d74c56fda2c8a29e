"""What the bridge does with a server's answers, streams and sessions, and an assistant's wishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.answering import answering
from tests.support.assistant import Assistant, World, begin, bridge
from tests.support.mcp_server import VERSION
from tests.support.oidc_provider import ScriptedBrowser
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def assistant(world: World) -> Iterator[Assistant]:
    """One that may borrow, and has opened its session."""
    with answering(world.program, "hour"), bridge(world) as made:
        begin(made, sign_in=world.account() is None)
        yield made
        made.end()


def test_answers_come_in_every_form_that_a_server_may_use(assistant: Assistant) -> None:
    assert assistant.ask(1, "plain")["result"] == {"text": "two\nlines"}, "JSON on many lines"
    assert assistant.ask(2, "array")["result"] == {}, "several messages at once"
    assert assistant.ask(3, "large", size=3_000_000)["result"]["text"] == "ü" * 3_000_000
    assert assistant.ask(4, "refuse")["error"] == {
        "code": -32602,
        "message": "Not so.",
        "data": {"why": "test"},
    }


@pytest.mark.parametrize("method", ["page", "nothing", "lost", "cut"])
def test_a_question_whose_answer_never_comes_is_answered_so(
    assistant: Assistant, method: str
) -> None:
    assert assistant.ask(5, method)["error"]["code"] == -32000


def test_a_stream_that_breaks_off_is_gone_on_with(world: World, assistant: Assistant) -> None:
    """MCP 2025-11-25, “Resumability and Redelivery”."""
    assert assistant.ask(6, "resumed")["result"] == {"after": "p1/6xx"}, "each event was passed"
    assert assistant.heard[-2]["params"]["data"] == "still working"
    went_on = [headers.get("Last-Event-ID") for _, name, headers in world.peer.requests if not name]
    assert went_on.count("p1/6xx") == 1, "whatever listening goes on with meanwhile"


def test_a_forgotten_session_begins_anew_without_the_assistant(
    world: World, assistant: Assistant
) -> None:
    """MCP 2025-11-25, “Session Management”: 404 means a new session."""
    before = len(assistant.heard)
    world.peer.sessions.clear()
    assert assistant.ask(7, "plain")["result"]
    assert len(world.peer.sessions) == 1
    told = [each for each in assistant.heard[before:] if "result" in each]
    assert [each["id"] for each in told] == [7], "the second opening is none of its business"
    assert world.peer.headers_of("plain")["MCP-Protocol-Version"] == VERSION


def test_a_server_that_wants_more_leads_to_another_sign_in(
    world: World, assistant: Assistant
) -> None:
    """MCP 2025-11-25, “Step-Up Authorization Flow”."""
    account = world.account()
    assert account is not None
    assistant.say("more", 8)
    address = assistant.stderr_line().split()[-1]
    assert assistant.ask(9, "plain")["result"], "calls that need no more go on meanwhile"
    assert ScriptedBrowser().sign_in(address).status == 200
    assert assistant.hear(8)["result"] == {"whoami": "maria"}
    now = world.account()
    assert now is not None
    assert set(account["scopes_granted"]) < set(now["scopes_granted"])
    assert "print" in now["scopes_granted"]


def test_a_server_that_moved_within_itself_is_found(world: World) -> None:
    place = world.peer.url.replace("/mcp", "/moved")
    with answering(world.program, "hour"), bridge(world, place) as moved:
        # Its description lies at the other address, which its refusal names.
        world.peer.resource = world.peer.url.replace("/mcp", "")
        try:
            moved.say("initialize", 0)
            address = moved.stderr_line().split()[-1]
            assert ScriptedBrowser().sign_in(address).status == 200
            assert moved.hear(0)["result"]["protocolVersion"] == VERSION
        finally:
            world.peer.resource = None


def test_a_redirect_to_another_place_is_not_followed(world: World) -> None:
    with bridge(world, world.peer.url.replace("/mcp", "/away")) as lured:
        assert "307" in lured.ask(0, "initialize")["error"]["message"]


MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}


def test_a_newer_assistant_needs_no_session_but_headers(world: World, assistant: Assistant) -> None:
    """MCP 2026-07-28, “Standard Request Headers” and “Custom Headers”."""
    assert assistant.ask(10, "tools/list", _meta=MODERN)["result"]["tools"]
    arguments = {"place": " Köln", "when": {"day": 7}}
    assistant.ask(11, "tools/call", _meta=MODERN, name="grüße", arguments=arguments)
    headers = world.peer.headers_of("tools/call")
    assert "Mcp-Session-Id" not in headers
    assert headers["MCP-Protocol-Version"] == "2026-07-28"
    assert headers["Mcp-Method"] == "tools/call"
    assert headers["Mcp-Name"] == "=?base64?Z3LDvMOfZQ==?="
    assert headers["Mcp-Param-Place"] == "=?base64?IEvDtmxu?="
    assert headers["Mcp-Param-Day"] == "7"


def test_a_newer_assistant_gives_up_by_hanging_up(world: World, assistant: Assistant) -> None:
    """MCP 2026-07-28, “Cancellation”."""
    before = len(world.peer.requests)
    assistant.say("endless", 12, _meta=MODERN)
    assert world.peer.begun.wait(120)
    assistant.say("notifications/cancelled", requestId=12)
    assert world.peer.hung_up.wait(120)
    assert assistant.ask(13, "plain")["result"]
    assert not any(each.get("id") == 12 for each in assistant.heard)
    told = [name for _, name, _ in world.peer.requests[before:]]
    assert "notifications/cancelled" not in told


@pytest.mark.parametrize("leave", [Assistant.terminate, Assistant.vanish])
def test_an_assistant_that_leaves_ends_the_session(
    world: World, leave: Callable[[Assistant], int]
) -> None:
    with answering(world.program, "hour"), bridge(world) as ended:
        begin(ended, sign_in=world.account() is None)
        world.peer.begun.clear()
        ended.say("endless", 1)
        assert world.peer.begun.wait(120)
        before = set(world.peer.sessions)
        assert leave(ended) == 0
        assert len(world.peer.sessions) == len(before) - 1


def test_an_assistant_that_reads_nothing_can_end_the_bridge(world: World) -> None:
    """Its pipe is full, and whoever writes into it waits for good."""
    with answering(world.program, "hour"), bridge(world) as deaf:
        begin(deaf, sign_in=world.account() is None)
        deaf.say("large", 1, size=3_000_000)
        eventually(deaf.is_deafened)
        before = set(world.peer.sessions)
        assert deaf.terminate() == 0
        assert len(world.peer.sessions) == len(before) - 1

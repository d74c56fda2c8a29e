"""The bridge between an assistant and an MCP server that wants a token: who gets it, and how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_app.cli.client import ApiError
from desktop_app.cli.mcp_access import Access
from desktop_app.cli.mcp_connection import Way, place_of
from desktop_app.cli.mcp_way import WayFinder
from desktop_app.config import Config
from desktop_app.paths import DataFolder
from tests.support.answering import answering
from tests.support.assistant import World, begin, bridge
from tests.support.mcp_server import VERSION, running_mcp_server
from tests.support.oidc_provider import ScriptedBrowser
from tests.support.program import coatcheck
from tests.support.waiting import eventually


def test_the_first_assistant_signs_in_and_every_other_borrows(world: World) -> None:
    with answering(world.program, "hour") as asked, bridge(world) as first:
        first.say("initialize", 0)
        line = first.stderr_line()
        address = line.split()[-1]
        assert ScriptedBrowser().sign_in(address).status == 200
        assert first.hear(0)["result"]["protocolVersion"] == VERSION
        first.say("notifications/initialized")
        assert first.hear(None)["params"]["data"] == "hello", "said unasked"
        for number in (1, 2):
            first.say("tools/call", number)
        assert first.hear(2)["result"] == {"whoami": "maria"}
        first.hear(1) if not any(each.get("id") == 1 for each in first.heard) else None
        assert {"working"} <= {each.get("params", {}).get("data") for each in first.heard}
        out, err = first.end()
    assert len(asked) == 1
    assert not world.peer.sessions, "the session was ended"
    headers = world.peer.requests[-1][2]
    assert headers["MCP-Protocol-Version"] == VERSION
    said = json.dumps(first.heard) + out + err + line
    assert not any(token in said for token in world.peer.gatekeeper.seen)
    (profile,) = world.profiles()
    with answering(world.program, "hour"), bridge(world) as second:
        begin(second)
        second.say("tools/call", 7)
        assert second.hear(7)["result"] == {"whoami": "maria"}
        second.end()
    assert [each["id"] for each in world.profiles()] == [profile["id"]]
    assert len(world.provider.registered()) == 1


def test_a_refused_token_is_renewed_and_the_message_sent_again(world: World) -> None:
    with answering(world.program, "hour"), bridge(world) as assistant:
        begin(assistant)
        world.peer.gatekeeper.refused.add(world.peer.gatekeeper.seen[-1])
        assistant.say("tools/call", 3)
        assert assistant.hear(3)["result"] == {"whoami": "maria"}
        assistant.end()


def test_what_is_done_quietly_asks_the_person_for_nothing(world: World) -> None:
    if world.account() is None:
        with answering(world.program, "hour"), bridge(world) as assistant:
            begin(assistant, sign_in=True)
    _take_all_back(world)
    access = Access(world.peer.url, Config(folder=DataFolder(world.program.folder)))
    with pytest.raises(ApiError):
        access.refused("", "", quietly=True)
    with answering(world.program, "once") as asked:
        access.refused("", "")
        token = access.token(quietly=True)
        assert token
        eventually(lambda: len(asked) == 1)
        with pytest.raises(ApiError) as refused:
            access.refused(token, "", quietly=True)
        assert refused.value.code == "approval_required"
        with pytest.raises(ApiError):
            access.insufficient(token, 'Bearer scope="print"', quietly=True)
        assert len(asked) == 1
        access.refused(token, "")
        eventually(lambda: len(asked) == 2)


def _take_all_back(world: World) -> None:
    for loan in world.program.as_person("GET", "/v1.0/programs").json["programs"]:
        world.program.as_person("DELETE", f"/v1.0/programs/{loan['id']}")


def test_an_assistant_that_is_denied_hears_of_it(world: World) -> None:
    _take_all_back(world)
    with answering(world.program, "deny"), bridge(world) as assistant:
        assistant.say("initialize", 5)
        assert "not allowed" in assistant.hear(5)["error"]["message"]
    for loan in world.program.as_person("GET", "/v1.0/programs").json["denied"]:
        world.program.as_person("DELETE", f"/v1.0/programs/{loan['id']}")


def test_what_is_not_json_is_answered_so(world: World) -> None:
    with bridge(world) as assistant:
        assistant.write("{not json")
        assert assistant.hear(None)["error"]["code"] == -32700


def test_a_server_that_describes_another_gets_no_token(world: World) -> None:
    with running_mcp_server(world.provider.issuer) as liar:
        liar.resource = world.peer.url
        with bridge(world, liar.url) as assistant:
            assistant.say("initialize", 1)
            assert "another address" in assistant.hear(1)["error"]["message"]
        assert liar.gatekeeper.seen == []


def test_a_server_that_is_not_there_is_an_error_for_the_one_who_asked(world: World) -> None:
    with bridge(world, "http://127.0.0.1:9/mcp") as assistant:
        assistant.say("initialize", 1)
        assert assistant.hear(1)["error"]["code"] == -32000
        assistant.say("notifications/cancelled")


@pytest.mark.parametrize(
    "url",
    [
        "mcp.example",
        "ftp://h/",
        "http://mcp.example/",
        "https://u:p@h/",
        "https://h/#f",
        "https://",
    ],
)
def test_an_address_that_is_no_server_s_is_wrong_usage(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match=r"it must|it holds|without https"):
        place_of(url)
    done = coatcheck(tmp_path / "none", "mcp", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert not (tmp_path / "none").exists()


def test_the_account_for_a_server_is_one_of_its_own(world: World) -> None:
    """The same person at the same provider for everything else stays untouched."""
    entry = {
        "id": "plain",
        "name": "Plain",
        "issuer": world.provider.issuer,
        "client_id": "coatcheck",
        "scopes": ["openid", "profile"],
    }
    assert world.program.as_program("POST", "/v1.0/providers", entry).status == 201
    wish = {"provider": "plain", "open_browser": False}
    started = world.program.as_program("POST", "/v1.0/oauth/sign-ins", wish).json
    ScriptedBrowser().sign_in(started["authorization_url"])
    path = f"/v1.0/oauth/sign-ins/{started['id']}"
    eventually(lambda: world.program.as_program("GET", path).json["status"] == "completed")
    found = world.profiles()
    assert len(found) == 2
    assert len({(each["issuer"], each["subject"]) for each in found}) == 1


def test_the_way_to_a_server_is_that_of_the_program_s_settings(world: World) -> None:
    finder = WayFinder(Config(folder=DataFolder(world.program.folder)))
    far, here = place_of("https://tools.example/mcp"), place_of(world.peer.url)
    for setting, way in (("http://p.example:80", Way("http://p.example:80")), ("", Way())):
        change = world.program.as_person("PATCH", "/v1.0/settings", {"proxy": setting})
        assert change.status == 200
        assert finder(far) == way
        assert finder(here) == Way()


def test_without_the_program_the_environment_says_the_way(tmp_path: Path) -> None:
    finder = WayFinder(Config(folder=DataFolder(tmp_path), auto_start=False))
    assert finder(place_of("https://tools.example/mcp")) == Way()


def test_a_passphrase_is_one_line_before_the_assistant_s_own(world: World) -> None:
    said = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize"})
    done = coatcheck(
        world.program.folder,
        *("--passphrase-stdin", "mcp", "http://127.0.0.1:9/mcp"),
        stdin=f"a passphrase\n{said}\n",
    )
    assert json.loads(done.stdout)["id"] == 1

"""The loopback redirect listener, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop_app.providers.model import Redirect
from desktop_app.services.errors import PortInUseError
from desktop_app.services.ports import RedirectAnswer, RedirectListener
from desktop_app.transport.loopback import LoopbackListeners
from desktop_app.transport.loopback_pages import LoopbackPages
from tests.support.junk import send_junk
from tests.support.ports import free_port

PAGES = LoopbackPages(done=b"<p>all done", used=b"<p>used already", stylesheet=b"p{color:teal}")


class Answers:
    """Accepts the answer whose query holds ``state=right``."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.methods: list[str] = []

    def __call__(self, answer: RedirectAnswer) -> bool:
        self.urls.append(answer.url)
        self.methods.append(answer.method)
        return "state=right" in answer.url


class Reply:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def _send(
    port: int,
    method: str,
    target: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    address: str = "127.0.0.1",
) -> Reply:
    connection = http.client.HTTPConnection(address, port, timeout=120)
    with contextlib.closing(connection):
        connection.request(method, target, body=body, headers=headers or {})
        return Reply(connection.getresponse())


async def send(*args: Any, **kwargs: Any) -> Reply:
    return await asyncio.to_thread(_send, *args, **kwargs)


def port_of(listener: RedirectListener) -> int:
    return int(listener.redirect_uri.split(":")[-1].split("/")[0])


def with_listener(
    story: Callable[[RedirectListener, Answers], Awaitable[None]],
    redirect: Redirect | None = None,
) -> None:
    async def run() -> None:
        answers = Answers()
        listeners = LoopbackListeners(lambda: PAGES)
        listener = await listeners.listen(redirect or Redirect(), answers)
        try:
            await story(listener, answers)
        finally:
            await listener.close()

    asyncio.run(run())


def test_the_accepted_answer_is_a_303_to_a_page_without_code_or_state() -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        reply = await send(port_of(listener), "GET", "/callback?code=abc&state=right")
        assert reply.status == 303
        assert reply.headers["location"] == "/done"
        assert answers.urls == [f"{listener.redirect_uri}?code=abc&state=right"]
        done = await send(port_of(listener), "GET", "/done")
        assert (done.status, done.body) == (200, PAGES.done)

    with_listener(story)


def test_a_form_post_arrives_as_a_query_with_repeats_kept() -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://op.example"}
        body = b"code=a%20b+c&code=d&state=right\xff#x"
        reply = await send(port_of(listener), "POST", "/callback", body=body, headers=form)
        assert (reply.status, reply.headers["location"]) == (303, "/done")
        query = "code=a%20b+c&code=d&state=right%FF%23x"
        assert answers.urls == [f"{listener.redirect_uri}?{query}"]
        assert answers.methods == ["POST"]

    with_listener(story)


def test_a_repeated_answer_is_told_that_it_was_used_and_is_not_offered_again() -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        target = "/callback?code=abc&state=right"
        assert (await send(port_of(listener), "GET", target)).status == 303
        again = await send(port_of(listener), "GET", target)
        assert (again.status, again.body) == (400, PAGES.used)
        assert len(answers.urls) == 1

    with_listener(story)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/favicon.ico", 404),
        ("GET", "/", 404),
        ("GET", "/callback/", 404),
        ("GET", "/callback/x?state=right", 404),
        ("GET", "//callback?state=right", 404),
        ("HEAD", "/callback?state=right", 405),
        ("PUT", "/callback?state=right", 405),
        ("DELETE", "/callback?state=right", 405),
        ("OPTIONS", "/callback?state=right", 405),
        ("POST", "/done", 405),
    ],
)
def test_stray_requests_reach_nobody(method: str, target: str, status: int) -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        assert (await send(port_of(listener), method, target)).status == status
        assert answers.urls == []

    with_listener(story)


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "127.1:{port}"]
)
def test_another_host_is_refused_even_with_the_right_answer(host: str) -> None:
    """DNS rebinding reaches this port under a name of the attacker's."""

    async def story(listener: RedirectListener, answers: Answers) -> None:
        port = port_of(listener)
        named = {"Host": host.format(port=port)}
        reply = await send(port, "GET", "/callback?code=a&state=right", headers=named)
        assert reply.status == 403
        assert answers.urls == []

    with_listener(story)


def test_a_form_of_another_kind_or_too_long_is_refused() -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        port = port_of(listener)
        json = {"Content-Type": "application/json"}
        reply = await send(port, "POST", "/callback", body=b"state=right", headers=json)
        assert reply.status == 415
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        with contextlib.suppress(OSError):  # the listener may hang up while we still send
            long = b"state=right&x=" + b"y" * (70 << 10)
            assert (await send(port, "POST", "/callback", body=long, headers=form)).status in {
                400,
                413,
            }
        assert answers.urls == []

    with_listener(story)


def test_every_page_forbids_scripts_frames_caching_and_referrers() -> None:
    async def story(listener: RedirectListener, _: Answers) -> None:
        for target in ("/callback?state=wrong", "/callback?state=right", "/done", "/nothing"):
            headers = (await send(port_of(listener), "GET", target)).headers
            policy = headers["content-security-policy"]
            for rule in ("default-src", "base-uri", "form-action", "frame-ancestors"):
                assert f"{rule} 'none'" in policy
            assert headers["cache-control"] == "no-store"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers

    with_listener(story)


def test_the_stylesheet_is_served_beside_the_pages() -> None:
    async def story(listener: RedirectListener, _: Answers) -> None:
        reply = await send(port_of(listener), "GET", "/done.css")
        assert (reply.status, reply.body) == (200, PAGES.stylesheet)
        assert reply.headers["content-type"].startswith("text/css")

    with_listener(story)


def test_localhost_listens_on_both_loopback_addresses_of_this_machine() -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        port = port_of(listener)
        assert listener.redirect_uri == f"http://localhost:{port}/callback"
        named = {"Host": f"localhost:{port}"}
        addresses = ["127.0.0.1"] + (["::1"] if _has_ipv6() else [])
        for address in addresses:
            reply = await send(port, "GET", "/callback?state=wrong", headers=named, address=address)
            assert reply.status == 400
        assert len(answers.urls) == len(addresses)

    with_listener(story, Redirect(host="localhost"))


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_a_fixed_port_and_path_are_kept() -> None:
    port = free_port()

    async def story(listener: RedirectListener, _: Answers) -> None:
        assert listener.redirect_uri == f"http://127.0.0.1:{port}/auth/back.do"
        assert (await send(port, "GET", "/auth/back.do?state=right")).status == 303
        assert (await send(port, "GET", "/auth/backxdo?state=right")).status == 404

    with_listener(story, Redirect(port=port, path="/auth/back.do"))


def test_a_redirect_path_that_is_our_own_last_page_still_works() -> None:
    async def story(listener: RedirectListener, _: Answers) -> None:
        reply = await send(port_of(listener), "GET", "/done?state=right")
        assert (reply.status, reply.headers["location"]) == (303, "/finished")
        assert (await send(port_of(listener), "GET", "/finished")).body == PAGES.done

    with_listener(story, Redirect(path="/done"))


def test_a_fixed_port_in_use_is_told_by_its_number() -> None:
    async def run() -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = int(other.getsockname()[1])
            with pytest.raises(PortInUseError) as caught:
                await LoopbackListeners().listen(Redirect(port=port), Answers())
            assert caught.value.fields["port"] == port

    asyncio.run(run())


def test_a_closed_listener_answers_nothing_more() -> None:
    async def story(listener: RedirectListener, _: Answers) -> None:
        port = port_of(listener)
        await listener.close()
        with pytest.raises(ConnectionRefusedError):
            await send(port, "GET", "/done")
        await listener.close()

    with_listener(story)


def test_a_lingering_listener_shows_its_last_page_but_takes_no_answer() -> None:
    async def story(listener: RedirectListener, answers: Answers) -> None:
        await listener.close(linger=60)
        assert (await send(port_of(listener), "GET", "/done")).status == 200
        assert (await send(port_of(listener), "GET", "/callback?state=right")).status == 400
        assert answers.urls == []

    with_listener(story)


def test_a_lingering_listener_ends_by_itself() -> None:
    async def story(listener: RedirectListener, _: Answers) -> None:
        await listener.close(linger=0.01)
        with pytest.raises(ConnectionRefusedError):
            for _ in range(1000):
                await send(port_of(listener), "GET", "/done")
                await asyncio.sleep(0.01)

    with_listener(story)


def test_a_new_sign_in_takes_the_fixed_port_over_from_a_lingering_one() -> None:
    async def run() -> None:
        listeners, port = LoopbackListeners(), free_port()
        first = await listeners.listen(Redirect(port=port), Answers())
        await first.close(linger=60)
        second = await listeners.listen(Redirect(port=port), Answers())
        assert (await send(port, "GET", "/callback?state=right")).status == 303
        await second.close()

    asyncio.run(run())


def test_two_listeners_do_not_share_answers() -> None:
    async def run() -> None:
        listeners, one, two = LoopbackListeners(), Answers(), Answers()
        first = await listeners.listen(Redirect(), one)
        second = await listeners.listen(Redirect(), two)
        assert first.redirect_uri != second.redirect_uri
        await send(port_of(second), "GET", "/callback?state=right")
        assert (one.urls, len(two.urls)) == ([], 1)
        await first.close()
        await second.close()

    asyncio.run(run())


def test_nothing_of_an_answer_is_logged_even_if_its_acceptance_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    def fail(_: RedirectAnswer) -> bool:
        raise RuntimeError("the sign-in broke")

    async def run() -> None:
        listener = await LoopbackListeners().listen(Redirect(), fail)
        port = port_of(listener)
        reply = await send(port, "GET", "/callback?code=s3cr3t-c0de&state=s3cr3t-st4te")
        assert reply.status == 500
        await send(port, "POST", "/callback?code=s3cr3t-c0de", body=b"code=s3cr3t-c0de")
        await send(port, "PUT", "/callback?code=s3cr3t-c0de")
        await listener.close()

    asyncio.run(run())
    assert "the sign-in broke" in caplog.text
    assert "s3cr3t" not in caplog.text


def test_ten_thousand_junk_requests_do_not_end_the_flow() -> None:
    """A page elsewhere can make the browser send as many as it likes."""

    async def story(listener: RedirectListener, answers: Answers) -> None:
        await asyncio.to_thread(send_junk, port_of(listener), 10_000)
        reply = await send(port_of(listener), "GET", "/callback?code=a&state=right")
        assert reply.status == 303
        assert answers.urls[-1].endswith("code=a&state=right")

    with_listener(story)

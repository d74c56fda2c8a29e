from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import AppError, InvalidRequestError
from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.errors import ProviderUnreachableError, ResponseTooLargeError
from desktop_app.transport.failures import LOST, NO_HOST, REFUSED, TIMED_OUT, UNREADABLE
from desktop_app.transport.http import HttpClientAdapter, check_request
from desktop_app.transport.proxy import ProxyChoice
from tests.support.raw_http import Answer, RawServer, raw_server, response, serving
from tests.support.waiting import PATIENCE

_DIRECT = ProxyChoice(setting=lambda: "none")


def _adapter(total: float = PATIENCE) -> HttpClientAdapter:
    return HttpClientAdapter(proxies=_DIRECT, connect_timeout=PATIENCE, total_timeout=total)


def _fetch(
    answer: Answer | bytes, request: HttpRequest | None = None, *, total: float = PATIENCE
) -> tuple[HttpResponse | AppError, RawServer]:
    async def run() -> tuple[HttpResponse | AppError, RawServer]:
        async with raw_server(answer) as server:
            url = f"http://127.0.0.1:{server.port}/path?q=1"
            sent = replace(request or HttpRequest(method="GET", url="-"), url=url)
            try:
                return await _adapter(total).fetch(sent), server
            except AppError as error:
                return error, server

    return asyncio.run(run())


def _reason(result: object) -> object:
    assert isinstance(result, ProviderUnreachableError)
    assert result.fields["host"] == "127.0.0.1"
    return result.fields["reason"]


def test_an_answer_comes_back_with_its_status_headers_and_body() -> None:
    answer = response(b'{"a": 1}', status="400 Bad", headers="X-One: 1\r\nX-Two: a\r\nX-Two: b\r\n")
    result, server = _fetch(answer)
    assert isinstance(result, HttpResponse)
    assert (result.status, result.body) == (400, b'{"a": 1}')
    assert result.headers["x-one"] == "1"
    assert result.headers["x-two"] == "a,b"
    assert server.requests[0].startswith(b"GET /path?q=1 HTTP/1.1\r\n")
    assert b"User-Agent: Coatcheck/" in server.requests[0]
    assert b"Accept-Encoding: identity" in server.requests[0]


def test_a_post_sends_its_body_and_headers() -> None:
    received: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readexactly(3))
        writer.write(response())

    request = HttpRequest(method="POST", url="-", headers={"Authorization": "x"}, body=b"a=1")
    result, server = _fetch(answer, request)
    assert isinstance(result, HttpResponse)
    assert received == [b"a=1"]
    assert b"Authorization: x\r\n" in server.requests[0]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_request_without_a_body_is_sent_whatever_its_method(method: str) -> None:
    result, server = _fetch(response(), HttpRequest(method=method, url="-"))
    assert isinstance(result, HttpResponse)
    assert server.requests[0].startswith(method.encode())


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = response(b"", status="302 Found", headers="Location: http://127.0.0.1:1/x\r\n")
    result, server = _fetch(moved)
    assert isinstance(result, HttpResponse)
    assert result.status == 302
    assert len(server.requests) == 1


def test_an_endless_body_is_cut_at_the_limit() -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    result, server = _fetch(endless, HttpRequest(method="GET", url="-", max_body=100_000))
    assert isinstance(result, ResponseTooLargeError)
    assert server.requests


def test_an_endless_chunked_body_is_cut_at_the_limit() -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"ffff\r\n" + b"x" * 65535 + b"\r\n")
            await writer.drain()

    result, _ = _fetch(endless, HttpRequest(method="GET", url="-", max_body=100_000))
    assert isinstance(result, ResponseTooLargeError)


def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    request = HttpRequest(method="GET", url="-", max_body=1000)
    result, _ = _fetch(response(b"x" * 1000), request)
    assert isinstance(result, HttpResponse)
    result, _ = _fetch(response(b"x" * 1001), request)
    assert isinstance(result, ResponseTooLargeError)


def test_a_slow_body_ends_at_the_total_time() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    result, _ = _fetch(drip, total=0.3)
    assert _reason(result) == TIMED_OUT


def test_a_server_that_never_answers_ends_at_the_total_time() -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    result, _ = _fetch(silent, total=0.3)
    assert _reason(result) == TIMED_OUT


def test_a_body_that_stops_early_is_no_answer() -> None:
    result, _ = _fetch(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    assert _reason(result) == LOST


def test_a_reset_connection_is_no_answer() -> None:
    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    result, _ = _fetch(reset)
    assert _reason(result) == LOST


@pytest.mark.parametrize(
    "noise", [b"\r\n\r\n", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x15\x03\x01\r\n\r\n"]
)
def test_something_that_is_not_http_is_no_answer(noise: bytes) -> None:
    result, _ = _fetch(noise)
    assert isinstance(result, ProviderUnreachableError)


def test_endless_headers_are_no_answer() -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"y" * 1000 + b"\r\n")
            await writer.drain()

    result, _ = _fetch(endless)
    assert isinstance(result, ProviderUnreachableError)


_WORDS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"\r\n",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        b": \xff\r\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS | st.binary(max_size=20), max_size=8))
def test_any_bytes_give_an_answer_or_an_error_of_ours(parts: list[bytes]) -> None:
    result, _ = _fetch(b"".join(parts), total=2.0)
    assert isinstance(result, HttpResponse | ProviderUnreachableError)


def test_gzip_that_nobody_asked_for_is_unpacked() -> None:
    packed = gzip.compress(b'{"a": 1}')
    result, _ = _fetch(response(packed, headers="Content-Encoding: gzip\r\n"))
    assert isinstance(result, HttpResponse)
    assert result.body == b'{"a": 1}'


def test_a_gzip_bomb_is_too_large() -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    assert len(packed) < 60_000
    request = HttpRequest(method="GET", url="-", max_body=60_000)
    result, _ = _fetch(response(packed, headers="Content-Encoding: gzip\r\n"), request)
    assert isinstance(result, ResponseTooLargeError)


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, gzip"])
def test_a_coding_that_can_not_be_unpacked_is_no_answer(coding: str) -> None:
    result, _ = _fetch(response(b"not packed", headers=f"Content-Encoding: {coding}\r\n"))
    assert _reason(result) == UNREADABLE


def test_truncated_gzip_is_no_answer() -> None:
    packed = gzip.compress(b"hello" * 100)[:-4]
    result, _ = _fetch(response(packed, headers="Content-Encoding: gzip\r\n"))
    assert _reason(result) == UNREADABLE


def test_a_closed_port_is_said_to_refuse() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(ProviderUnreachableError) as caught:
            asyncio.run(_adapter().fetch(HttpRequest(method="GET", url=url)))
    assert caught.value.fields["reason"] == REFUSED


@pytest.mark.parametrize("host", ["nothing.invalid", "a" * 64 + ".invalid"])
def test_an_unknown_name_is_said_to_be_unknown(host: str) -> None:
    request = HttpRequest(method="GET", url=f"https://{host}/")
    with pytest.raises(ProviderUnreachableError) as caught:
        asyncio.run(_adapter().fetch(request))
    assert caught.value.fields == {"reason": NO_HOST, "host": host}


def test_a_fetch_that_is_cancelled_closes_its_connection() -> None:
    async def run() -> None:
        gone = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await reader.read()
            gone.set()

        async with raw_server(silent) as server:
            request = HttpRequest(method="GET", url=f"http://127.0.0.1:{server.port}/")
            task = asyncio.create_task(_adapter().fetch(request))
            while not server.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(gone.wait(), PATIENCE)

    asyncio.run(run())


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_socket_is_left_behind() -> None:
    async def run() -> None:
        async with raw_server(response()) as server:
            request = HttpRequest(method="GET", url=f"http://127.0.0.1:{server.port}/")
            adapter = _adapter()
            await adapter.fetch(request)
            await asyncio.sleep(0.05)
            before = _open_files()
            for _ in range(20):
                await adapter.fetch(request)
            async with asyncio.timeout(PATIENCE):
                while _open_files() > before:
                    await asyncio.sleep(0.01)

    asyncio.run(run())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "file:///etc/passwd",
        "https://user:pass@example.com/",
        "https://example.com/\r\nX: y",
        "ftp://example.com/",
        "",
    ],
)
def test_an_address_that_tokens_must_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(EndpointError):
        asyncio.run(_adapter().fetch(HttpRequest(method="GET", url=url)))


@pytest.mark.parametrize(
    "headers",
    [{"X": "a\r\nY: b"}, {"X": "a\nb"}, {"X": "a\0"}, {"X\r\nY": "a"}, {"": "a"}, {"X": "Ж"}],
)
def test_a_header_that_would_become_another_is_refused(headers: dict[str, str]) -> None:
    request = HttpRequest(method="GET", url="https://example.com/", headers=headers)
    with pytest.raises(InvalidRequestError):
        asyncio.run(_adapter().fetch(request))


@given(name=st.text(max_size=20), value=st.text(max_size=50))
def test_a_header_that_passes_holds_no_line_break(name: str, value: str) -> None:
    request = HttpRequest(method="GET", url="https://example.com/", headers={name: value})
    try:
        check_request(request)
    except InvalidRequestError:
        return
    assert not set("\r\n\0") & set(name + value)


def test_an_error_tells_nothing_of_the_request() -> None:
    request = HttpRequest(
        method="POST", url="-", headers={"Authorization": "Bearer hunter2"}, body=b"code=hunter2"
    )
    result, _ = _fetch(b"noise\r\n\r\n", request)
    assert isinstance(result, ProviderUnreachableError)
    assert "hunter2" not in repr((result, result.detail, result.fields, result.message))


def test_tornados_client_is_imported_only_for_the_first_request() -> None:
    code = (
        "import sys, desktop_app.transport.http\n"
        "sys.exit(any(name in sys.modules for name in ('tornado', 'truststore')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("scheme", "untouched"), [("https", True), ("http", False)])
def test_a_request_that_was_never_connected_had_no_effect(scheme: str, untouched: bool) -> None:
    """Inside TLS the connection breaks while it is made, otherwise after the request."""

    async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async def run() -> None:
        async with serving(hang_up) as port:
            with pytest.raises(ProviderUnreachableError) as caught:
                await _adapter().fetch(
                    HttpRequest(method="GET", url=f"{scheme}://127.0.0.1:{port}/")
                )
            assert caught.value.untouched == untouched

    asyncio.run(run())

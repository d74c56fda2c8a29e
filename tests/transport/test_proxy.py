from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.transport.http import HttpClientAdapter
from desktop_app.transport.proxy import ProxyChoice, parse_proxy
from tests.support.certificates import make_authority
from tests.support.connect_proxy import ConnectProxy, connect_proxy
from tests.support.raw_http import raw_server, response, serving
from tests.support.waiting import PATIENCE


def _choice(setting: str | None = None, system: Mapping[str, str] | None = None) -> ProxyChoice:
    return ProxyChoice(
        setting=lambda: setting, system=lambda: system or {}, bypass=lambda name: False
    )


def _chosen(choice: ProxyChoice, host: str, port: int = 443) -> str | None:
    proxy = choice.choose(host, port, scheme="https")
    return f"{proxy.host}:{proxy.port}" if proxy else None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9", "LOCALHOST"])
def test_this_machine_is_never_reached_through_a_proxy(host: str) -> None:
    assert _chosen(_choice("http://proxy.example:3128"), host) is None
    assert _chosen(_choice(None, {"https": "http://proxy.example:3128"}), host) is None


def test_the_setting_wins_over_the_environment() -> None:
    system = {"https": "http://environment.example:1"}
    assert _chosen(_choice("mine.example:3128", system), "a.example") == "mine.example:3128"
    assert _chosen(_choice("none", system), "a.example") is None
    assert _chosen(_choice("", system), "a.example") == "environment.example:1"
    assert _chosen(_choice("system", system), "a.example") == "environment.example:1"


def test_the_setting_is_asked_for_every_connection() -> None:
    setting = ["none"]
    choice = ProxyChoice(setting=lambda: setting[0], system=dict)
    assert _chosen(choice, "a.example") is None
    setting[0] = "http://proxy.example:3128"
    assert _chosen(choice, "a.example") == "proxy.example:3128"


def test_the_environments_exceptions_are_kept() -> None:
    system = {"https": "http://p.example:1", "no": "inside.example, other.example:8443"}
    choice = _choice(None, system)
    assert _chosen(choice, "git.inside.example") is None
    assert _chosen(choice, "other.example", 8443) is None
    assert _chosen(choice, "other.example", 443) == "p.example:1"
    assert _chosen(_choice(None, {**system, "no": "*"}), "a.example") is None


def test_a_proxy_for_everything_is_used() -> None:
    assert _chosen(_choice(None, {"all": "http://p.example:1"}), "a.example") == "p.example:1"


def test_the_operating_systems_own_exceptions_are_kept() -> None:
    choice = ProxyChoice(
        system=lambda: {"https": "http://p.example:1"}, bypass=lambda name: "inside" in name
    )
    assert _chosen(choice, "inside.example") is None
    assert _chosen(choice, "outside.example") == "p.example:1"


@pytest.mark.parametrize(
    "url", ["socks5://p.example:1080", "https://p.example", "http://", "http://p:99999", "http://["]
)
def test_a_proxy_that_can_not_be_used_is_an_error_and_no_direct_connection(url: str) -> None:
    with pytest.raises(ProviderUnreachableError):
        parse_proxy(url)


@given(st.text(max_size=60))
def test_any_text_gives_a_proxy_or_an_error_of_ours(text: str) -> None:
    try:
        proxy = parse_proxy(text)
    except ProviderUnreachableError:
        return
    assert proxy.host
    assert 0 < proxy.port < 65536


def test_a_proxys_password_is_not_in_its_repr() -> None:
    proxy = parse_proxy("http://me:hunter2@p.example:3128")
    assert proxy.authorization == "Basic " + base64.b64encode(b"me:hunter2").decode()
    assert "hunter2" not in repr(proxy)
    assert proxy.authorization not in repr(proxy)


async def _through(
    proxy: ConnectProxy, ca_file: Path, url: str, password: str = "", *, patience: float = PATIENCE
) -> HttpResponse:
    setting = f"http://{password}127.0.0.1:{proxy.port}"
    proxies = _choice(setting)
    adapter = HttpClientAdapter(proxies=proxies, connect_timeout=patience, total_timeout=PATIENCE)
    return await adapter.fetch(HttpRequest(method="GET", url=url, ca_file=str(ca_file)))


def _tunnelled(
    tmp_path: Path, *, name: str = "far.example", password: str = "", answer: bytes | None = None
) -> tuple[HttpResponse, list[str]]:
    authority = make_authority(tmp_path)
    tls = authority.server_context(name=name, folder=tmp_path)

    async def run() -> tuple[HttpResponse, list[str]]:
        async with (
            raw_server(response(b"far"), tls=tls) as server,
            connect_proxy(server.port) as proxy,
        ):
            proxy.answer = proxy.answer if answer is None else answer
            url = "https://far.example/x"
            return await _through(proxy, authority.file, url, password), proxy.heads

    return asyncio.run(run())


def test_a_request_goes_through_connect_with_tls_to_the_far_end(tmp_path: Path) -> None:
    result, heads = _tunnelled(tmp_path)
    assert result.body == b"far"
    assert heads == ["CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n"]


def test_the_proxys_password_goes_to_the_proxy_alone(tmp_path: Path) -> None:
    _, heads = _tunnelled(tmp_path, password="me:p%40ss@")
    expected = base64.b64encode(b"me:p@ss").decode()
    assert f"Proxy-Authorization: Basic {expected}\r\n" in heads[0]


def test_the_far_certificate_is_checked_inside_the_tunnel(tmp_path: Path) -> None:
    with pytest.raises(ProviderUnreachableError) as caught:
        _tunnelled(tmp_path, name="other.example")
    assert caught.value.fields["reason"] == "its certificate is for another name"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 407 Auth\r\n\r\n", "the proxy asks for a user name and password"),
        (b"HTTP/1.1 403 No\r\n\r\n", "the proxy doesn't let the connection through"),
        (b"SSH-2.0\r\n\r\n", "the proxy's answer can't be read"),
        (b"", "it ended the connection before the answer was complete"),
        (b"x" * 20_000, "its answer can't be read"),
    ],
)
def test_a_proxy_that_refuses_is_said_so(tmp_path: Path, answer: bytes, reason: str) -> None:
    with pytest.raises(ProviderUnreachableError) as caught:
        _tunnelled(tmp_path, answer=answer)
    assert caught.value.fields["reason"] == reason
    assert caught.value.untouched


def test_a_proxy_that_never_answers_ends_at_the_connect_time(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)

    async def run() -> object:
        async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            await reader.read()

        proxy = ConnectProxy(0)
        async with serving(silent) as proxy.port:
            with pytest.raises(ProviderUnreachableError) as caught:
                await _through(proxy, authority.file, "https://far.example/", patience=1.0)
        assert caught.value.untouched
        return caught.value.fields["reason"]

    assert asyncio.run(run()) == "it took too long to answer"

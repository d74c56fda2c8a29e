from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.transport.failures import EXPIRED, NOT_TLS, UNTRUSTED, WRONG_NAME
from desktop_app.transport.http import HttpClientAdapter
from desktop_app.transport.proxy import ProxyChoice
from desktop_app.transport.tls import TlsContexts
from tests.support.certificates import make_authority
from tests.support.raw_http import raw_server, response, serving
from tests.support.waiting import PATIENCE

_NO_CA_FILE = "the file of its certificate authority can't be read"


async def _get(tls: ssl.SSLContext | None, ca_file: Path | None) -> HttpResponse:
    adapter = HttpClientAdapter(proxies=ProxyChoice(setting=lambda: "none"), total_timeout=PATIENCE)
    async with raw_server(response(b"hello"), tls=tls) as server:
        url = f"https://127.0.0.1:{server.port}/"
        name = str(ca_file) if ca_file else None
        return await adapter.fetch(HttpRequest(method="GET", url=url, ca_file=name))


def _failure(tls: ssl.SSLContext | None, ca_file: Path | None) -> object:
    with pytest.raises(ProviderUnreachableError) as caught:
        asyncio.run(_get(tls, ca_file))
    return caught.value.fields["reason"]


def test_a_further_authority_is_trusted_for_its_request(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    tls = authority.server_context(folder=tmp_path)
    assert asyncio.run(_get(tls, authority.file)).body == b"hello"


def test_an_authority_that_nobody_named_is_not_trusted(tmp_path: Path) -> None:
    tls = make_authority(tmp_path).server_context(folder=tmp_path)
    assert _failure(tls, None) == UNTRUSTED


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    tls = make_authority(tmp_path).server_context(folder=tmp_path)
    assert _failure(tls, make_authority(tmp_path, "Another").file) == UNTRUSTED


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    tls = authority.server_context(name="elsewhere.example", folder=tmp_path)
    assert _failure(tls, authority.file) == WRONG_NAME


def test_an_expired_certificate_is_refused_and_points_at_the_clock(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    tls = authority.server_context(expired=True, folder=tmp_path)
    assert _failure(tls, authority.file) == EXPIRED


def test_a_server_without_tls_is_refused() -> None:
    async def run() -> object:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        async with serving(answer) as port:
            request = HttpRequest(method="GET", url=f"https://127.0.0.1:{port}/")
            with pytest.raises(ProviderUnreachableError) as caught:
                await HttpClientAdapter().fetch(request)
        return caught.value.fields["reason"]

    assert asyncio.run(run()) == NOT_TLS


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_an_authority_file_that_can_not_be_used_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    assert _failure(None, path) == _NO_CA_FILE


def test_a_context_is_kept_until_its_file_changes(tmp_path: Path) -> None:
    contexts = TlsContexts()
    path = str(make_authority(tmp_path).file)
    first = contexts.get(path)
    assert contexts.get(path) is first
    Path(path).write_bytes(make_authority(tmp_path).file.read_bytes())
    assert contexts.get(path) is not first


def test_old_versions_of_tls_are_not_spoken() -> None:
    context = TlsContexts().get()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname

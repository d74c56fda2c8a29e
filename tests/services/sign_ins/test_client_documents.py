"""A hosted description as the client ID, read before the browser opens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop_app.oauth.flow_errors import ClientDocumentError
from desktop_app.services.accounts import SignIn
from desktop_app.services.errors import ProviderUnreachableError
from tests.support.certificates import make_authority
from tests.support.rig import Rig, answer
from tests.support.sample_provider import SampleProvider, as_json

CALLBACK = "http://127.0.0.1/callback"


class Hosted:
    """A provider that takes descriptions, and the place where one is hosted."""

    def __init__(self, rig: Rig, sample: SampleProvider, ca_file: Path) -> None:
        self.rig = rig
        self.sample = sample
        self.ca_file = ca_file
        self.client_id = f"{sample.issuer}/client.json"
        self.document: dict[str, Any] = {
            "client_id": self.client_id,
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none",
        }
        sample.metadata["client_id_metadata_document_supported"] = True
        sample.answers["/client.json"] = lambda _: as_json(self.document)

    async def start(self, **entry: Any) -> SignIn:
        values = {"client_id": self.client_id, "ca_file": str(self.ca_file), **entry}
        await self.rig.add_provider(self.sample, **values)
        return await self.rig.start(self.sample)


Story = Callable[[Hosted], Awaitable[None]]


def with_hosted(folder: Path, story: Story) -> None:
    authority = make_authority(folder)
    tls = authority.server_context(folder=folder)

    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock, tls=tls) as sample:
            sample.issuer = f"https://127.0.0.1:{sample.port}"
            await story(Hosted(rig, sample, authority.file))

    asyncio.run(run())


def test_the_address_of_a_description_signs_in(tmp_path: Path) -> None:
    async def story(hosted: Hosted) -> None:
        hosted.sample.claims["aud"] = hosted.client_id
        view = await hosted.start()
        query = parse_qs(urlsplit(view.authorization_url or "").query)
        assert query["client_id"] == [hosted.client_id]
        await answer(view)
        done = await hosted.rig.wait_over(view.id)
        assert done.status == "completed", done.message
        grant = hosted.rig.profiles.get(done.profile_id or "").grant
        assert grant is not None
        assert (grant.client_id, grant.client_authentication) == (hosted.client_id, "none")

    with_hosted(tmp_path, story)


def test_a_port_that_the_description_names_is_used(tmp_path: Path) -> None:
    async def story(hosted: Hosted) -> None:
        free = await hosted.start()
        port = urlsplit(free.redirect_uri or "").port
        await hosted.rig.sign_ins.cancel(free.id)
        hosted.document["redirect_uris"] = [f"http://127.0.0.1:{port}/callback"]
        view = await hosted.start()
        assert view.redirect_uri == f"http://127.0.0.1:{port}/callback"

    with_hosted(tmp_path, story)


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "https://other.example/client.json"},
        {"redirect_uris": ["https://other.example/back"]},
        {"client_secret": "s"},
        {"token_endpoint_auth_method": "client_secret_basic"},
    ],
)
def test_a_description_that_does_not_fit_is_told_before_the_browser_opens(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    async def story(hosted: Hosted) -> None:
        hosted.document |= change
        with pytest.raises(ClientDocumentError):
            await hosted.start()
        assert hosted.rig.browser.opened == []

    with_hosted(tmp_path, story)


def test_a_description_that_is_not_there_is_told(tmp_path: Path) -> None:
    async def story(hosted: Hosted) -> None:
        hosted.sample.answers["/client.json"] = lambda _: (404, "text/html", b"<h1>Nothing</h1>")
        with pytest.raises(ClientDocumentError):
            await hosted.start()
        with pytest.raises(ProviderUnreachableError):
            await hosted.start(client_id="https://127.0.0.1:1/client.json")

    with_hosted(tmp_path, story)


def test_where_descriptions_are_not_taken_an_address_is_an_ordinary_client_id(
    tmp_path: Path,
) -> None:
    async def story(hosted: Hosted) -> None:
        hosted.sample.metadata["client_id_metadata_document_supported"] = False
        await hosted.start()
        assert hosted.sample.asked("/client.json") == []

    with_hosted(tmp_path, story)

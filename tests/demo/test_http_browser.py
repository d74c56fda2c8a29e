"""The browser without a screen."""

from __future__ import annotations

import asyncio

import pytest

from desktop_app.demo.errors import StoryError
from desktop_app.demo.http_browser import HttpBrowser
from tests.support.photos import READ_SCOPES, running


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.2/"]
)
def test_it_goes_to_this_machine_alone(url: str) -> None:
    async def scenario() -> None:
        browser = HttpBrowser()
        try:
            with pytest.raises(StoryError) as caught:
                await browser.open(url)
            assert "not on this computer" in caught.value.message
        finally:
            browser.close()

    asyncio.run(scenario())


def test_it_keeps_each_origins_cookies_to_itself() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            await client.authorize()
            name = f"photos_{photos.issuer.rpartition(':')[2]}"
            assert client.browser.cookie(photos.issuer, name)
            assert client.browser.cookie(client.callback.uri, name) == ""

    asyncio.run(scenario())


def test_a_form_towards_another_origin_is_sent_as_chromium_sends_it() -> None:
    """The page's referrer policy turns the Origin into ``null`` there."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            url = client.authorization_url(READ_SCOPES, response_mode="form_post")
            await client.consent(await client.sign_in(await client.browser.open(url)))
            assert client.callback.requests[0].headers["Origin"] == "null"

    asyncio.run(scenario())


def test_a_page_without_the_form_is_an_error_that_hides_the_query() -> None:
    async def scenario() -> None:
        async with running() as photos:
            page = await photos.client.browser.open(f"{photos.issuer}/authorize?state=secret")
            with pytest.raises(StoryError) as caught:
                page.form("/consent")
            assert "secret" not in caught.value.message

    asyncio.run(scenario())

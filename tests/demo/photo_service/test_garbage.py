"""Whatever arrives from outside, the photo service answers it and goes on."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.photos import READ_SCOPES, Running, running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAMES = ["client_id", "redirect_uri", "scope", "state", "prompt", "max_age", "ui_locales"]
ENDPOINTS = ["/token", "/revoke", "/introspect", "/authorize", "/sign-in", "/consent", "/userinfo"]

blobs = st.lists(st.binary(max_size=40), min_size=5, max_size=12)


async def answers(photos: Running, blob: bytes) -> None:
    client, text = photos.client, quote(blob)
    raw = "".join(chr(byte) for byte in blob if 0x21 <= byte < 0x7F and byte != 0x23)
    good = client.authorization_url(READ_SCOPES)
    urls = [f"{photos.issuer}/authorize?{raw}", *(f"{good}&{name}={text}" for name in NAMES)]
    for url in urls:
        assert (await client.fetch(url)).code < 500, url
    for path in ENDPOINTS:
        url = f"{photos.issuer}{path}"
        for body in (blob, f"client_id=coatcheck&token={text}&grant_type=refresh_token".encode()):
            response = await client.fetch(url, method="POST", body=body, headers=FORM)
            assert response.code < 500, (path, body)
    header = {"Authorization": f"Bearer {text}", "Accept-Language": text, "Cookie": f"a={text}"}
    for path in ("/", "/userinfo", "/photos", f"/photos/{text}.jpg", f"/{text}"):
        assert (await client.fetch(f"{photos.issuer}{path}", headers=header)).code < 500, path


@settings(max_examples=12, deadline=None)
@given(blobs)
def test_garbage_is_answered_and_changes_nothing(garbage: list[bytes]) -> None:
    async def scenario() -> None:
        async with running() as photos:
            for blob in garbage:
                await answers(photos, blob)
            assert await photos.client.grant()

    asyncio.run(scenario())

"""The photos for programs, and the album for the person."""

from __future__ import annotations

import asyncio
import io
import json

from PIL import Image

from desktop_app.demo.photo_service.shelf import HEIGHT, PHOTOS, WIDTH
from tests.support.photos import ALL_SCOPES, Running, running


async def signed_in_header(photos: Running) -> dict[str, str]:
    name = f"photos_{photos.issuer.rpartition(':')[2]}"
    return {"Cookie": f"{name}={photos.client.browser.cookie(photos.issuer, name)}"}


async def deleting_token(photos: Running) -> str:
    """A token that may delete, which needs the box to be ticked by hand."""
    client = photos.client
    page = await client.browser.open(client.authorization_url(ALL_SCOPES, prompt="login"))
    page = await client.sign_in(page)
    form = page.form("/consent")
    await client.browser.submit(page, form, values={"decision": "allow", "scope": "photos.delete"})
    _, tokens = await client.redeem(client.callback.answer()["code"])
    return str(tokens["access_token"])


def test_every_photo_that_ships_is_a_small_picture_of_the_same_size() -> None:
    for photo in PHOTOS:
        with Image.open(photo.path) as picture:
            assert picture.size == (WIDTH, HEIGHT)
        assert photo.path.stat().st_size < 120_000


def test_photos_are_listed_and_fetched_with_the_scope() -> None:
    async def scenario() -> None:
        async with running() as photos:
            token = (await photos.client.grant())["access_token"]
            listing = json.loads((await photos.client.get("/photos", token)).body)
            assert listing["owner"] == "Jane Hill"
            assert listing["total"] == len(listing["photos"]) == 6
            first = await photos.client.get(listing["photos"][0]["url"], token)
            assert first.headers["Content-Type"] == "image/jpeg"
            assert Image.open(io.BytesIO(first.body)).format == "JPEG"

    asyncio.run(scenario())


def test_photos_need_a_token_and_its_scope() -> None:
    """RFC 6750 section 3.1."""

    async def scenario() -> None:
        async with running() as photos:
            bare = await photos.client.fetch(f"{photos.issuer}/photos")
            assert bare.code == 401
            assert 'error="invalid_token"' in bare.headers["WWW-Authenticate"]
            token = (await photos.client.grant("openid profile"))["access_token"]
            poor = await photos.client.get("/photos", token)
            assert poor.code == 403
            assert 'scope="photos.read"' in poor.headers["WWW-Authenticate"]

    asyncio.run(scenario())


def test_nobody_sees_the_photos_of_the_other_account() -> None:
    async def scenario() -> None:
        async with running() as photos:
            token = (await photos.client.grant())["access_token"]
            assert (await photos.client.get("/photos/dunes.jpg", token)).code == 404
            assert (await photos.client.get("/photos/no-such.jpg", token)).code == 404

    asyncio.run(scenario())


def test_deleting_needs_its_own_permission_and_can_be_undone() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client, path = photos.client, "/photos/first-light.jpg"
            reading = (await client.grant())["access_token"]
            assert (await client.get(path, reading, method="DELETE")).code == 403
            token = await deleting_token(photos)
            assert (await client.get(path, token, method="DELETE")).code == 204
            assert (await client.get(path, token, method="DELETE")).code == 404
            page = await client.browser.open(f"{photos.issuer}/")
            assert b"first-light" not in page.body
            page = await client.browser.submit(page, page.form("/put-back"))
            assert b"first-light" in page.body

    asyncio.run(scenario())


def test_the_album_shows_the_photos_and_takes_access_back() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            tokens = await client.grant()
            page = await client.browser.open(f"{photos.issuer}/")
            assert page.body.count(b'src="/album/') == 6
            picture = await client.fetch(
                f"{photos.issuer}/album/moonrise.jpg", headers=await signed_in_header(photos)
            )
            assert picture.headers["Content-Type"] == "image/jpeg"
            forms = page.body.decode().split('action="')[1:]
            target = next(f.partition('"')[0] for f in forms if "take-back" in f)
            await client.browser.submit(page, page.form(target))
            assert await client.introspect(tokens["access_token"]) == {"active": False}

    asyncio.run(scenario())


def test_the_other_account_can_not_take_access_back() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            tokens = await client.grant()
            page = await client.browser.open(f"{photos.issuer}/")
            forms = page.body.decode().split('action="')[1:]
            target = next(f.partition('"')[0] for f in forms if "take-back" in f)
            page = await client.browser.submit(page, page.form("/sign-out"))
            page = await client.sign_in(page, account="noor@photos.example")
            form = page.form("/sign-out")
            form.action = target
            await client.browser.submit(page, form)
            assert (await client.introspect(tokens["access_token"]))["active"] is True

    asyncio.run(scenario())


def test_a_stranger_sees_the_front_door_and_no_photo() -> None:
    async def scenario() -> None:
        async with running() as photos:
            page = await photos.client.browser.open(f"{photos.issuer}/album/moonrise.jpg")
            assert page.url == f"{photos.issuer}/"
            assert page.form("/sign-in")

    asyncio.run(scenario())


def test_an_altered_cookie_is_nobody() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            await client.authorize()
            header = await signed_in_header(photos)
            url = f"{photos.issuer}/album/moonrise.jpg"
            altered = {"Cookie": header["Cookie"][:-2] + "00"}
            assert (await client.fetch(url, headers=altered)).code == 303
            assert (await client.fetch(url, headers=header)).code == 200

    asyncio.run(scenario())

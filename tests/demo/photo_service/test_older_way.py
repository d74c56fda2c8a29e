"""The photo service's older way in, OAuth 1.0a, asked by a client that signs with oauthlib."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from itertools import product
from urllib.parse import urlencode

import pytest

from desktop_app.demo.photo_service.oauth1.validator import METHODS
from tests.support.older_client import OlderClient, path_of
from tests.support.photos import Documents, Running, running

Story = Callable[[Running, OlderClient], Awaitable[None]]
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def tell(story: Story, method: str = "HMAC-SHA256", documents: Documents | None = None) -> None:
    async def scenario() -> None:
        async with running(documents) as photos:
            await story(photos, OlderClient(photos, method))

    asyncio.run(scenario())


@pytest.mark.parametrize("method", METHODS)
def test_a_whole_sign_in_lets_signed_requests_see_the_photos(method: str) -> None:
    """RFC 5849 section 1.2: the story that the RFC itself tells."""

    async def story(photos: Running, client: OlderClient) -> None:
        given = await client.grant(without={"photos.delete"})
        assert given["oauth_authorized_realms"] == "profile email photos.read"
        account = json.loads((await client.get("/oauth1/account")).body)
        assert account == {
            "id": "photos-1001",
            "name": "Jane Hill",
            "username": "jane",
            "email": "jane@photos.example",
            "picture": f"{photos.issuer}/people/jane.jpg",
        }
        listing = json.loads((await client.get("/photos")).body)
        photo = await client.get(path_of(listing["photos"][0]["url"]))
        assert (listing["total"], photo.headers["Content-Type"]) == (6, "image/jpeg")

    tell(story, method)


def test_the_callback_is_confirmed_and_only_a_loopback_address_is_taken() -> None:
    """RFC 5849 section 2.1."""

    async def story(photos: Running, client: OlderClient) -> None:
        answer = await client.take(await client.begin())
        assert answer["oauth_callback_confirmed"] == "true"
        for elsewhere in ("https://evil.example/callback", "http://127.0.0.1:1/else"):
            assert (await client.begin(callback_uri=elsewhere)).code == 401
        assert (await client.begin(callback_uri=None)).code == 400

    tell(story)


def test_without_a_callback_the_person_types_a_short_code() -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        client.callback = "oob"
        await client.take(await client.begin())
        page = await client.decide("profile")
        code = re.search(r'id="verifier">(\d{8})<', page.body.decode())
        assert code is not None
        assert (await client.exchange(f"{int(code[1]) + 1:08}")).code == 401
        await client.take(await client.exchange(code[1]))
        assert (await client.get("/oauth1/account")).code == 200
        assert photos.client.callback.requests == []

    tell(story)


@pytest.mark.parametrize("callback", ["", "oob"])
def test_no_is_an_answer_and_ends_the_temporary_credentials(callback: str) -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        client.callback = callback or client.callback
        await client.take(await client.begin())
        page = await client.decide(decision="deny")
        if callback:
            assert b"Nothing was allowed" in page.body
        else:
            answer = photos.client.callback.answer()
            assert answer == {"oauth_token": client.token, "oauth_problem": "permission_denied"}
        assert (await photos.client.browser.open(client.question())).status == 400
        assert (await client.exchange("whatever-it-was")).code == 401

    tell(story)


def test_a_photo_needs_its_scope() -> None:
    async def story(_photos: Running, client: OlderClient) -> None:
        await client.grant("profile")
        assert json.loads((await client.get("/oauth1/account")).body).keys() >= {"id", "name"}
        refused = await client.get("/photos")
        assert (refused.code, json.loads(refused.body)) == (403, {"error": "insufficient_scope"})

    tell(story)


def test_a_request_is_good_once_and_only_for_minutes() -> None:
    """RFC 5849 section 3.3: timestamps and nonces are remembered."""

    async def story(photos: Running, client: OlderClient) -> None:
        await client.grant()
        same = {"nonce": "a-nonce-that-comes-twice", "timestamp": str(int(photos.clock()))}
        assert [(await client.get("/photos", **same)).code for _ in range(2)] == [200, 401]
        for wrong in (-301, 301, -1):
            stamp = str(int(photos.clock()) + wrong)
            # Before the start of the service nobody remembers a nonce.
            assert (await client.get("/photos", timestamp=stamp)).code == 401
        photos.clock.now += 200
        assert (await client.get("/photos", timestamp=str(int(photos.clock()) - 100))).code == 200

    tell(story)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_key": "somebody-else"},
        {"client_secret": "not-the-secret"},
        {"resource_owner_secret": "not-the-secret"},
        {"resource_owner_key": "no-such-token"},
        {"signature_method": "HMAC-SHA512"},
        {"resource_owner_key": None},
    ],
)
def test_a_wrong_signature_opens_nothing(wrong: dict[str, str]) -> None:
    """RFC 5849 section 3.2."""

    async def story(_photos: Running, client: OlderClient) -> None:
        await client.grant()
        refused = await client.get("/photos", **wrong)
        assert refused.code == 401
        assert "OAuth" in refused.headers["WWW-Authenticate"]

    tell(story)


def test_a_changed_address_or_body_breaks_the_signature() -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        await client.grant()
        _, headers, _ = client.signer().sign(f"{photos.issuer}/photos", "GET")
        changed = await photos.client.fetch(f"{photos.issuer}/photos?page=2", headers=headers)
        assert changed.code == 401
        body = urlencode({"token": client.token})
        _, headers, _ = client.signer().sign(client.at("revoke"), "POST", body, dict(_FORM))
        fetched = await photos.client.fetch(
            client.at("revoke"), method="POST", headers=headers, body="token=another-one"
        )
        assert fetched.code == 401
        assert (await client.get("/photos")).code == 200

    tell(story)


def test_the_verifier_and_the_temporary_credentials_are_for_one_use() -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        await client.take(await client.begin())
        temporary = client.token, client.secret
        await client.decide()
        verifier = photos.client.callback.answer()["oauth_verifier"]
        await client.take(await client.exchange(verifier))
        client.token, client.secret = temporary
        assert (await client.exchange(verifier)).code == 401
        # They open nothing themselves.
        assert (await client.get("/photos")).code == 401

    tell(story)


def test_temporary_credentials_end_after_ten_minutes() -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        await client.take(await client.begin())
        photos.clock.now += 601
        assert (await photos.client.browser.open(client.question())).status == 400

    tell(story)


def test_the_question_is_refused_where_it_asks_for_what_is_not_there() -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        await client.take(await client.begin())
        for scope in ("openid", "photos.read,everything"):
            assert (await photos.client.browser.open(client.question(scope))).status == 400

    tell(story)


def test_access_ends_where_the_client_or_the_person_ends_it() -> None:
    async def story(photos: Running, client: OlderClient) -> None:
        await client.grant()
        other = OlderClient(photos)
        await other.grant()
        body = urlencode({"token": client.token})
        assert (await other.send("POST", other.at("revoke"), body)).code == 401
        assert (await client.send("POST", client.at("revoke"), body)).code == 204
        assert (await client.get("/photos")).code == 401
        album = await photos.client.browser.open(f"{photos.issuer}/")
        path = re.search(r'action="(/access/[^"]+/take-back)"', album.body.decode())
        assert path is not None
        await photos.client.browser.submit(album, album.form(path[1]))
        assert (await other.get("/photos")).code == 401

    tell(story)


def test_access_outlives_a_restart_and_is_kept_for_the_store_alone() -> None:
    documents = Documents()
    kept: list[str | None] = []

    async def story(_photos: Running, client: OlderClient) -> None:
        await client.grant()
        kept.extend((client.token, client.secret))

    async def later(photos: Running, client: OlderClient) -> None:
        client.token, client.secret = kept
        assert (await client.get("/photos")).code == 200
        (grant,) = photos.service._ledger.of_account("photos-1001")
        assert str(kept[1]) not in repr(grant)

    tell(story, documents=documents)
    documents.kept["photos"]["port"] = 0
    tell(later, documents=documents)


_JUNK = (
    "OAuth",
    "OAuth x",
    'OAuth oauth_token="%zz"',
    "OAuth " + "a=b," * 500,
    'OAuth realm="\xff"',
)


@pytest.mark.parametrize("path", ["/oauth1/initiate", "/oauth1/token", "/oauth1/revoke"])
def test_junk_is_refused_in_few_words(path: str) -> None:
    async def story(photos: Running, _client: OlderClient) -> None:
        for header, body in product(_JUNK, ("", "oauth_token=%ff&oauth_token=2", "\xff\xfe")):
            answer = await photos.client.fetch(
                photos.issuer + path,
                method="POST",
                body=body.encode("latin-1"),
                headers={"Authorization": header, **_FORM},
            )
            assert answer.code in {400, 401}, answer.body

    tell(story)

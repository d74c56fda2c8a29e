"""The token endpoint, rotation, revocation, introspection and userinfo."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.photos import ALL_SCOPES, READ_SCOPES, Documents, running


def test_a_code_works_once_and_a_second_use_ends_what_it_gave() -> None:
    """RFC 6749 section 4.1.2."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            code = await client.authorize()
            _, tokens = await client.redeem(code)
            status, answer = await client.redeem(code)
            assert (status, answer["error"]) == (400, "invalid_grant")
            assert await client.introspect(tokens["access_token"]) == {"active": False}

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:1/callback"}, "invalid_request"),
        ({"code": "unknown"}, "invalid_grant"),
    ],
)
def test_a_code_is_bound_to_its_request(changed: dict[str, str], error: str) -> None:
    async def scenario() -> None:
        async with running() as photos:
            code = await photos.client.authorize()
            status, answer = await photos.client.redeem(changed.pop("code", code), **changed)
            assert (status, answer["error"]) == (400, error)
            assert photos.documents.kept.get("photos.grants") is None

    asyncio.run(scenario())


def test_a_verifier_can_be_tried_only_once() -> None:
    async def scenario() -> None:
        async with running() as photos:
            code = await photos.client.authorize()
            await photos.client.redeem(code, code_verifier="x" * 43)
            status, _ = await photos.client.redeem(code)
            assert status == 400

    asyncio.run(scenario())


def test_a_code_is_too_old_after_a_minute() -> None:
    async def scenario() -> None:
        async with running() as photos:
            code = await photos.client.authorize()
            photos.clock.now += 61
            status, answer = await photos.client.redeem(code)
            assert (status, answer["error"]) == (400, "invalid_grant")

    asyncio.run(scenario())


def test_an_access_token_is_good_for_five_minutes() -> None:
    async def scenario() -> None:
        async with running() as photos:
            tokens = await photos.client.grant()
            photos.clock.now += 299
            assert (await photos.client.get("/photos", tokens["access_token"])).code == 200
            photos.clock.now += 2
            assert (await photos.client.get("/photos", tokens["access_token"])).code == 401

    asyncio.run(scenario())


def test_a_refresh_rotates_and_keeps_the_account() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            first = await client.grant()
            status, second = await client.refresh(first["refresh_token"])
            assert status == 200
            assert second["refresh_token"] != first["refresh_token"]
            claims = await client.check_id_token(second, nonce=False)
            assert claims["sub"] == "photos-1001"

    asyncio.run(scenario())


def test_a_refresh_token_used_again_ends_the_whole_grant() -> None:
    """RFC 9700 section 4.14.2."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            first = await client.grant()
            _, second = await client.refresh(first["refresh_token"])
            status, answer = await client.refresh(first["refresh_token"])
            assert (status, answer["error"]) == (400, "invalid_grant")
            status, _ = await client.refresh(second["refresh_token"])
            assert status == 400
            assert (await client.get("/photos", second["access_token"])).code == 401

    asyncio.run(scenario())


def test_a_refresh_may_narrow_one_access_token_but_not_the_grant() -> None:
    """RFC 6749 section 6."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            first = await client.grant()
            _, narrow = await client.refresh(first["refresh_token"], "photos.read")
            assert narrow["scope"] == "photos.read"
            assert (await client.get("/userinfo", narrow["access_token"])).code == 403
            _, whole = await client.refresh(narrow["refresh_token"])
            assert whole["scope"] == READ_SCOPES

    asyncio.run(scenario())


def test_a_refresh_never_widens() -> None:
    async def scenario() -> None:
        async with running() as photos:
            first = await photos.client.grant()
            status, answer = await photos.client.refresh(first["refresh_token"], "photos.delete")
            assert (status, answer["error"]) == (400, "invalid_scope")

    asyncio.run(scenario())


def test_a_write_that_fails_changes_nothing() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            first = await client.grant()
            photos.documents.is_full = True
            response = await client.post(
                "token_endpoint", grant_type="refresh_token", refresh_token=first["refresh_token"]
            )
            assert response.code == 500
            photos.documents.is_full = False
            status, _ = await client.refresh(first["refresh_token"])
            assert status == 200

    asyncio.run(scenario())


def test_revoking_the_refresh_token_ends_everything() -> None:
    """RFC 7009 section 2.1."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            tokens = await client.grant()
            response = await client.post("revocation_endpoint", token=tokens["refresh_token"])
            assert response.code == 200
            assert await client.introspect(tokens["access_token"]) == {"active": False}
            status, _ = await client.refresh(tokens["refresh_token"])
            assert status == 400

    asyncio.run(scenario())


def test_revoking_an_access_token_leaves_the_grant() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            tokens = await client.grant()
            await client.post("revocation_endpoint", token=tokens["access_token"])
            assert (await client.get("/photos", tokens["access_token"])).code == 401
            status, _ = await client.refresh(tokens["refresh_token"])
            assert status == 200

    asyncio.run(scenario())


def test_revoking_what_does_not_exist_is_fine() -> None:
    """RFC 7009 section 2.2."""

    async def scenario() -> None:
        async with running() as photos:
            response = await photos.client.post("revocation_endpoint", token="never.was")
            assert response.code == 200

    asyncio.run(scenario())


def test_introspection_says_what_a_token_is() -> None:
    """RFC 7662 section 2.2."""

    async def scenario() -> None:
        async with running() as photos:
            tokens = await photos.client.grant()
            answer = await photos.client.introspect(tokens["access_token"])
            assert answer["active"] is True
            assert (answer["sub"], answer["scope"]) == ("photos-1001", READ_SCOPES)
            assert answer["exp"] == int(photos.clock()) + 300
            assert (await photos.client.introspect(tokens["refresh_token"]))["active"] is True
            assert await photos.client.introspect("nothing") == {"active": False}

    asyncio.run(scenario())


def test_userinfo_shows_what_the_scopes_allow() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            tokens = await client.grant()
            claims = json.loads((await client.get("/userinfo", tokens["access_token"])).body)
            assert (claims["sub"], claims["name"]) == ("photos-1001", "Jane Hill")
            assert claims["email"] == "jane@photos.example"
            picture = await client.fetch(claims["picture"])
            assert picture.headers["Content-Type"] == "image/jpeg"
            few = await client.grant("openid")
            only = json.loads((await client.get("/userinfo", few["access_token"])).body)
            assert only == {"sub": "photos-1001"}

    asyncio.run(scenario())


def test_a_token_in_the_address_is_not_taken() -> None:
    """RFC 9700 section 4.3.2."""

    async def scenario() -> None:
        async with running() as photos:
            token = (await photos.client.grant())["access_token"]
            for path in ("/userinfo", "/photos"):
                url = f"{photos.issuer}{path}?access_token={token}"
                assert (await photos.client.fetch(url)).code == 401

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("grant_type=password&username=a&password=b&client_id=coatcheck", "unsupported_grant_type"),
        ("grant_type=client_credentials&client_id=coatcheck", "unsupported_grant_type"),
        ("client_id=coatcheck", "unsupported_grant_type"),
        ("grant_type=authorization_code&client_id=coatcheck", "invalid_request"),
        ("grant_type=authorization_code&code=a&client_id=other", "invalid_client"),
        ("grant_type=authorization_code&code=a", "invalid_client"),
        (
            "grant_type=refresh_token&refresh_token=a&refresh_token=b&client_id=coatcheck",
            "invalid_request",
        ),
        ("grant_type=refresh_token&refresh_token=.&client_id=coatcheck", "invalid_grant"),
        ("", "invalid_request"),
        ("%ff=%fe&&&=", "invalid_request"),
        ("\x00", "invalid_request"),
    ],
)
def test_a_bad_token_request_is_an_oauth_error(body: str, error: str) -> None:
    async def scenario() -> None:
        async with running() as photos:
            status, answer = await photos.client.token(body)
            assert status in {400, 401}
            if body.startswith(("grant_type", "client_id")):
                assert answer["error"] == error

    asyncio.run(scenario())


def test_a_rotated_key_still_verifies_what_was_signed_before() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            before = await client.grant()
            await photos.service.rotate_keys()
            await client.check_id_token(before)
            status, after = await client.refresh(before["refresh_token"])
            assert status == 200
            await client.check_id_token(after, nonce=False)

    asyncio.run(scenario())


def test_everything_is_still_there_after_a_restart() -> None:
    documents = Documents()

    async def first() -> tuple[str, dict[str, str]]:
        async with running(documents) as photos:
            return photos.issuer, await photos.client.grant(ALL_SCOPES)

    async def second(issuer: str, tokens: dict[str, str]) -> None:
        async with running(documents) as photos:
            assert photos.issuer == issuer
            assert (await photos.client.get("/photos", tokens["access_token"])).code == 200
            status, _ = await photos.client.refresh(tokens["refresh_token"])
            assert status == 200

    asyncio.run(second(*asyncio.run(first())))


def test_no_token_is_kept_as_it_is() -> None:
    async def scenario() -> None:
        async with running() as photos:
            tokens = await photos.client.grant()
            kept = json.dumps(photos.documents.kept)
            assert tokens["access_token"] not in kept
            assert tokens["refresh_token"] not in kept

    asyncio.run(scenario())

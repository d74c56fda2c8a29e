"""Signing in and consenting at the photo service."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.photos import ALL_SCOPES, READ_SCOPES, running


def test_a_whole_sign_in_gives_a_valid_id_token_and_what_was_allowed() -> None:
    async def scenario() -> None:
        async with running() as photos:
            tokens = await photos.client.grant()
            claims = await photos.client.check_id_token(tokens)
            assert claims["sub"] == "photos-1001"
            assert claims["auth_time"] == int(photos.clock())
            assert tokens["scope"] == READ_SCOPES
            assert tokens["expires_in"] == 300

    asyncio.run(scenario())


def test_form_post_sends_the_answer_in_a_form() -> None:
    """OAuth 2.0 Form Post Response Mode."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(
                client.authorization_url(READ_SCOPES, response_mode="form_post")
            )
            await client.consent(await client.sign_in(page))
            assert client.callback.requests[0].method == "POST"
            answer = client.callback.answer()
            status, _ = await client.redeem(answer["code"])
            assert (status, answer["iss"]) == (200, photos.issuer)

    asyncio.run(scenario())


def test_an_unticked_permission_is_not_given() -> None:
    async def scenario() -> None:
        async with running() as photos:
            tokens = await photos.client.grant(ALL_SCOPES, without={"email", "offline_access"})
            # Deleting is asked for, but its box starts unticked.
            assert tokens["scope"] == "openid profile photos.read"
            assert "refresh_token" not in tokens

    asyncio.run(scenario())


def test_no_is_an_answer() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url(READ_SCOPES))
            await client.consent(await client.sign_in(page), decision="deny")
            answer = client.callback.answer()
            assert answer["error"] == "access_denied"
            assert (answer["state"], answer["iss"]) == (client.state, photos.issuer)

    asyncio.run(scenario())


def test_nothing_ticked_is_a_no_and_never_everything() -> None:
    """Without scopes oauthlib falls back to all that were asked for."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url("photos.read"))
            await client.consent(await client.sign_in(page), without={"photos.read"})
            assert client.callback.answer()["error"] == "access_denied"

    asyncio.run(scenario())


def test_the_other_account_can_be_chosen() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url(READ_SCOPES))
            page = await client.sign_in(page, account="noor@photos.example")
            await client.consent(page)
            _, tokens = await client.redeem(client.callback.answer()["code"])
            assert (await client.check_id_token(tokens))["sub"] == "photos-1002"

    asyncio.run(scenario())


def test_the_hint_chooses_the_account_that_is_filled_in() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            url = client.authorization_url(READ_SCOPES, login_hint="noor@photos.example")
            await client.consent(await client.sign_in(await client.browser.open(url)))
            _, tokens = await client.redeem(client.callback.answer()["code"])
            assert (await client.check_id_token(tokens))["sub"] == "photos-1002"

    asyncio.run(scenario())


@pytest.mark.parametrize("extra", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_fresh_sign_in_is_asked_for_once(extra: dict[str, str]) -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            await client.authorize()
            photos.clock.now += 5
            page = await client.browser.open(client.authorization_url(READ_SCOPES, **extra))
            page = await client.sign_in(page)
            await client.consent(page)
            _, tokens = await client.redeem(client.callback.answer()["code"])
            claims = await client.check_id_token(tokens)
            assert claims["auth_time"] == int(photos.clock())

    asyncio.run(scenario())


def test_somebody_signed_in_goes_straight_to_consent() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            await client.authorize()
            page = await client.browser.open(client.authorization_url(READ_SCOPES))
            assert page.form("/consent")

    asyncio.run(scenario())


def test_prompt_none_is_answered_without_a_page() -> None:
    """OpenID Connect Core section 3.1.2.6."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            await client.browser.open(client.authorization_url(READ_SCOPES, prompt="none"))
            assert client.callback.answer()["error"] == "login_required"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": "-"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "-"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"scope": "-"}, "invalid_scope"),
    ],
)
def test_a_bad_request_goes_back_to_the_client(changed: dict[str, str], error: str) -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            scope = changed.pop("scope", READ_SCOPES)
            await client.browser.open(client.authorization_url(scope, **changed))
            answer = client.callback.answer()
            assert (answer["error"], answer["state"]) == (error, client.state)
            assert answer["iss"] == photos.issuer

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "somebody"},
        {"client_id": "-"},
        {"redirect_uri": "-"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://127.0.0.1.evil.example:80/callback"},
        {"redirect_uri": "http://127.0.0.1:80@evil.example:80/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://127.0.0.1:99999/callback"},
    ],
)
def test_an_unknown_client_or_redirect_is_never_answered_there(changed: dict[str, str]) -> None:
    """RFC 6749 section 4.1.2.1."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url(READ_SCOPES, **changed))
            assert page.status == 400
            assert page.url.startswith(photos.issuer)

    asyncio.run(scenario())


def test_a_repeated_parameter_is_refused() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            url = client.authorization_url(READ_SCOPES)
            page = await client.browser.open(f"{url}&client_id=coatcheck")
            assert page.status == 400

    asyncio.run(scenario())


def test_a_post_to_the_authorization_endpoint_works_as_a_get() -> None:
    """OpenID Connect Core section 3.1.2.1."""

    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            url, _, query = client.authorization_url(READ_SCOPES).partition("?")
            response = await client.fetch(url, method="POST", body=query)
            assert response.code == 303
            page = await client.browser.open(f"{photos.issuer}{response.headers['Location']}")
            assert page.form("/sign-in")

    asyncio.run(scenario())


def test_wrong_passwords_are_slowed_down() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url(READ_SCOPES))
            statuses = [(await client.sign_in(page, password="no")).status for _ in range(6)]
            assert statuses == [403] * 5 + [429]
            assert (await client.sign_in(page)).status == 429
            photos.clock.now += 61
            assert (await client.sign_in(page)).form("/consent")

    asyncio.run(scenario())


def test_forms_need_their_xsrf_token() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url(READ_SCOPES))
            assert (await client.sign_in(page, _xsrf="forged")).status == 403

    asyncio.run(scenario())


def test_consent_without_a_session_leads_to_the_sign_in_page() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            page = await client.browser.open(client.authorization_url(READ_SCOPES))
            form = page.form("/sign-in")
            form.action = form.action.replace("/sign-in", "/consent")
            page = await client.browser.submit(page, form, values={"decision": "allow"})
            assert page.form("/sign-in")
            assert client.callback.requests == []

    asyncio.run(scenario())


def test_the_consent_page_lets_its_form_end_at_the_redirect_uri_and_nowhere_else() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = photos.client
            url = client.authorization_url(READ_SCOPES)
            await client.sign_in(await client.browser.open(url))
            cookie = f"photos_{photos.issuer.rpartition(':')[2]}"
            session = client.browser.cookie(photos.issuer, cookie)
            response = await client.fetch(url, headers={"Cookie": f"{cookie}={session}"})
            origin = client.callback.uri.removesuffix("/callback")
            policy = response.headers["Content-Security-Policy"]
            assert f"form-action 'self' {origin};" in policy
            assert "frame-ancestors 'none'" in policy
            assert "script-src 'none'" in policy
            assert response.headers["X-Frame-Options"] == "DENY"

    asyncio.run(scenario())

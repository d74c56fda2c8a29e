"""Every error has a status, a code and a sentence."""

from __future__ import annotations

import gettext

import pytest
from tornado.locale import GettextLocale
from tornado.web import HTTPError

from desktop_app.errors import (
    AppError,
    InvalidRequestError,
    LockedError,
    NotFoundError,
    Reason,
)
from desktop_app.oauth.errors import AuthorizationResponseError, IdTokenError, UnknownKeyError
from desktop_app.services import errors as service_errors
from desktop_app.services.locking.lock_errors import TooManyGuessesError, VaultMissingError
from desktop_app.web.errors import body_of, status_of, to_app_error, translated
from tests.support import shipped

ENGLISH = GettextLocale("en", gettext.NullTranslations())


class _UnfinishedError(AppError):
    code = "unfinished"
    public_message = "This needs {something}."


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError(), 404),
        (LockedError(), 423),
        (VaultMissingError(), 423),
        (TooManyGuessesError(seconds=8), 429),
        (service_errors.NeedsSignInError(), 409),
        (service_errors.ProviderUnreachableError("no network"), 502),
        (IdTokenError("aud"), 502),
        (UnknownKeyError("kid"), 502),
        (_UnfinishedError(), 500),
    ],
)
def test_an_error_has_the_status_of_its_code_or_of_its_family(error: AppError, status: int) -> None:
    assert status_of(error) == status


def test_the_providers_own_error_code_does_not_hide_ours() -> None:
    body = body_of(AuthorizationResponseError("server_error", "Down."), ENGLISH)
    assert body["error"] == "authorization_error"
    assert body["provider_error"] == "server_error"
    assert "(server_error: Down)" in str(body["message"])


def test_a_reason_with_places_is_said_in_the_language_too() -> None:
    """The places of a reason are filled after it is translated, reasons in reasons as well."""
    russian = shipped.locales().choose("ru")
    inner = Reason("a port is a number from 1 to {most}", most=65535)
    error = InvalidRequestError(Reason("{field}: {reason}", field="redirect", reason=inner))
    assert (
        error.message == "That request can't be used: redirect: a port is a number from 1 to 65535"
    )
    assert translated(error, russian).endswith("redirect: порт — число от 1 до 65535")
    assert body_of(error, ENGLISH)["reason"] == "redirect: a port is a number from 1 to 65535"


def test_braces_in_what_a_stranger_says_stay_as_they_are() -> None:
    error = InvalidRequestError(Reason("there is no setting “{name}”", name="{0.__class__}"))
    assert "{0.__class__}" in translated(error, ENGLISH)
    assert "{0.__class__}" in error.message


def test_a_place_that_nothing_fills_does_not_fail() -> None:
    assert translated(_UnfinishedError(), ENGLISH) == "This needs {something}."


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (HTTPError(403, "xsrf"), 403, "forbidden"),
        (HTTPError(404), 404, "not_found"),
        (HTTPError(405), 405, "method_not_allowed"),
        (HTTPError(400, "Invalid body: secret"), 400, "invalid_request"),
        (RuntimeError("secret"), 500, "internal_error"),
        (None, 500, "internal_error"),
    ],
)
def test_what_tornado_or_a_fault_raises_tells_nothing_inner(
    error: Exception | None, status: int, code: str
) -> None:
    shown = to_app_error(error, status)
    assert (shown.code, status_of(shown)) == (code, status)
    assert "secret" not in translated(shown, ENGLISH)

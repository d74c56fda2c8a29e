import inspect
import string

import pytest

from desktop_app.errors import AppError
from desktop_app.oauth import errors

SAMPLES: list[errors.OAuthError] = [
    errors.OAuthError(),
    errors.EndpointError("token_endpoint", "reason"),
    errors.ScopeError(),
    errors.ClientCredentialError(),
    errors.StateMismatchError(),
    errors.AuthorizationDeniedError(),
    errors.AuthorizationResponseError("server_error", "why"),
    errors.IssuerMismatchError(),
    errors.DiscoveryError("reason"),
    errors.TokenResponseError("reason"),
    errors.TokenErrorResponse("error", "why", status=400),
    errors.InvalidGrantError("invalid_grant", status=400),
    errors.InvalidClientError("invalid_client", status=401),
    errors.IdTokenError("aud"),
    errors.UnknownKeyError("kid"),
    errors.ClockSkewError("exp"),
    errors.UserinfoError("reason"),
    errors.SubjectMismatchError(),
    errors.RevocationError("error", status=400),
    errors.IntrospectionError("reason"),
    errors.RegistrationError("reason"),
]


def test_every_error_has_a_sample() -> None:
    classes = {c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, AppError)}
    assert classes - {AppError} == {type(sample) for sample in SAMPLES}


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_message_can_be_shown(error: errors.OAuthError) -> None:
    places = {name for _, name, _, _ in string.Formatter().parse(error.public_message) if name}
    assert places <= set(error.fields)
    assert "{" not in error.message
    assert error.message.endswith(".")
    assert error.code.replace("_", "").isalpha()


def test_a_providers_braces_do_not_break_the_message() -> None:
    error = errors.AuthorizationResponseError("{0}", "{missing} {0.__class__}")
    assert "{missing}" in error.message


@pytest.mark.parametrize(
    ("description", "said"),
    [("", "invalid_scope"), ("No such scope.", "invalid_scope: No such scope")],
)
def test_a_refusal_is_a_sentence_with_the_providers_words_or_without(
    description: str, said: str
) -> None:
    for error in (
        errors.AuthorizationResponseError("invalid_scope", description),
        errors.TokenErrorResponse("invalid_scope", description, status=400),
        errors.RevocationError("invalid_scope", description, status=400),
    ):
        assert f" ({said}). " in error.message

"""The only place that knows HTTP statuses: from an error to a status and a body."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType

from tornado.locale import Locale
from tornado.web import HTTPError

from desktop_app.errors import (
    AppError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    Reason,
)

_log = logging.getLogger(__name__)

_STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "invalid_request": 400,
        "bad_endpoint": 400,
        "state_mismatch": 400,
        "issuer_mismatch": 400,
        "weak_passphrase": 400,
        "invalid_scope": 400,
        "signing_failed": 400,
        "invalid_resource": 400,
        "client_document": 400,
        "not_supported": 400,
        "no_key_left": 400,
        "backup_unusable": 400,
        "unauthenticated": 401,
        "forbidden": 403,
        "person_required": 403,
        "approval_required": 403,
        "denied": 403,
        "program_unknown": 403,
        "access_denied": 403,
        "ticket_spent": 403,
        "wrong_passphrase": 403,
        "wrong_key_file": 403,
        "wrong_backup_passphrase": 403,
        "not_found": 404,
        "backup_gone": 404,
        "method_not_allowed": 405,
        "approval_timeout": 408,
        "ambiguous_profile": 409,
        "needs_sign_in": 409,
        "already_decided": 409,
        "wider_than_allowed": 409,
        "ambiguous_program": 409,
        "client_id_needed": 409,
        "sign_in_over": 409,
        "no_window": 409,
        "no_recipe": 409,
        "port_in_use": 409,
        "keyring_unavailable": 409,
        "locked": 423,
        "too_many_guesses": 429,
        "too_many_questions": 429,
        "oauth_error": 502,
        "provider_unreachable": 502,
        "response_too_large": 502,
        "disk_full": 507,
    }
)

_RENAMED: Mapping[str, str] = MappingProxyType({"error": "provider_error"})


class MethodNotAllowedError(AppError):
    """The address is right, the method is not."""

    code = "method_not_allowed"
    public_message = "This address can't be used that way. The OpenAPI document says how."


def status_of(error: AppError) -> int:
    """Return the HTTP status of *error*, or of the nearest class it comes from; else 500.

    So every error of the protocol core that has no status of its own is the provider's: 502.
    """
    own = _STATUSES.get(error.code)
    if own is not None:
        return own
    codes = (getattr(kind, "code", "") for kind in type(error).__mro__)
    return next((_STATUSES[code] for code in codes if code in _STATUSES), 500)


def to_app_error(error: BaseException | None, status: int) -> AppError:
    """Return what may be shown of *error*: itself, or the nearest that tells nothing inner.

    Args:
        error: What was raised, if anything was.
        status: The status that Tornado would answer with.
    """
    if isinstance(error, AppError):
        return error
    if isinstance(error, HTTPError):
        status = error.status_code
    return _of_status(status)


def _of_status(status: int) -> AppError:
    if status in (400, 413, 431):
        return InvalidRequestError("it is not readable")
    plain: dict[int, type[AppError]] = {
        403: ForbiddenError,
        404: NotFoundError,
        405: MethodNotAllowedError,
    }
    return plain.get(status, AppError)()


def translated(error: AppError, locale: Locale) -> str:
    """Return the sentence of *error* in the language of *locale*, its places filled."""
    template = locale.translate(error.public_message)
    try:
        return _filled(template, error.fields, locale)
    except (KeyError, IndexError, ValueError, AttributeError):
        _log.warning("the message of %s has a place that nothing fills", error.code)
        return template


def _filled(template: str, fields: Mapping[str, object], locale: Locale) -> str:
    return template.format(**{name: _spoken(value, locale) for name, value in fields.items()})


def _spoken(value: object, locale: Locale) -> object:
    """Return *value* in the language of *locale*: a reason is a sentence too."""
    if isinstance(value, Reason):
        return _filled(locale.translate(value.msgid), value.fields, locale)
    # An empty text would give the translations' own header.
    return locale.translate(value) if value and isinstance(value, str) else value


def body_of(error: AppError, locale: Locale) -> dict[str, object]:
    """Return the API's body for *error*: its code, its sentence and its fields.

    A field ``error`` is what the provider called it; it becomes ``provider_error``.
    """
    fields = {_RENAMED.get(name, name): value for name, value in error.fields.items()}
    return {**fields, "error": error.code, "message": translated(error, locale)}

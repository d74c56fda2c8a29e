"""The sense of each part of a provider's draft; every refusal names its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from desktop_app.errors import InvalidRequestError, Reason
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.flow_errors import ResourceError
from desktop_app.oauth.issuer import check_issuer
from desktop_app.oauth.oauth1_callback import OUT_OF_BAND
from desktop_app.oauth.resource_indicators import resource_list
from desktop_app.providers.origins import token_host

ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")
# The connect page has rooms of its own under these names.
_RESERVED_IDS = {"openid", "new"}
# VSCHAR and scope-token, RFC 6749 appendix A.
_VISIBLE = re.compile(r"[\x20-\x7e]{1,4096}")
# b64token, RFC 6750 section 2.1.
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,512}")
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}){0,255}")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_PARAMETER = re.compile(r"[A-Za-z0-9_.:\[\]-]{1,64}")
# What binds the answer to this sign-in; a fixed value would undo that.
_OURS = {
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
}
_MAX_ITEMS = 200
_MAX_NAME = 80
_MAX_MEMBER = 200
_MAX_PORT = 65535


def refuse(field: str, reason: str) -> InvalidRequestError:
    """Return the error that *field* can't be used, and why."""
    return InvalidRequestError(Reason("{field}: {reason}", field=field, reason=reason), field=field)


def provider_id(value: str) -> str:
    """Return *value* if it can name a provider in an address."""
    if not ID.fullmatch(value) or value in _RESERVED_IDS:
        raise refuse("id", "use small letters, digits, - and _, at most 64, and no reserved word")
    return value


def display_name(value: str) -> str:
    """Return *value* without outer space, if a person can read it."""
    name = " ".join(value.split())
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise refuse(
            "name", Reason("use 1 to {most} letters, without control characters", most=_MAX_NAME)
        )
    return name


def issuer(value: str) -> str:
    """Return the issuer that *value* means."""
    return _checked("issuer", partial(check_issuer, value))


def endpoint(field: str, value: str) -> str:
    """Return *value* if tokens and secrets may be sent there."""
    return _checked(field, partial(check_endpoint, value.strip(), name=field))


def _checked(field: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except EndpointError as error:
        raise refuse(field, str(error.fields["reason"])) from error


def token_hosts(value: Iterable[str]) -> tuple[str, ...]:
    """Return the origins that *value* means, once each; a bare host is https on 443."""
    hosts = [_checked("token_hosts", partial(token_host, each)) for each in value]
    if len(hosts) > _MAX_ITEMS:
        raise refuse("token_hosts", "there are too many")
    return tuple(dict.fromkeys(hosts))


def visible(field: str, value: str | None) -> str | None:
    """Return *value* without the outer space that pasting brings; None if nothing is left.

    Source: RFC 6749 appendices A.1 and A.2.
    """
    text = (value or "").strip()
    if text and not _VISIBLE.fullmatch(text):
        raise refuse(field, "it holds characters that don't belong there; paste it again")
    return text or None


def bearer_token(field: str, value: str | None) -> str | None:
    """Return *value* without the outer space that pasting brings; None if nothing is left.

    Source: RFC 6750 section 2.1.
    """
    text = (value or "").strip()
    if text and not _BEARER.fullmatch(text):
        raise refuse(field, "it holds characters that don't belong there; paste it again")
    return text or None


def private_key(value: str | None) -> str | None:
    """Return *value* if it looks like a PEM private key that needs no passphrase."""
    text = (value or "").strip()
    if not text:
        return None
    begins = re.match(r"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\s", text)
    if begins is None or not text.endswith("PRIVATE KEY-----"):
        raise refuse("private_key", "it must be a private key in PEM form, without a passphrase")
    return text + "\n"


def scopes(value: Iterable[str] | str) -> tuple[str, ...]:
    """Return the scopes once each, in order; a single text is split at its spaces.

    Source: RFC 6749 section 3.3.
    """
    names = tuple(dict.fromkeys(value.split() if isinstance(value, str) else value))
    if len(names) > _MAX_ITEMS or not all(_SCOPE.fullmatch(name) for name in names):
        raise refuse("scopes", "a permission's name has no spaces, quotes or backslashes")
    return names


def redirect_port(value: int | None) -> int | None:
    """Return *value* if a listener can have that port."""
    if value is not None and not 1 <= value <= _MAX_PORT:
        raise refuse("redirect", Reason("a port is a number from 1 to {most}", most=_MAX_PORT))
    return value


def redirect_path(value: str) -> str:
    """Return *value* if it is a plain absolute path that the listener keeps for itself."""
    if not _PATH.fullmatch(value) or value in {"/done", "/favicon.ico"}:
        raise refuse("redirect", "its path begins with / and has no query; /done is taken")
    return value


def paste_uri(value: str) -> str:
    """Return *value* if it can be a redirect URI at which nothing of ours listens.

    Raises:
        InvalidRequestError: If it is relative, has a fragment, or a browser would run it.
    """
    text = visible("redirect", value) or ""
    if text == OUT_OF_BAND:
        return text
    scheme = urlsplit(text).scheme.lower()
    if not scheme or "#" in text or " " in text or scheme in {"javascript", "data", "file"}:
        raise refuse("redirect", "the address to paste from must be absolute, without #")
    return text


def member(field: str, value: str | None) -> str | None:
    """Return *value* if it is a member's name, or a JSON pointer.

    Source: RFC 6901 section 3.
    """
    if value is None:
        return None
    pointer = not value.startswith("/") or _POINTER.fullmatch(value)
    if not value or len(value) > _MAX_MEMBER or not value.isprintable() or not pointer:
        raise refuse(
            "userinfo_mapping",
            Reason("{field} is no member's name and no JSON pointer", field=field),
        )
    return value


def resources(value: Iterable[str] | str, extra: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses that the access is meant for, once each.

    A ``resource`` among the *extra* parameters is one of them: it belongs into every request.

    Source: RFC 8707 section 2.
    """
    named = [*(value.split() if isinstance(value, str) else value)]
    named += [extra["resource"]] if extra.get("resource") else []
    try:
        return resource_list(named)
    except ResourceError as error:
        raise refuse("resources", str(error.fields["reason"])) from error


def extra_parameters(value: Mapping[str, str]) -> dict[str, str]:
    """Return *value* if it takes no parameter's place that protects the sign-in."""
    value = {name: text for name, text in value.items() if name != "resource"}
    for name, text in value.items():
        if not _PARAMETER.fullmatch(name) or name in _OURS:
            raise refuse("extra_parameters", Reason("“{name}” can't be set here", name=name))
        if text and not _VISIBLE.fullmatch(text):
            raise refuse(
                "extra_parameters", Reason("the value of “{name}” can't be used", name=name)
            )
    if len(value) > _MAX_ITEMS:
        raise refuse("extra_parameters", "there are too many")
    return dict(value)


def ca_file(value: str | None) -> str | None:
    """Return *value* if it is an absolute path."""
    if not value:
        return None
    if "\0" in value or not Path(value).is_absolute():
        raise refuse("ca_file", "it must be the full path of a PEM file")
    return value

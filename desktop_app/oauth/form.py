"""Form-encoded bodies and queries: written for providers, read strictly from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

from desktop_app.oauth.json_body import MalformedBodyError

_MAX_FIELDS = 100
FORM_TYPE = "application/x-www-form-urlencoded"

FormValue = str | tuple[str, ...]
"""A field's value, or several where a field may be repeated (``resource``, ``audience``)."""


def encode_form(fields: Mapping[str, FormValue]) -> bytes:
    """Return *fields* as a form-encoded body.

    Source: RFC 6749 appendix B.
    """
    return urlencode(fields, doseq=True).encode("ascii")


def add_query(url: str, fields: Mapping[str, FormValue]) -> str:
    """Return *url* with *fields* added; its own query stays byte for byte.

    Source: RFC 6749 section 3.1.
    """
    if not fields:
        return url
    joint = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode(fields, doseq=True)}"


def parse_form(text: str, *, errors: str = "strict") -> dict[str, str]:
    """Return the fields in a form-encoded *text*; empty ones stay.

    *errors* says what becomes of what is not UTF-8, as for ``bytes.decode``.

    Raises:
        MalformedBodyError: If a field is repeated (RFC 6749 section 3.1), there are too many,
            or a value is not UTF-8 and *errors* is strict.
    """
    try:
        text.encode()  # a lone surrogate could be sent nowhere
        pairs = parse_qsl(text, keep_blank_values=True, errors=errors, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise MalformedBodyError("it is not a form") from error
    return unique_fields(pairs)


def unique_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return *pairs* as a mapping.

    Raises:
        MalformedBodyError: If a name is repeated.
    """
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise MalformedBodyError("it names a field twice")
        fields[name] = value
    return fields

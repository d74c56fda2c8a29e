"""``Retry-After`` in both of its forms (RFC 9110 section 10.2.3), and junk."""

from __future__ import annotations

import pytest

from desktop_app.oauth.retry_after import retry_after

DATE = "Fri, 31 Dec 1999 23:59:59 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "9" * 400}, 999_999_999.0),
        ({"retry-after": "Sat, 01 Jan 2000 00:01:59 GMT", "date": DATE}, 120.0),
        ({"retry-after": "Sat, 01 Jan 2000 00:01:59", "date": DATE}, 120.0),
        ({"retry-after": "Fri, 31 Dec 1998 23:59:59 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Sat, 01 Jan 2000 00:01:59 GMT"}, None),
        ({"retry-after": DATE, "date": "yesterday"}, None),
        ({"retry-after": "-5", "date": DATE}, None),
        ({"retry-after": "½", "date": DATE}, None),
        ({"retry-after": "Sat, 99 Jan 99999 99:99:99 GMT", "date": DATE}, None),
        ({}, None),
    ],
)
def test_it_is_read_as_seconds(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds

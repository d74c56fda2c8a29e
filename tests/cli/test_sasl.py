"""Initial responses of mail programs, beside the standard's own examples."""

from __future__ import annotations

import base64

import pytest

from desktop_app.cli.client import ApiError
from desktop_app.cli.sasl import oauthbearer, xoauth2

TOKEN = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="


def encoded(response: str) -> str:
    return base64.b64encode(response.encode()).decode()


def test_oauthbearer_equals_the_rfc_s_imap_example() -> None:
    """RFC 7628 section 4.1; in base64 as the client sends it."""
    found = oauthbearer("user@example.com", TOKEN, host="server.example.com", port=143)
    assert found == (
        "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
        "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    )
    assert encoded(found) == (
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQz"
        "AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9"
        "PQEB"
    )


def test_oauthbearer_equals_the_rfc_s_smtp_example() -> None:
    """RFC 7628 section 4.3 has the same user and token at port 587."""
    found = oauthbearer("user@example.com", TOKEN, host="server.example.com", port=587)
    assert encoded(found) == (
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3"
        "AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9"
        "PQEB"
    )


def test_xoauth2_equals_the_documented_example() -> None:
    """Gmail, XOAUTH2 Mechanism, “The SASL XOAUTH2 initial client response”."""
    found = xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    assert encoded(found) == (
        "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRj"
        "Mk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )


def test_host_and_port_may_be_missing() -> None:
    assert oauthbearer("u", "t") == "n,a=u,\x01auth=Bearer t\x01\x01"


def test_a_name_with_a_comma_stays_one_name() -> None:
    """RFC 5801 section 4: a comma would end it, and what follows be read as something else."""
    assert oauthbearer("a,b=c", "t").startswith("n,a=a=2Cb=3Dc,\x01")


@pytest.mark.parametrize("token", ["a\x01host=evil", "a b", "", "a\n", "ä"])
@pytest.mark.parametrize("mechanism", [xoauth2, oauthbearer])
def test_a_token_that_would_add_a_field_is_refused(mechanism: object, token: str) -> None:
    with pytest.raises(ApiError):
        mechanism("u", token)  # type: ignore[operator]

import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.pkce import base64url, new_verifier, random_text, s256_challenge


def test_s256_challenge_matches_the_rfc_vector() -> None:
    """RFC 7636 appendix B."""
    challenge = s256_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_rfc_octets_become_the_rfc_verifier() -> None:
    """RFC 7636 appendix B."""
    octets = bytes.fromhex("7418dfb49799e0254ffa607dd8adbbba16d4254d69d6bff05b58055853848d79")
    assert new_verifier(lambda size: octets[:size]) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_base64url_matches_the_rfc_vector() -> None:
    """RFC 7515 appendix C."""
    assert base64url(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"


def test_two_verifiers_differ() -> None:
    assert new_verifier(secrets.token_bytes) != new_verifier(secrets.token_bytes)


@given(st.binary(min_size=32, max_size=32))
def test_every_verifier_is_valid(octets: bytes) -> None:
    verifier = random_text(lambda _: octets)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
    assert len(s256_challenge(verifier)) == 43


@pytest.mark.parametrize("verifier", ["", "a" * 42, "a" * 129, "a" * 42 + "+", "a" * 43 + "\n"])
def test_a_verifier_of_the_wrong_form_is_refused(verifier: str) -> None:
    with pytest.raises(ValueError, match="43 to 128"):
        s256_challenge(verifier)

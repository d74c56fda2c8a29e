import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.challenges import Challenge, challenge, parse_challenges
from desktop_app.oauth.http import HttpResponse


def test_several_challenges_in_one_header_are_told_apart() -> None:
    """RFC 9110 section 11.6.1."""
    header = 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'
    assert parse_challenges(header) == (
        Challenge("basic", {"realm": "simple"}),
        Challenge("newauth", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
    )


def test_a_challenge_may_have_a_token_or_nothing() -> None:
    assert parse_challenges("Negotiate dG9rZW4=, DPoP, Bearer realm=x") == (
        Challenge("negotiate"),
        Challenge("dpop"),
        Challenge("bearer", {"realm": "x"}),
    )


def test_the_dpop_challenge_is_that_of_the_rfc() -> None:
    """RFC 9449 section 9."""
    header = 'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce"'
    answer = HttpResponse(status=401, headers={"www-authenticate": header})
    found = challenge(answer, "dpop")
    assert found is not None
    assert found["error"] == "use_dpop_nonce"
    assert challenge(answer, "Bearer") is None


@pytest.mark.parametrize("header", ["", ", ,", '"', "=x", "\x00"])
def test_what_is_no_challenge_is_none(header: str) -> None:
    assert parse_challenges(header) == ()


def test_the_first_of_a_repeated_parameter_counts_and_garbage_ends_the_reading() -> None:
    assert parse_challenges("Bearer a=1, A=2, ;, b=3") == (Challenge("bearer", {"a": "1"}),)


def test_a_long_header_is_read_in_no_time() -> None:
    assert len(parse_challenges("a " * 10_000)) <= 50
    assert parse_challenges('a b="' + "\\" * 50_000)[0].scheme == "a"


@given(st.text() | st.text(alphabet='aB ,="\\', max_size=200))
def test_any_header_is_read(header: str) -> None:
    for each in parse_challenges(header):
        assert each.scheme

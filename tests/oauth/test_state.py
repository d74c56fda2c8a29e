import pytest

from desktop_app.oauth.errors import StateMismatchError
from desktop_app.oauth.state import PendingAuthorizations
from tests.support.authorizations import NOW, begun


def test_a_state_is_taken_once() -> None:
    """RFC 6749 section 10.12."""
    pending, waiting = begun(), PendingAuthorizations()
    waiting.add(pending)
    assert waiting.take(pending.state, now=NOW) is pending
    with pytest.raises(StateMismatchError):
        waiting.take(pending.state, now=NOW)


def test_an_unknown_state_leaves_the_others_waiting() -> None:
    pending, waiting = begun(), PendingAuthorizations()
    waiting.add(pending)
    for junk in range(10_000):
        with pytest.raises(StateMismatchError):
            waiting.take(f"junk-{junk}", now=NOW)
    assert waiting.take(pending.state, now=NOW) is pending


def test_an_expired_state_is_refused_and_forgotten() -> None:
    pending, waiting = begun(), PendingAuthorizations()
    waiting.add(pending)
    with pytest.raises(StateMismatchError):
        waiting.take(pending.state, now=pending.expires_at)
    assert len(waiting) == 0


def test_what_is_over_or_given_up_is_forgotten() -> None:
    waiting = PendingAuthorizations()
    numbers = iter(range(1, 100))

    def unique(size: int) -> bytes:
        return bytes([next(numbers)]) * size

    first, second, third = (begun(lifetime=n, random=unique) for n in (5, 50, 500))
    for pending in (first, second, third):
        waiting.add(pending)
    waiting.expire(now=NOW + 10)
    waiting.discard(second.state)
    waiting.discard("unknown")
    assert len(waiting) == 1
    assert waiting.take(third.state, now=NOW + 10) is third

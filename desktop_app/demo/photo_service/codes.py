"""Authorization codes: a minute long, for one use, remembered a little to notice a second."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_app.demo.ports import Clock

_LIFETIME = 60.0
_REMEMBERED = 600.0
_MAX_CODES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """What an authorization code stands for (RFC 6749 section 4.1.2, RFC 7636 section 4.4).

    Attributes:
        grant_id: Id of the grant that will come of it, so that a second use can end that.
    """

    grant_id: str
    client_id: str
    redirect_uri: str
    subject: str
    scopes: tuple[str, ...]
    code_challenge: str = field(repr=False)
    nonce: str | None = field(repr=False)
    authenticated_at: float


class CodeAlreadyUsedError(Exception):
    """A code came a second time; ``grant_id`` is what the first use gave."""

    def __init__(self, grant_id: str) -> None:
        super().__init__("authorization code used twice")
        self.grant_id = grant_id


class AuthorizationCodes:
    """The codes that are on their way, in memory: a restart ends them."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, tuple[float, AuthorizationCode]] = {}
        self._used: dict[str, tuple[float, str]] = {}

    def add(self, code: str, meaning: AuthorizationCode) -> None:
        """Remember that *code* stands for *meaning*."""
        self._prune()
        self._waiting[code] = (self._clock() + _LIFETIME, meaning)

    def take(self, code: str) -> AuthorizationCode | None:
        """Return and use up *code*; None if it is unknown or too old.

        A code is used up by being shown, also when the rest of the request is wrong, so that
        nobody can try verifiers against it.

        Raises:
            CodeAlreadyUsedError: If it was taken before (RFC 6749 section 4.1.2).
        """
        if code in self._used:
            raise CodeAlreadyUsedError(self._used[code][1])
        expires_at, meaning = self._waiting.pop(code, (0.0, None))
        if meaning is None or expires_at <= self._clock():
            return None
        self._used[code] = (self._clock() + _REMEMBERED, meaning.grant_id)
        return meaning

    def _prune(self) -> None:
        now = self._clock()
        self._waiting = {c: kept for c, kept in self._waiting.items() if kept[0] > now}
        self._used = {c: kept for c, kept in self._used.items() if kept[0] > now}
        while len(self._waiting) >= _MAX_CODES:
            del self._waiting[next(iter(self._waiting))]

"""``/v1.0/revocations``: take everything back, and see the proof for each account."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from desktop_app.services.tokens.revocation_rounds import RevocationRounds
from desktop_app.v1_0.schemas.revocations import RevokeAll, RoundBody, round_body
from desktop_app.web.base import ApiHandler
from desktop_app.web.errors import translated


class RevocationsHandler(ApiHandler):
    """``GET``: how far it is. ``POST``: begin; a program could take back each by itself too."""

    bodies: ClassVar = {"POST": RevokeAll}

    def initialize(self, rounds: RevocationRounds) -> None:
        """Take the rounds."""
        self._rounds = rounds

    async def get(self) -> None:
        """Answer the round under way, or the last one."""
        self.write_json(self._body())

    async def post(self) -> None:
        """Begin with every account that holds a grant and answer the steps."""
        self._rounds.start()
        self.set_header("Location", self.reverse_url("api-revocations"))
        self.write_json(self._body(), 201)

    def _body(self) -> RoundBody:
        return round_body(
            self._rounds.steps,
            running=self._rounds.running,
            translate=self.locale.translate,
            explain=partial(translated, locale=self.locale),
        )

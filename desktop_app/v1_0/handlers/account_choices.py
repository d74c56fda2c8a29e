"""``/v1.0/account-choices``: which of several accounts a program means."""

from __future__ import annotations

from typing import ClassVar

from desktop_app.services.lending.account_choices import AccountChoices, Choice
from desktop_app.services.lending.askers import readable
from desktop_app.v1_0.handlers.borrowing import WaitingHandler
from desktop_app.v1_0.schemas.lending import ChoiceBody, ChoiceWish, choice_list
from desktop_app.web.base import ApiHandler


class AccountChoicesHandler(WaitingHandler):
    """``GET``: what was picked. ``POST``: the person picks one of several accounts, or has."""

    bodies: ClassVar = {"POST": ChoiceWish}

    def initialize(self, account_choices: AccountChoices) -> None:
        """Take what asks the person."""
        self._choices = account_choices

    async def get(self) -> None:
        """Answer what is remembered, the newest first."""
        self.write_json(choice_list(self._choices.remembered()))

    async def post(self) -> None:
        """Answer the account, once the person has picked it."""
        body: ChoiceWish = self.body
        choice = Choice(
            candidates=tuple(body.candidates),
            remember_for=body.remember_for,
            says=readable(body.purpose),
            wait_seconds=body.wait_seconds,
        )
        self.write_json(ChoiceBody(profile_id=await self.wait(self._chosen(choice))))

    async def _chosen(self, choice: Choice) -> str:
        return await self._choices.choose(await self.asker(), choice)


class AccountChoiceHandler(ApiHandler):
    """``DELETE``: forget what was picked for a place; for the person alone."""

    person_only: ClassVar[bool] = True

    def initialize(self, account_choices: AccountChoices) -> None:
        """Take what remembers it."""
        self._choices = account_choices

    async def delete(self, choice_id: str) -> None:
        """Forget it."""
        await self._choices.forget(choice_id)
        self.set_status(204)

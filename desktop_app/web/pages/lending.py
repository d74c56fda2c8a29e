"""``/approvals/{id}`` and ``/programs``: what programs ask, and what they may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from desktop_app.errors import NotFoundError
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile
from desktop_app.services.lending.lending_errors import AlreadyDecidedError
from desktop_app.services.lending.loans import Loan, Question
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.accounts import card_view, provider_of
from desktop_app.web.views.programs import (
    Accounts,
    LoanView,
    RememberedView,
    last_uses,
    loan_view,
    remembered_view,
)
from desktop_app.web.views.question import (
    QuestionView,
    WaitingView,
    choice_view,
    question_view,
    waiting_questions,
)

if TYPE_CHECKING:
    from desktop_app.services.lending.account_choices import AccountChoices
    from desktop_app.services.lending.activity import ActivityService
    from desktop_app.services.lending.programs import ProgramService

_ALL = 10_000
# The newest entries say when a program was last there; the whole log would take too long.
_LOOKED_THROUGH = 500


class LendingPageHandler(ViewHandler):
    """A page that shows programs and accounts together."""

    section = "programs"
    _programs: ProgramService
    _profiles: ProfileService
    _providers: ProviderService
    _activity: ActivityService

    async def loan_views(self, loans: Iterable[Loan]) -> list[LoanView]:
        """Return the rows of *loans*."""
        entries, _ = await self._activity.list(limit=_LOOKED_THROUGH)
        accounts, uses, speech = self._accounts(), last_uses(entries), self.speech
        rows = (loan_view(loan, accounts, uses, speech) for loan in loans)
        return [row for row in rows if row is not None]

    def _accounts(self) -> Accounts:
        profiles, _ = self._profiles.list(limit=_ALL)
        providers, speech = self.providers_by_id(), self.speech
        source = self.picture_source(self._profiles.picture)
        pairs = [(profile, provider_of(profile, providers)) for profile in profiles]
        return {
            profile.id: (card_view(profile, provider, source, speech), provider)
            for profile, provider in pairs
        }

    def providers_by_id(self) -> Mapping[str, Provider]:
        """Return every provider under its id."""
        return {provider.id: provider for provider in self._providers.all()}


class QuestionHandler(LendingPageHandler):
    """``GET``: one question with its four answers, or why there is nothing to answer."""

    _shown = ""

    async def get(self, question_id: str) -> None:
        """Show it."""
        self._shown = question_id
        try:
            question = self._programs.question(question_id)
            profile = self._profiles.get(question.profile_id)
        except AlreadyDecidedError:
            await self.render("approval.html", view=None, answered=True)
        except NotFoundError:
            self.set_status(404)
            await self.render("approval.html", view=None, answered=False)
        else:
            await self.render("approval.html", view=self._view(question, profile), answered=False)

    def _waiting(self) -> WaitingView | None:
        questions = self._programs.questions()
        return waiting_questions(questions, self.speech, beside=self._shown)

    def _view(self, question: Question, profile: Profile) -> QuestionView:
        providers = self.providers_by_id()
        source = self.picture_source(self._profiles.picture)
        if question.candidates:
            found = [self._profiles.get(each) for each in question.candidates]
            pairs = [(each, provider_of(each, providers)) for each in found]
            return choice_view(question, pairs, source, self.speech)
        provider = provider_of(profile, providers)
        return question_view(question, profile, provider, source, self.speech)


class QuestionsHandler(LendingPageHandler):
    """``GET``: the question that was asked first; with ``bar``, what stands above a page."""

    async def get(self) -> None:
        """Lead to it, or to the programs where nobody asks."""
        if self.get_query_argument("bar", ""):
            await self.render("bar.html")
            return
        waiting = self._waiting()
        name, of = ("question", [waiting.id]) if waiting else ("programs", [])
        self.redirect(self.reverse_url(name, *of))

    def _waiting(self) -> WaitingView | None:
        beside = self.get_query_argument("beside", "")
        return waiting_questions(self._programs.questions(), self.speech, beside=beside)


class ProgramsPageHandler(LendingPageHandler):
    """``GET``: who may borrow what until when, who is kept away, which account is meant where."""

    _account_choices: AccountChoices

    async def get(self) -> None:
        """Show them."""
        loans = await self.loan_views(self._programs.loans())
        denials = await self.loan_views(self._programs.denials())
        photos, _ = self._profiles.list(provider="photos", limit=_ALL)
        to_try = next((each.id for each in photos if each.status == "active"), "")
        await self.render(
            "programs.html",
            loans=loans,
            denials=denials,
            choices=self._remembered(),
            to_try=to_try,
        )

    def _remembered(self) -> list[RememberedView]:
        accounts, speech = self._accounts(), self.speech
        found = self._account_choices.remembered()
        return [remembered_view(each, accounts[each.profile_id][0], speech) for each in found]

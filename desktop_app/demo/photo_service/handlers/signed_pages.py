"""The older way's pages: what may this program have, and the way back with a verifier."""

from __future__ import annotations

import http
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode, urlsplit

from desktop_app.demo.photo_service.accounts import JANE
from desktop_app.demo.photo_service.handlers.asking import AskingHandler, Routes, SignInHandler
from desktop_app.demo.photo_service.handlers.base import SignedIn
from desktop_app.demo.photo_service.oauth1.temporary import OUT_OF_BAND
from desktop_app.demo.photo_service.permissions import (
    OLDER_SCOPES,
    allowed_scopes,
    asked_permissions,
)
from desktop_app.demo.photo_service.queries import with_prompt
from desktop_app.demo.photo_service.redirects import form_action

_ROUTES = Routes(authorize="older_authorize", sign_in="older_sign_in", consent="older_consent")


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderQuestion:
    """A sign-in that waits for the person's answer (RFC 5849 section 2.2)."""

    token: str
    scopes: tuple[str, ...]
    callback: str

    @property
    def typed(self) -> bool:
        """Whether the person carries the verifier over by hand."""
        return self.callback == OUT_OF_BAND


class OlderHandler(AskingHandler):
    """Reads the question out of the query, and answers the client."""

    routes: ClassVar[Routes] = _ROUTES

    def ask(self) -> OlderQuestion | None:
        """Return the question; None after answering that there is none."""
        token = self.get_query_argument("oauth_token", "")
        found = self.site.signing.temporary.find(token)
        scopes = self.get_query_argument("scope", OLDER_SCOPES[0]).replace(",", " ").split()
        if found is None or not scopes or not set(scopes) <= set(OLDER_SCOPES):
            self.show_bad_link("oauth_token, scope")
            return None
        return OlderQuestion(token=token, scopes=tuple(scopes), callback=found.callback)

    def answer(self, question: OlderQuestion, parameters: Sequence[tuple[str, str]]) -> None:
        """Send the person back with *parameters*, or show them the code to carry over."""
        values = dict(parameters)
        if question.typed:
            self.show("verifier.html", code=values.get("oauth_verifier", ""))
            return
        target = f"{question.callback}?{urlencode(values)}"
        self.redirect(target, status=http.HTTPStatus.SEE_OTHER)


class OlderAuthorizeHandler(OlderHandler):
    """``GET /oauth1/authorize``."""

    def get(self) -> None:
        """Ask who the person is, then what they allow."""
        question = self.ask()
        if question is None:
            return
        if self.must_sign_in():
            self.show_sign_in(JANE)
            return
        self._show_consent(question, self.current_user)

    def _show_consent(self, question: OlderQuestion, user: SignedIn) -> None:
        self.show(
            "consent.html",
            form_action="" if question.typed else form_action(question.callback),
            account=user.account,
            permissions=asked_permissions(question.scopes),
            photos=self.site.shelf.photos(user.account.subject),
            query=self.request.query,
            switch=with_prompt(self.request.query, "select_account"),
            routes=self.routes,
            place="" if question.typed else urlsplit(question.callback).netloc,
        )


class OlderSignInHandler(SignInHandler):
    """``POST /oauth1/sign-in``."""

    routes: ClassVar[Routes] = _ROUTES


class OlderConsentHandler(OlderHandler):
    """``POST /oauth1/consent``: what the person allows, or that they don't."""

    def post(self) -> None:
        """Answer the client with a verifier, or with ``permission_denied``."""
        question = self.ask()
        if question is None:
            return
        if self.must_sign_in():
            self.back_to_question()
            return
        scopes = allowed_scopes(question.scopes, self.get_body_arguments("scope"))
        if self.get_body_argument("decision", "") != "allow" or not scopes:
            self._deny(question)
            return
        self.answer(question, self._make_verifier(question, scopes, self.current_user))

    def _deny(self, question: OlderQuestion) -> None:
        """End the sign-in; the words are those of OAuth Problem Reporting."""
        self.site.signing.temporary.end(question.token)
        problem = ("oauth_problem", "permission_denied")
        self.answer(question, [("oauth_token", question.token), problem])

    def _make_verifier(
        self, question: OlderQuestion, scopes: tuple[str, ...], user: SignedIn
    ) -> list[tuple[str, str]]:
        made = self.site.signing.make_verifier(
            question.token, scopes, user=user.account.subject, at=user.at
        )
        return list(made.items())

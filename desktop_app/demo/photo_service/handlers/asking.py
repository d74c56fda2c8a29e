"""What both ways in share: the pages between a program's question and the person's answer."""

from __future__ import annotations

import http
from dataclasses import dataclass
from typing import ClassVar

from desktop_app.demo.photo_service.accounts import Account, check_password, hinted_account
from desktop_app.demo.photo_service.handlers.base import PageHandler, SignedIn
from desktop_app.demo.photo_service.queries import after_sign_in, asks_for_sign_in

_BAD_LINK = "This sign-in link is not complete. Go back to Coatcheck and start again."
_WRONG_PASSWORD = "That password is not right. The one that was filled in is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The names of one way's pages in the table of addresses."""

    authorize: str = "authorize"
    sign_in: str = "sign_in"
    consent: str = "consent"


class AskingHandler(PageHandler):
    """Knows who the person is, and leads them back to the question."""

    routes: ClassVar[Routes] = Routes()

    def must_sign_in(self) -> bool:
        """Return whether the person has to say anew who they are."""
        user: SignedIn | None = self.current_user
        if user is None:
            return True
        return asks_for_sign_in(self.request.query, age=self.site.clock() - user.at)

    def show_sign_in(self, chosen: Account, problem: str = "", *, query: str | None = None) -> None:
        """Show the page that asks who the person is; *query* is the question, if not this one."""
        query = self.request.query if query is None else query
        self.show(
            "sign_in.html",
            chosen=chosen,
            query=query,
            client=bool(query),
            problem=problem,
            routes=self.routes,
        )

    def show_bad_link(self, detail: str) -> None:
        """Say that nobody can tell what the link asks for."""
        self.set_status(http.HTTPStatus.BAD_REQUEST)
        self.show_error(_BAD_LINK, detail)

    def back_to_question(self) -> None:
        """Ask again from the beginning."""
        target = f"{self.reverse_url(self.routes.authorize)}?{self.request.query}"
        self.redirect(target, status=http.HTTPStatus.SEE_OTHER)


class SignInHandler(AskingHandler):
    """``POST /sign-in``: the password, then back to where the person was going."""

    def post(self) -> None:
        """Begin a session, or show the page again."""
        if self.site.attempts.wait():
            self.set_header("Retry-After", str(self.site.attempts.wait()))
            self.send_error(http.HTTPStatus.TOO_MANY_REQUESTS)
            return
        email = self.get_body_argument("account", "")
        account = check_password(email, self.get_body_argument("password", ""))
        if account is None:
            self._try_again(email)
            return
        self.site.attempts.succeeded()
        self.sign_in(account)
        self.redirect(self._next(), status=http.HTTPStatus.SEE_OTHER)

    def _try_again(self, email: str) -> None:
        self.site.attempts.failed()
        self.set_status(http.HTTPStatus.FORBIDDEN)
        self.show_sign_in(hinted_account(email), _WRONG_PASSWORD)

    def _next(self) -> str:
        if not self.request.query:
            return self.reverse_url("album")
        return f"{self.reverse_url(self.routes.authorize)}?{after_sign_in(self.request.query)}"

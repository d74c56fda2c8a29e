"""The authorization endpoint: who are you, and what may this program have."""

from __future__ import annotations

import http
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from oauthlib.oauth2 import FatalClientError, OAuth2Error

from desktop_app.demo.photo_service.accounts import hinted_account
from desktop_app.demo.photo_service.handlers.asking import AskingHandler
from desktop_app.demo.photo_service.handlers.base import SignedIn
from desktop_app.demo.photo_service.permissions import allowed_scopes, asked_permissions
from desktop_app.demo.photo_service.queries import with_prompt
from desktop_app.demo.photo_service.redirects import form_action


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A valid authorization request (RFC 6749 section 4.1.1)."""

    scopes: tuple[str, ...]
    redirect_uri: str
    response_mode: str
    state: str | None
    login_hint: str | None


class AuthorizationHandler(AskingHandler):
    """Reads the authorization request out of the query, and answers the client."""

    def ask(self) -> Asked | None:
        """Return the request; None after answering that it is no good.

        The client is told through its redirect URI, but only once that is known to be its own.
        """
        try:
            scopes, info = self.site.server.validate_authorization_request(self._uri())
        except OAuth2Error as error:
            self._refuse(error)
            return None
        except ValueError:
            self.show_bad_link("")
            return None
        return _read_asked(scopes, info["request"])

    def answer(self, asked: Asked, parameters: Sequence[tuple[str, str]]) -> None:
        """Send the person back to the client with *parameters*.

        Source: RFC 9207 section 2, OAuth 2.0 Form Post Response Mode section 2.
        """
        parameters = [*parameters, ("iss", self.site.issuer)]
        self.show_form(asked.redirect_uri, asked.response_mode, parameters)

    def show_form(self, uri: str, mode: str, parameters: Sequence[tuple[str, str]]) -> None:
        """Redirect, or show the form that sends itself."""
        if mode == "form_post":
            allowed = form_action(uri)
            self.show("answer.html", form_action=allowed, script=True, uri=uri, fields=parameters)
            return
        self.redirect(_with_query(uri, parameters), status=http.HTTPStatus.SEE_OTHER)

    def _refuse(self, error: OAuth2Error) -> None:
        if isinstance(error, FatalClientError) or not error.redirect_uri:
            self.show_bad_link(f"{error.error}: {error.description}")
            return
        parameters = [*error.twotuples, ("iss", self.site.issuer)]
        self.show_form(error.redirect_uri, error.response_mode or "query", parameters)

    def _uri(self) -> str:
        return f"{self.site.issuer}{self.reverse_url('authorize')}?{self.request.query}"


class AuthorizeHandler(AuthorizationHandler):
    """``GET`` and ``POST /authorize``."""

    def check_xsrf_cookie(self) -> None:
        """Need no XSRF token: a POST here only leads to the same page as a GET."""

    def get(self) -> None:
        """Ask who the person is, then what they allow."""
        asked = self.ask()
        if asked is None:
            return
        if self.must_sign_in():
            self.show_sign_in(hinted_account(asked.login_hint))
            return
        self._show_consent(asked, self.current_user)

    def post(self) -> None:
        """Take the request as a form too (OpenID Connect Core section 3.1.2.1)."""
        # Encoded anew, because a body may hold what an address must not.
        pairs = parse_qsl(self.request.body.decode("utf-8", "replace"), keep_blank_values=True)
        query = urlencode(pairs)
        target = f"{self.reverse_url('authorize')}?{query}"
        self.redirect(target, status=http.HTTPStatus.SEE_OTHER)

    def _show_consent(self, asked: Asked, user: SignedIn) -> None:
        self.show(
            "consent.html",
            form_action=form_action(asked.redirect_uri),
            account=user.account,
            permissions=asked_permissions(asked.scopes),
            photos=self.site.shelf.photos(user.account.subject),
            query=self.request.query,
            switch=with_prompt(self.request.query, "select_account"),
            routes=self.routes,
            place=urlsplit(asked.redirect_uri).netloc,
        )


class ConsentHandler(AuthorizationHandler):
    """``POST /consent``: what the person allows, or that they don't."""

    def post(self) -> None:
        """Answer the client with a code, or with ``access_denied``."""
        asked = self.ask()
        if asked is None:
            return
        if self.must_sign_in():
            self.back_to_question()
            return
        scopes = allowed_scopes(asked.scopes, self.get_body_arguments("scope"))
        # Without a single scope oauthlib would fall back to all that were asked for.
        if self.get_body_argument("decision", "") != "allow" or not scopes:
            self.answer(asked, _denial(asked))
            return
        self.answer(asked, self._make_code(scopes, self.current_user))

    def _make_code(self, scopes: tuple[str, ...], user: SignedIn) -> list[tuple[str, str]]:
        credentials = {"user": user.account.subject, "authenticated_at": user.at}
        headers, _body, _status = self.site.server.create_authorization_response(
            self._uri(), scopes=list(scopes), credentials=credentials
        )
        return parse_qsl(urlsplit(headers["Location"]).query)


def _read_asked(scopes: Sequence[str], request: Any) -> Asked:
    return Asked(
        scopes=tuple(scopes),
        redirect_uri=request.redirect_uri,
        response_mode=request.response_mode or "query",
        state=request.state,
        login_hint=request.login_hint,
    )


def _denial(asked: Asked) -> list[tuple[str, str]]:
    state = [("state", asked.state)] if asked.state else []
    return [("error", "access_denied"), ("error_description", "The person said no."), *state]


def _with_query(uri: str, parameters: Sequence[tuple[str, str]]) -> str:
    return f"{uri}?{urlencode(parameters)}"

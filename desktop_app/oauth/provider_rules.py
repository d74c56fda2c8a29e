"""How one provider's requests and answers differ from the standards, as data.

A preset says it (``[authorization]`` and ``[token]``); most providers need nothing of it. The
part for the token endpoint is kept in the grant, because renewing needs it too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from desktop_app.oauth.form import FormValue
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.pointer import find


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRules:
    """The authorization request's own names.

    Attributes:
        scope_separator: What stands between two scopes, where it is no space.
        login_hint_parameter: What names the account to sign in with.
        login_hint_is_username: It wants the account's own name, not its e-mail address.
        more: Further parameters where more is asked of an account that is connected already.
    """

    client_id_parameter: str = "client_id"
    scope_parameter: str = "scope"
    scope_separator: str = " "
    login_hint_parameter: str = "login_hint"
    login_hint_is_username: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    def renamed(self, parameters: Mapping[str, FormValue]) -> dict[str, FormValue]:
        """Return *parameters* of a standard request as this provider calls them."""
        names = {
            "client_id": self.client_id_parameter,
            "scope": self.scope_parameter,
            "login_hint": self.login_hint_parameter,
        }
        values = {names.get(name, name): value for name, value in parameters.items()}
        scope = values.get(self.scope_parameter)
        if isinstance(scope, str):
            values[self.scope_parameter] = scope.replace(" ", self.scope_separator)
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """The token endpoint's own ways.

    Attributes:
        client_id_parameter: What it calls the client's identifier.
        parameters: Sent along with every request.
        returned: Parameters of the authorization response that go back with the code, and with
            every renewal.
        root: JSON pointer to the object that holds the tokens; "" is the answer itself.
        members: Standard names, each with the name or JSON pointer that this provider uses.
        token_type: What its tokens are, where it says something else about them.
        scope_separator: What stands between two scopes in the answer, besides space and comma.
        lifetime: Seconds that an access token is good where the answer doesn't say.
        refresh_lifetime: The same for a refresh token.
        refresh_idle: Seconds that a refresh token may lie unused, whatever its own end.
        keep: Members of the answer that the userinfo request needs, or that name the account.
        narrows: A refresh for fewer scopes gives a token for no more (RFC 6749 section 6). Where
            that is not said, the first answer shows it.
    """

    client_id_parameter: str = "client_id"
    parameters: Mapping[str, str] = field(default_factory=dict)
    returned: tuple[str, ...] = ()
    root: str = ""
    members: Mapping[str, str] = field(default_factory=dict)
    token_type: str | None = None
    scope_separator: str = " "
    lifetime: int | None = None
    refresh_lifetime: int | None = None
    refresh_idle: int | None = None
    keep: tuple[str, ...] = ()
    narrows: bool = False

    def with_returned(self, extra: Mapping[str, str]) -> TokenRules:
        """Return the rules with what the authorization response carried and must go back."""
        found = {name: extra[name] for name in self.returned if name in extra}
        return replace(self, parameters={**self.parameters, **found})

    def request(self, request: HttpRequest) -> HttpRequest:
        """Return the token *request* under this provider's names, with what it wants along."""
        if not self.parameters and self.client_id_parameter == "client_id":
            return request
        # Pairs: a standard request may name a resource twice.
        pairs = parse_qsl((request.body or b"").decode("ascii"), keep_blank_values=True)
        names = {"client_id": self.client_id_parameter}
        own = [(name, value) for name, value in self.parameters.items() if name not in dict(pairs)]
        renamed = [(names.get(name, name), value) for name, value in pairs]
        return replace(request, body=urlencode([*renamed, *own]).encode("ascii"))

    def making(self, make: Callable[..., HttpRequest]) -> Callable[..., HttpRequest]:
        """Return *make*, which makes token requests, with its results as ``request`` has them."""

        def made(**timed: Any) -> HttpRequest:
            return self.request(make(**timed))

        return made

    def standard(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members of a token *answer* under their standard names."""
        # A renewal may be answered without the wrapping that the first tokens came in (Slack).
        inner = find(answer, self.root) if self.root else None
        members = dict(inner if isinstance(inner, Mapping) else answer)
        found = {name: find(members, place) for name, place in self.members.items()}
        members |= {name: value for name, value in found.items() if value is not None}
        if self.token_type:
            members["token_type"] = self.token_type
        if isinstance(members.get("scope"), str):
            members["scope"] = members["scope"].replace(self.scope_separator, " ")
        return self._with_lifetimes(members)

    def kept(self, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Return the members to keep of a token answer's *extra* ones."""
        return {name: extra[name] for name in self.keep if name in extra}

    def _with_lifetimes(self, members: dict[str, Any]) -> dict[str, Any]:
        if self.lifetime is not None and members.get("expires_in") is None:
            members["expires_in"] = self.lifetime
        if self.refresh_lifetime is not None and members.get("refresh_token"):
            members.setdefault("refresh_token_expires_in", self.refresh_lifetime)
        return members

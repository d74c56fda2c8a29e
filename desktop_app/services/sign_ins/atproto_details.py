"""Who an AT Protocol grant belongs to: proven by the account, not by who gave the token."""

from __future__ import annotations

import logging
from typing import Final

from desktop_app.errors import AppError
from desktop_app.oauth.atproto_server import session_endpoint
from desktop_app.oauth.errors import IssuerMismatchError, SubjectMismatchError, UserinfoError
from desktop_app.oauth.userinfo import parse_userinfo, userinfo_request
from desktop_app.providers.model import Provider
from desktop_app.providers.rules import AtprotoRules
from desktop_app.services.accounts import Grant
from desktop_app.services.providers.provider_keys import Claims
from desktop_app.services.sign_ins.atproto_accounts import AtprotoAccounts
from desktop_app.services.tokens.proofs import Prover

_log = logging.getLogger(__name__)

EXPECTED_DID: Final = "did"
"""Under this name a sign-in's copy of the entry holds the account that was asked for."""


class AtprotoDetails:
    """Turns the account that a token answer names into a person with a name and a picture."""

    def __init__(self, *, accounts: AtprotoAccounts, prover: Prover) -> None:
        self._accounts = accounts
        self._prover = prover

    async def claims(self, provider: Provider, rules: AtprotoRules, grant: Grant) -> Claims:
        """Return who the grant belongs to, after every check that the protocol demands.

        A server could name any account. It is believed only if that account's own server says
        that this is who signs its people in.

        Raises:
            SubjectMismatchError: If another account signed in than was asked for.
            IssuerMismatchError: If somebody else signs the people of that account in.
            UserinfoError: If the answer names no account.
            AccountUnknownError: If nobody knows the account that it names.
            ProviderUnreachableError: If the account can't be looked up now.

        Source: AT Protocol, OAuth specification, "Identity Authentication".
        """
        did = grant.told.get("sub")
        if not isinstance(did, str) or "atproto" not in grant.scopes_granted:
            raise UserinfoError("its answer names no account")
        if provider.values.get(EXPECTED_DID, did) != did:
            raise SubjectMismatchError
        account = await self._accounts.find(rules, did)
        if await self._accounts.issuer_of(account) != grant.issuer:
            raise IssuerMismatchError("the account belongs to another server")
        public = await self._accounts.profile(rules, did)
        return {
            "sub": did,
            "handle": account.handle,
            "server": account.server,
            **public,
            "email": await self._email(grant, did, account.server),
        }

    async def _email(self, grant: Grant, did: str, server: str) -> str | None:
        endpoint = session_endpoint(server)
        if "transition:email" not in grant.scopes_granted:
            return None
        try:
            request = userinfo_request(endpoint, grant.access_token, token_type=grant.token_type)
            told = parse_userinfo(await self._prover.ask_resource(request, grant))
        except AppError as error:
            _log.info("No e-mail address from the account's server: %s", error.code)
            return None
        email = told.get("email") if told.get("did") == did else None
        return email if isinstance(email, str) else None

"""Looking up AT Protocol's accounts: who they are, and who may sign them in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from desktop_app.errors import AppError
from desktop_app.oauth.atproto import (
    AtprotoAccount,
    account_name,
    document_request,
    handle_request,
    parse_document,
    parse_handle_answer,
    resolve_request,
)
from desktop_app.oauth.atproto_server import check_origin, parse_profile, profile_request
from desktop_app.oauth.errors import DiscoveryError
from desktop_app.oauth.flow_errors import AccountUnknownError
from desktop_app.oauth.http import HttpRequest
from desktop_app.oauth.protected_resource import (
    parse_resource_metadata,
    resource_metadata_request,
    resource_metadata_url,
)
from desktop_app.providers.rules import AtprotoRules
from desktop_app.services.exchange import ask
from desktop_app.services.ports import HttpClient

_log = logging.getLogger(__name__)


class AtprotoAccounts:
    """Asks the directory and the accounts' own servers; believes a name only both ways."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def find(self, rules: AtprotoRules, name: str) -> AtprotoAccount:
        """Return the account that *name*, a handle or a DID, belongs to.

        Its ``handle`` is None if the name that it claims isn't its own.

        Raises:
            AccountUnknownError: If there is none, or it doesn't claim the handle in turn.
            EndpointError: If its document names an address that Coatcheck doesn't go to.
            ProviderUnreachableError: If the directory does not answer.

        Source: AT Protocol, OAuth specification, "Identity Authentication".
        """
        wanted = account_name(name)
        if wanted.startswith("did:"):
            return await self._with_checked_handle(rules, await self._described(rules, wanted))
        did = await self._resolved(rules, wanted)
        if did is None:
            raise AccountUnknownError(wanted, "nobody answers for this name")
        account = await self._described(rules, did)
        if account.handle != wanted:
            # Anybody can let a name of theirs point to somebody else's account.
            raise AccountUnknownError(wanted, "the account does not have this name any more")
        return account

    async def issuer_of(self, account: AtprotoAccount) -> str:
        """Return who may sign *account* in, as its own server says.

        Raises:
            DiscoveryError: If its server names nobody, or several.
            EndpointError: If it names an address that Coatcheck doesn't go to.
            ProviderUnreachableError: If it does not answer.

        Source: AT Protocol, OAuth specification, "Server Metadata"; RFC 9728 section 3.
        """
        request = resource_metadata_request(resource_metadata_url(account.server))
        answer = await ask(self._http, request)
        found = parse_resource_metadata(answer, resource=account.server)
        if len(found.authorization_servers) != 1:
            raise DiscoveryError("the account's server does not name one place to sign in at")
        return check_origin(found.authorization_servers[0], name="issuer")

    async def profile(self, rules: AtprotoRules, did: str) -> Mapping[str, Any]:
        """Return the name and picture that everybody may see; nothing, if they don't come."""
        if not rules.profiles:
            return {}
        try:
            answer = await ask(self._http, profile_request(rules.profiles, did))
        except AppError as error:
            _log.info("No public profile: %s", error.code)
            return {}
        return parse_profile(answer, did=did)

    async def _resolved(self, rules: AtprotoRules, handle: str) -> str | None:
        """Ask the handle's own host first; many names are only in the DNS, so a service next."""
        own = await self._did_in(handle_request(rules.handles, handle))
        return own or await self._did_in(resolve_request(rules.resolver, handle))

    async def _did_in(self, request: HttpRequest) -> str | None:
        try:
            return parse_handle_answer(await ask(self._http, request))
        except AppError as error:
            _log.info("%s does not resolve the name: %s", urlsplit(request.url).netloc, error.code)
            return None

    async def _described(self, rules: AtprotoRules, did: str) -> AtprotoAccount:
        request = document_request(did, directory=rules.directory, web=rules.web)
        return parse_document(await ask(self._http, request), did=did, url=request.url)

    async def _with_checked_handle(
        self, rules: AtprotoRules, account: AtprotoAccount
    ) -> AtprotoAccount:
        if account.handle is None:
            return account
        agreed = await self._resolved(rules, account.handle) == account.did
        return account if agreed else account.without_handle()

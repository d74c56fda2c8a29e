"""Taking a grant back the way that one provider wants it, where it doesn't speak RFC 7009."""

from __future__ import annotations

from desktop_app.oauth.errors import RevocationError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json
from desktop_app.oauth.pointer import find
from desktop_app.providers.rules import RevocationRules
from desktop_app.services.accounts import Grant
from desktop_app.services.exchange import ask
from desktop_app.services.ports import HttpClient
from desktop_app.services.provider_calls import call_request, proof_stands


async def revoke_own_way(http: HttpClient, grant: Grant, rules: RevocationRules) -> tuple[str, ...]:
    """Ask the provider to end *grant* and return what it confirmed to be gone.

    Raises:
        RevocationError: If it doesn't confirm it; the access may still be good then.
        ProviderUnreachableError: If it does not answer.
    """
    request = call_request(rules.call, rules.call.url, grant, {})
    _check(await ask(http, request), rules)
    held = {"access_token": grant.access_token, "refresh_token": grant.refresh_token}
    return tuple(name for name in rules.ends if held.get(name))


def _check(response: HttpResponse, rules: RevocationRules) -> None:
    if response.status not in rules.statuses:
        raise RevocationError(f"status {response.status}", "", status=response.status)
    if rules.proof and not proof_stands(find(_answer(response), rules.proof), rules.proof_is):
        reason = find(_answer(response), "error")
        said = reason if isinstance(reason, str) else "no confirmation"
        raise RevocationError(said, "", status=response.status)


def _answer(response: HttpResponse) -> object:
    try:
        return parse_json(response.body)
    except MalformedBodyError:
        return None

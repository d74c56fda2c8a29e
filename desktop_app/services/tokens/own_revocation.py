"""Taking a grant back the way that one provider wants it, where it doesn't speak RFC 7009."""

from __future__ import annotations

from desktop_app.oauth.errors import RevocationError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json
from desktop_app.oauth.pointer import find
from desktop_app.providers.rules import Call, RevocationRules
from desktop_app.providers.templates import fill
from desktop_app.services.accounts import Grant
from desktop_app.services.exchange import ask
from desktop_app.services.ports import HttpClient
from desktop_app.services.tokens.oauth1_grants import Signer
from desktop_app.services.tokens.provider_calls import call_request, call_values, proof_stands


async def revoke_own_way(
    http: HttpClient, grant: Grant, rules: RevocationRules, signer: Signer
) -> tuple[str, ...]:
    """Ask the provider to end *grant* and return what it confirmed to be gone.

    A grant of OAuth 1.0a signs the request, with *signer*; its token alone proves nothing.

    Raises:
        RevocationError: If it doesn't confirm it; the access may still be good then.
        ProviderUnreachableError: If it does not answer.
    """
    wanted = fill(rules.proof_is, call_values(grant, {}))
    _check(await ask(http, _request(grant, rules.call, signer)), rules, wanted)
    held = {"access_token": grant.access_token, "refresh_token": grant.refresh_token}
    return tuple(name for name in rules.ends if held.get(name))


def _request(grant: Grant, call: Call, signer: Signer) -> HttpRequest:
    if grant.signature_method is None:
        return call_request(call, call.url, grant, {})
    values = call_values(grant, {})
    form = {name: fill(text, values) for name, text in call.form.items()}
    return signer.request(grant, call.url, form, method=call.method)


def _check(response: HttpResponse, rules: RevocationRules, proof_is: str) -> None:
    if response.status not in rules.statuses:
        raise RevocationError(f"status {response.status}", "", status=response.status)
    if rules.proof and not proof_stands(find(_answer(response), rules.proof), proof_is):
        reason = find(_answer(response), "error")
        said = reason if isinstance(reason, str) else "no confirmation"
        raise RevocationError(said, "", status=response.status)


def _answer(response: HttpResponse) -> object:
    try:
        return parse_json(response.body)
    except MalformedBodyError:
        return None

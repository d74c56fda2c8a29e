"""Answers that the provider signed (JARM): proven with its keys, then taken like any other."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.oauth.authorization import AuthorizationResponse, accept_response
from desktop_app.oauth.jwks import JsonWebKeySet
from desktop_app.oauth.signed_response import SignedResponseExpectation, validate_signed_response
from desktop_app.services.providers.provider_keys import ProviderKeys
from desktop_app.services.sign_ins.begun_authorization import AcceptedCode, BegunAuthorization


async def proven_answer(keys: ProviderKeys, accepted: AcceptedCode, *, now: float) -> AcceptedCode:
    """Return *accepted* with its code; one that is not signed is returned as it is.

    Raises:
        SignedResponseError: If a check of the signed answer fails.
        ClockSkewError: If it is over.
        UnknownKeyError: If the provider has no key that fits.
        AuthorizationResponseError: If it brings the provider's error.
        AuthorizationDeniedError: If the person said no.
        ProviderUnreachableError: If the keys can't be fetched.

    Source: JARM section 2.4.
    """
    token, begun = accepted.signed, accepted.begun
    if token is None:
        return accepted
    expectation = _expectation(begun, now)

    def check(known: JsonWebKeySet) -> AuthorizationResponse:
        return validate_signed_response(token, known, expectation)

    response = await keys.checked(check, begun.metadata.jwks_uri, begun.provider.ca_file)
    code = accept_response(begun.pending, response, now=now)
    response = replace(response, posted=accepted.response.posted)
    return replace(accepted, response=response, code=code)


def _expectation(begun: BegunAuthorization, now: float) -> SignedResponseExpectation:
    return SignedResponseExpectation(
        issuer=begun.metadata.issuer,
        client_id=begun.client.client_id,
        now=now,
        algorithms=begun.metadata.authorization_signing_alg_values_supported,
        client_secret=begun.client.client_secret,
    )

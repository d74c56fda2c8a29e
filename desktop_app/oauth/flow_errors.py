"""The errors of the flows beyond the authorization code; ``errors`` has the common ones."""

from __future__ import annotations

from desktop_app.oauth.errors import (
    DiscoveryError,
    IdTokenError,
    OAuthError,
    RegistrationError,
    TokenErrorResponse,
    TokenResponseError,
)
from desktop_app.oauth.text import clean_text


class SigningError(OAuthError):
    """An OAuth 1.0a request that can't be signed; ``reason`` says why."""

    code = "signing_failed"
    public_message = "This request can't be signed: {reason}. Change it and try again."

    def __init__(self, reason: str) -> None:
        super().__init__(reason, reason=reason)


class CallbackNotConfirmedError(OAuthError):
    """The provider speaks OAuth 1.0 without the "a" (RFC 5849 section 2.1).

    Then somebody else could finish a sign-in that they began: session fixation.
    """

    code = "callback_not_confirmed"
    public_message = (
        "The provider uses the first edition of OAuth 1.0, in which somebody else could take "
        "over your sign-in, so it was stopped. Ask the provider for OAuth 1.0a."
    )


class ClockRefusedError(TokenErrorResponse):
    """The provider finds this computer's time too far from its own."""

    code = "clock_refused"
    public_message = (
        "By the provider's clock this computer's date or time is wrong. "
        "Correct it here, then try again."
    )


class DpopKeyError(OAuthError):
    """The key of a DPoP-bound grant can't be made or read."""

    code = "dpop_key"
    public_message = (
        "The key that this sign-in is bound to can't be used. Sign in again to make a new one."
    )


class TokenNotBoundError(TokenResponseError):
    """DPoP was asked for and the token is not bound to the key (RFC 9449 section 5)."""

    code = "token_not_bound"
    public_message = (
        "The provider gave an access that is not bound to this computer although that was asked "
        "for, so it was not kept. Turn DPoP off for this provider, or tell them."
    )

    def __init__(self) -> None:
        super().__init__("its token is not bound to the key")


class InvalidDpopProofError(TokenErrorResponse):
    """The provider does not accept the DPoP proof (RFC 9449 section 5)."""

    code = "invalid_dpop_proof"
    public_message = (
        "The provider did not accept the proof that this computer holds the key. "
        "Check the date and time here, then sign in again."
    )


class DeviceAuthorizationError(OAuthError):
    """No device code came; ``reason`` says why (RFC 8628 section 3.2)."""

    code = "device_authorization_failed"
    public_message = (
        "The provider gave no code for signing in on another device: {reason}. "
        "Sign in through the browser instead."
    )

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason, reason=reason, status=status)


class DeviceCodeExpiredError(OAuthError):
    """The person did not enter the code in time (RFC 8628 section 3.5)."""

    code = "device_code_expired"
    public_message = "The code was not entered in time. Start the sign-in again for a new one."


class InitialTokenNeededError(RegistrationError):
    """The provider registers nobody without an initial access token (RFC 7591 section 3)."""

    public_message = (
        "The provider did not register Coatcheck: {reason}. Enter a client ID instead, or an "
        "initial access token, if whoever runs the provider gives you one."
    )


class InitialTokenRefusedError(RegistrationError):
    """The provider does not take the initial access token that was entered (RFC 7591 section 3).

    It may be over, or have been good for one registration alone.
    """

    public_message = (
        "The provider did not register Coatcheck with the initial access token that you entered: "
        "{reason}. Get another one from whoever runs the provider and enter that, or enter a "
        "client ID instead."
    )


class RegistrationGoneError(RegistrationError):
    """The provider has forgotten the client, or its registration token (RFC 7592 section 2)."""

    code = "registration_gone"
    public_message = (
        "The provider no longer knows this registration of Coatcheck. "
        "Sign in once more; Coatcheck registers anew then."
    )

    def __init__(self, *, status: int) -> None:
        super().__init__(f"it answers with status {status}", status=status)


class ClientDocumentError(OAuthError):
    """A client ID metadata document or its address is not right; ``reason`` says how."""

    code = "client_document"
    public_message = (
        "The address of the client's description can't be used: {reason}. "
        "Correct it where it is hosted, or enter another client ID."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason, reason=reason)


class ResourceError(OAuthError):
    """What should name a protected resource doesn't (RFC 8707 section 2)."""

    code = "invalid_resource"
    public_message = (
        "The address that the access is meant for can't be used: {reason}. Check it and try again."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason, reason=reason)


class InvalidTargetError(TokenErrorResponse):
    """The provider gives no token for that resource or audience (RFC 8707 section 2)."""

    code = "invalid_target"
    public_message = (
        "The provider gives no access to that address with this account. "
        "Check the address, or ask for less."
    )


class ResourceMetadataError(DiscoveryError):
    """A protected resource describes itself wrongly or not at all (RFC 9728 section 3)."""

    code = "resource_metadata"
    public_message = (
        "This address does not say which provider protects it: {reason}. Check the address."
    )


class SignedResponseError(IdTokenError):
    """The signed answer fails a check (JARM section 2.4).

    Attributes (in ``fields``):
        check: ``missing``, ``encrypted``, ``format``, ``alg``, ``signature``, ``iss``, ``aud``
            or ``exp``.
    """

    code = "signed_response_invalid"
    public_message = (
        "The provider's signed answer is not valid (check: {check}), so it was not used. "
        "Start the sign-in again; if it stays, tell the provider."
    )


class AccountUnknownError(OAuthError):
    """Nobody answers for an account's name; ``reason`` says why (AT Protocol)."""

    code = "account_unknown"
    public_message = "The account “{account}” was not found: {reason}. Check how it is spelled."

    def __init__(self, account: str, reason: str) -> None:
        super().__init__(reason, account=clean_text(account), reason=reason)

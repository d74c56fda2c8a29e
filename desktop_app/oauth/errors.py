"""Every error that comes out of the protocol core; anything else out of it is a bug."""

from __future__ import annotations

from desktop_app.errors import AppError
from desktop_app.oauth.text import clean_text


class OAuthError(AppError):
    """The root of the core's errors."""

    code = "oauth_error"
    public_message = "The provider's answer can't be used. Try again; if it stays, tell them."


class EndpointError(OAuthError):
    """An address that Coatcheck doesn't go to; ``name`` says which, ``reason`` why."""

    code = "bad_endpoint"
    public_message = "The address for {name} can't be used: {reason}. Check it and try again."

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}", name=name, reason=reason)


class ScopeError(OAuthError):
    """A scope with characters that RFC 6749 section 3.3 does not allow."""

    code = "invalid_scope"
    public_message = "A permission's name may not hold spaces, quotes or control characters."


class ClientCredentialError(OAuthError):
    """The client's secret or private key is missing or can't be read."""

    code = "client_credential"
    public_message = (
        "The client secret or private key for this provider is missing or can't be read. "
        "Enter it again."
    )


class StateMismatchError(OAuthError):
    """The redirect answers no pending sign-in (RFC 6749 section 10.12)."""

    code = "state_mismatch"
    public_message = "This sign-in link is unknown or already used. Start the sign-in again."


class AuthorizationDeniedError(OAuthError):
    """The person, or the provider for them, said no (RFC 6749 section 4.1.2.1)."""

    code = "access_denied"
    public_message = "The sign-in was declined at the provider. Nothing was kept."


class AuthorizationResponseError(OAuthError):
    """The redirect carries an error, or is no valid answer.

    Attributes (in ``fields``):
        error: The provider's error code, cleaned.
        description: Its words, cleaned, at most 200 characters.
    """

    code = "authorization_error"
    public_message = (
        "The provider ended the sign-in ({said}). "
        "Check the client ID and the permissions, then start again."
    )

    def __init__(self, error: str, description: str = "") -> None:
        error, description = clean_text(error, limit=64), clean_text(description)
        said = _said(error, description)
        super().__init__(error, error=error, description=description, said=said)


class IssuerMismatchError(OAuthError):
    """The answer comes from another provider than was asked (RFC 9207 section 2.4)."""

    code = "issuer_mismatch"
    public_message = (
        "The answer came from another provider than the one you chose, so it was not used. "
        "Start the sign-in again."
    )


class DiscoveryError(OAuthError):
    """The provider's description of itself is missing or wrong; ``reason`` says how."""

    code = "discovery_failed"
    public_message = (
        "This address does not describe an OpenID or OAuth provider: {reason}. Check the address."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason, reason=reason)


class TokenResponseError(OAuthError):
    """The token endpoint's answer is not a token response; ``reason`` says why."""

    code = "token_response_invalid"
    public_message = (
        "The provider's answer can't be used: {reason}. Try again; if it stays, tell them."
    )

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason, reason=reason, status=status)


class TokenErrorResponse(OAuthError):  # noqa: N818 - RFC 6749 section 5.2 names it so
    """The token endpoint said no, in its own words.

    Attributes (in ``fields``):
        error: The error code, cleaned.
        description: Its words, cleaned, at most 200 characters.
        status: The HTTP status.
    """

    code = "token_error"
    public_message = "The provider refused ({said}). Check its settings and sign in again."

    def __init__(self, error: str, description: str = "", *, status: int) -> None:
        error, description = clean_text(error, limit=64), clean_text(description)
        said = _said(error, description)
        super().__init__(error, error=error, description=description, said=said, status=status)


class InvalidGrantError(TokenErrorResponse):
    """The code or refresh token is expired, used, revoked or somebody else's."""

    code = "invalid_grant"
    public_message = "The provider ended this sign-in ({said}). Sign in again."


class InvalidClientError(TokenErrorResponse):
    """The client is unknown, or its secret wrong."""

    code = "invalid_client"
    public_message = (
        "The provider does not accept the client ID or its secret. "
        "Check both on the provider's page and enter them again."
    )


class IdTokenError(OAuthError):
    """The ID token fails a check (OpenID Connect Core section 3.1.3.7).

    Attributes (in ``fields``):
        check: Which one: ``missing``, ``format``, ``signature``, ``alg``, ``kid``, ``iss``,
            ``aud``, ``azp``, ``exp``, ``iat``, ``nbf``, ``nonce``, ``at_hash``, ``sub``,
            ``auth_time``.
    """

    code = "id_token_invalid"
    public_message = (
        "The provider's proof of who signed in is not valid (check: {check}), so nothing was "
        "kept. Try again; if it stays, tell the provider."
    )

    def __init__(self, check: str, detail: str = "") -> None:
        super().__init__(detail or check, check=check)


class UnknownKeyError(IdTokenError):
    """No known key made the signature: fetch the keys once more, they may have changed."""


class ClockSkewError(IdTokenError):
    """The ID token is from the future or already over: one of the two clocks is off."""

    code = "clock_skew"
    public_message = (
        "By this computer's clock the provider's proof of who signed in is not valid now "
        "(check: {check}). Check the date and time here, then sign in again."
    )


class UserinfoError(OAuthError):
    """The account's details did not come, or can't be read; ``reason`` says why."""

    code = "userinfo_failed"
    public_message = "The provider did not say who signed in: {reason}. Try again later."

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason, reason=reason, status=status)


class SubjectMismatchError(UserinfoError):
    """Userinfo speaks of somebody else (OpenID Connect Core section 5.3.2)."""

    code = "subject_mismatch"
    public_message = (
        "The provider's two answers speak of different accounts, so nothing was kept. "
        "Sign in again; if it stays, tell the provider."
    )

    def __init__(self) -> None:
        super().__init__("the subjects differ")


class RevocationError(OAuthError):
    """The provider did not confirm that the token is gone (RFC 7009 section 2.2.1)."""

    code = "revocation_failed"
    public_message = (
        "The provider did not confirm it ({said}). Try again later, "
        "or remove Coatcheck on the provider's own page."
    )

    def __init__(self, error: str, description: str = "", *, status: int) -> None:
        error, description = clean_text(error, limit=64), clean_text(description)
        said = _said(error, description)
        super().__init__(error, error=error, description=description, said=said, status=status)


class IntrospectionError(OAuthError):
    """The provider did not say what it knows of the token (RFC 7662 section 2.3)."""

    code = "introspection_failed"
    public_message = "The provider did not say whether this is still good: {reason}."

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason, reason=reason, status=status)


class RegistrationError(OAuthError):
    """Registering at the provider failed (RFC 7591 section 3.2.2).

    Attributes (in ``fields``):
        reason: Why, in the provider's words where it has some.
        error: Its code, such as ``invalid_redirect_uri``.
    """

    code = "registration_failed"
    public_message = "The provider did not register Coatcheck: {reason}. Enter a client ID instead."

    def __init__(self, reason: str, *, status: int | None = None, error: str | None = None) -> None:
        super().__init__(reason, reason=reason, status=status, error=error)


def _said(error: str, description: str) -> str:
    """Return the provider's code and its words, which many leave out, for a sentence of ours."""
    words = description.strip().rstrip(".")
    return f"{error}: {words}" if words else error

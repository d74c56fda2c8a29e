"""What can go wrong in a service, in words for the person."""

from __future__ import annotations

from desktop_app.errors import AppError


class ProviderUnreachableError(AppError):
    """No answer from the provider: no network, refused, timed out, a bad certificate, a 5xx.

    Attributes:
        retry_after: Seconds that the provider asks to be left alone; None if it doesn't say.
        untouched: True if the request certainly had no effect: it never left, or was turned away.
    """

    code = "provider_unreachable"
    public_message = "{host} can't be reached: {reason}. Check the network and try again."

    def __init__(
        self,
        reason: str,
        *,
        host: str = "The provider",
        retry_after: float | None = None,
        untouched: bool = False,
        **fields: object,
    ) -> None:
        super().__init__(f"{host}: {reason}", reason=reason, host=host, **fields)
        self.retry_after = retry_after
        self.untouched = untouched


class RenewalUnansweredError(ProviderUnreachableError):
    """The answer to the last renewal got lost, so the next one waits for a good moment."""

    public_message = (
        "The answer to the last renewal got lost. The access is used to its end, then renewing is "
        "tried again. To try now, choose Renew now on the account's page."
    )


class ResponseTooLargeError(AppError):
    """An answer longer than the request allows."""

    code = "response_too_large"
    public_message = "The provider sent far more than it should. Try again, or tell its operator."


class PortInUseError(AppError):
    """The fixed loopback port that the provider needs is taken."""

    code = "port_in_use"
    public_message = (
        "This provider sends you back to port {port}, and another program is using it. "
        "Close that program, or finish the other sign-in, and start again."
    )


class ClientIdNeededError(AppError):
    """The provider's entry has no client ID yet."""

    code = "client_id_needed"
    public_message = (
        "{provider} needs a client ID before you can sign in. Open it under Connect and enter it."
    )


class NeedsSignInError(AppError):
    """The provider has ended the grant, or it can't be renewed."""

    code = "needs_sign_in"
    public_message = "This account needs a new sign-in. Open it in Coatcheck and sign in again."


class AmbiguousProfileError(AppError):
    """A name fits several profiles; ``candidates`` lists them, nothing is picked by guess."""

    code = "ambiguous_profile"
    public_message = "“{name}” fits several accounts: {choices}. Name one of them by its id."


class NotSupportedError(AppError):
    """The provider offers no such thing."""

    code = "not_supported"
    public_message = "This provider does not offer that: {what}."


class SignInOverError(AppError):
    """An answer for a sign-in that no longer waits for one."""

    code = "sign_in_over"
    public_message = "This sign-in is already over. Start it again if you still need it."


class PictureError(AppError):
    """A profile picture that can't be used; never more than a log line."""

    code = "picture_unusable"
    public_message = "The picture of this account can't be used: {reason}."

"""The root of every error that may be shown to a person or a program.

An error has a stable ``code`` and a ``public_message`` that is safe to show and says
what to do next. The message is a gettext msgid and may hold ``{names}`` that are filled
from the error's ``fields``. Only ``web/errors.py`` knows HTTP statuses.
"""

from __future__ import annotations


class Reason(str):
    """Why something is so: in English as it is, and still known by its parts for translating.

    A reason with a place in it must not be an f-string: no catalog would find that.

    Attributes:
        msgid: The sentence with its ``{places}``.
        fields: What fills them; text among them is translated too.
    """

    __slots__ = ("fields", "msgid")

    def __new__(cls, msgid: str, **fields: object) -> Reason:
        """Fill the places of *msgid* with *fields*."""
        made = super().__new__(cls, msgid.format(**fields))
        made.msgid = msgid
        made.fields = fields
        return made

    msgid: str
    fields: dict[str, object]


class AppError(Exception):
    """Something that a person or a program can be told about.

    Attributes:
        code: Stable identifier, part of the API.
        public_message: Safe text, a gettext msgid, may hold ``{field}`` places.
        fields: Values for those places; the API adds them to the error body.
        detail: For the log alone; never a token, code, state or passphrase.
    """

    code = "internal_error"
    public_message = "Something went wrong inside Coatcheck. Try again; if it stays, restart it."

    def __init__(self, detail: str = "", **fields: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.fields = fields

    @property
    def message(self) -> str:
        """The public message in English with its places filled."""
        return self.public_message.format(**self.fields)


class InvalidRequestError(AppError):
    """A request that is not understood; ``reason`` says which part and why."""

    code = "invalid_request"
    public_message = "That request can't be used: {reason}"

    def __init__(self, reason: str, **fields: object) -> None:
        super().__init__(reason, reason=reason, **fields)


class NotFoundError(AppError):
    """Nothing has this address, or no longer."""

    code = "not_found"
    public_message = "There is nothing here, or not any more. Go back and look at the list."


class UnauthenticatedError(AppError):
    """A caller without any credential."""

    code = "unauthenticated"
    public_message = "Open Coatcheck's own window, or send the key from runtime.json."


class ForbiddenError(AppError):
    """A caller that is known, or an origin, that may not do this."""

    code = "forbidden"
    public_message = "This is not allowed from here. Use Coatcheck's own window."


class PersonRequiredError(AppError):
    """A program asked for what only the person may do."""

    code = "person_required"
    public_message = "Only you can do this, in Coatcheck's own window."


class ApprovalRequiredError(AppError):
    """A program asked for a token that nobody has approved."""

    code = "approval_required"
    public_message = "The person has not allowed this program to use this account."


class LockedError(AppError):
    """The vault is locked: nothing in it can be read."""

    code = "locked"
    public_message = "Coatcheck is locked. Unlock it in its window or with 'coatcheck unlock'."

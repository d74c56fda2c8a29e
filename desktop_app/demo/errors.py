"""What can go wrong in the demonstration, in words for a person."""

from __future__ import annotations

from desktop_app.errors import AppError


class DemoError(AppError):
    """The root of the demonstration's errors."""

    code = "demo_failed"
    public_message = "The demonstration could not go on. Try it again."


class PhotoPortError(DemoError):
    """The photo service's port, which its grants are bound to, is taken."""

    code = "port_in_use"
    public_message = (
        "The built-in photo service needs port {port}, but another program uses it. "
        "Close that program, then try again."
    )


class PrintingError(DemoError):
    """The printing service ended without a contact sheet; ``reason`` is its own sentence."""

    code = "printing_failed"
    public_message = "The printing service could not print: {reason}"


class PrintingNotAllowedError(DemoError):
    """The person did not let the printing service have the photos."""

    code = "denied"
    public_message = "You did not allow it, so nothing was printed."


class PrintingUnansweredError(DemoError):
    """Nobody answered the printing service's question."""

    code = "approval_timeout"
    public_message = "Nobody answered, so nothing was printed. Try it again."


class StoryError(DemoError):
    """A step of ``coatcheck demo`` did not come out as it must."""

    code = "demo_step_failed"
    public_message = "The demonstration stopped: {reason}"

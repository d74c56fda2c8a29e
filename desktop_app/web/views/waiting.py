"""The waiting page: how far a sign-in is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.services.accounts import SignIn
from desktop_app.web.views.pictures import translated_name
from desktop_app.web.views.qr_code import QrCodeView, qr_code_view
from desktop_app.web.views.speech import Speech

_ORDER = ("browser", "waiting", "checking")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step: ``done``, ``current`` or "" (still to come)."""

    number: int
    title: str
    text: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """The code to type on another device.

    Attributes:
        where: The address as a person types it, without https://.
        left: Minutes and seconds until ``ends_at``, seconds since the epoch; it counts down.
        until: Safe HTML: until when the code is good.
    """

    code: str
    where: str
    qr: QrCodeView | None
    ends_at: int
    left: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """A sign-in as the page shows it.

    Attributes:
        ended: Why it is over, as a heading; "" while pending.
        said_no: The person did not allow it there.
        address: What the browser opens, for copying.
        types_code: The provider shows a code at the end, and the person brings that.
    """

    id: str
    provider: str
    provider_name: str
    pending: bool
    ended: str
    said_no: bool
    message: str
    address: str
    browser_opened: bool
    pastes: bool
    types_code: bool
    until: str
    steps: Sequence[StepView]
    device: DeviceView | None


def waiting_view(sign_in: SignIn, failure: str, speech: Speech) -> WaitingView:
    """Return the page of *sign_in*; *failure* is why it failed, in the person's language."""
    name = translated_name(sign_in.provider_name, sign_in.provider_origin, speech.translate)
    sign_in = replace(sign_in, provider_name=name)
    return WaitingView(
        id=sign_in.id,
        provider=sign_in.provider,
        provider_name=sign_in.provider_name,
        pending=sign_in.status == "pending",
        ended=_ended(sign_in, speech),
        said_no=sign_in.error == "access_denied",
        message=_message(sign_in, failure, speech),
        address=_address(sign_in),
        browser_opened=sign_in.browser_opened,
        pastes=sign_in.flow == "paste",
        types_code=sign_in.flow == "paste" and sign_in.redirect_uri is None,
        until=speech.timed("This page waits until {time}.", sign_in.expires_at),
        steps=_steps(sign_in, speech),
        device=_device(sign_in, speech),
    )


def _address(sign_in: SignIn) -> str:
    complete = sign_in.verification_uri_complete or sign_in.verification_uri
    return sign_in.authorization_url or complete or ""


def _device(sign_in: SignIn, speech: Speech) -> DeviceView | None:
    if not (sign_in.user_code and sign_in.verification_uri):
        return None
    left = max(0, int(sign_in.expires_at - speech.now))
    return DeviceView(
        code=sign_in.user_code,
        where=sign_in.verification_uri.removeprefix("https://").rstrip("/"),
        qr=qr_code_view(_address(sign_in)),
        ends_at=int(sign_in.expires_at),
        left=f"{left // 60}:{left % 60:02}",
        until=speech.timed("Good until {time}", sign_in.expires_at),
    )


def _ended(sign_in: SignIn, speech: Speech) -> str:
    if sign_in.error == "access_denied":
        return speech.say("You said no")
    words = {
        "failed": speech.say("The sign-in did not work"),
        "cancelled": speech.say("The sign-in was cancelled"),
        "expired": speech.say("The sign-in took too long"),
    }
    return words.get(sign_in.status, "")


def _message(sign_in: SignIn, failure: str, speech: Speech) -> str:
    if sign_in.error == "access_denied":
        return speech.say(
            "{provider} gave nothing, and nothing was kept.", provider=sign_in.provider_name
        )
    if failure:
        return failure
    if sign_in.status == "pending":
        return ""
    return speech.say("Nothing was kept. You can start again whenever you like.")


def _steps(sign_in: SignIn, speech: Speech) -> list[StepView]:
    titles = {
        "browser": _browser_title(sign_in, speech),
        "waiting": speech.say("Waiting for {provider}", provider=sign_in.provider_name),
        "checking": speech.say("Checking the answer"),
    }
    yes = speech.say("Say yes there, then come back.")
    further = {
        "device": speech.say("Enter the code there and say yes."),
        "paste": speech.say("Say yes there, then bring back what it shows."),
    }
    texts = {"waiting": further.get(sign_in.flow, yes)}
    current = _current(sign_in)
    return [
        StepView(
            number=place + 1,
            title=titles[name],
            text=texts.get(name, "") if place == current else "",
            state="done" if place < current else "current" if place == current else "",
        )
        for place, name in enumerate(_ORDER)
    ]


def _current(sign_in: SignIn) -> int:
    return _ORDER.index(sign_in.step)


def _browser_title(sign_in: SignIn, speech: Speech) -> str:
    if sign_in.flow == "device":
        return speech.say("Your code is here")
    if sign_in.browser_opened:
        return speech.say("Your browser is open")
    if sign_in.step == "browser" and sign_in.authorization_url is None:
        return speech.say("Opening your browser")
    return speech.say("Open the address in your browser")

"""How long an account's access and permission last, as bars."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.services.accounts import Grant, Profile
from desktop_app.web.views.speech import Speech

_OPEN_END = 62.0
_LABEL_EDGE = 14.0
_RENEWAL_ROOM = 58.0
_RENEWAL_LEAD = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """One bar. Places are percentages of its width.

    Attributes:
        now: Where the present is, 0 to 100.
        anchor: ``start``, ``middle`` or ``end``, so that the label stays inside.
        open: True if there is no end; the rest of the bar is dotted.
        renewal: Where it may renew itself, or None.
        spoken: The whole bar as a sentence.
    """

    title: str
    text: str
    now: float
    anchor: str
    open: bool
    over: bool
    renewal: float | None
    renewal_label: str
    now_label: str
    start_label: str
    end_label: str
    spoken: str

    @property
    def now_x(self) -> str:
        """Where the label of the present is written."""
        return {"start": "0", "middle": f"{self.now}%", "end": "100%"}[self.anchor]


def timelines(profile: Profile, speech: Speech) -> list[TimelineView]:
    """Return the bars for *profile*: access at the moment, then the permission."""
    grant = profile.grant
    if grant is None or profile.status != "active":
        return []
    bars = [_permission(profile, grant, speech)]
    if grant.access_token_expires_at is not None:
        bars.insert(0, _access(grant, grant.access_token_expires_at, speech))
    return bars


def _place(start: float, end: float, now: float) -> float:
    if end <= start:
        return 100.0
    return round(min(max((now - start) / (end - start), 0.0), 1.0) * 100, 1)


def _anchor(place: float) -> str:
    if place < _LABEL_EDGE:
        return "start"
    return "end" if place > 100 - _LABEL_EDGE else "middle"


def _access(grant: Grant, end: float, speech: Speech) -> TimelineView:
    start, over = grant.access_token_issued_at, end <= speech.now
    place = _place(start, end, speech.now)
    return TimelineView(
        title=speech.say("Access at the moment"),
        text=_access_text(grant, end - start, over=over, speech=speech),
        now=place,
        anchor=_anchor(place),
        open=False,
        over=over,
        renewal=_renewal(grant, start, end, place),
        renewal_label=speech.say("Renews when needed") if place < _RENEWAL_ROOM else "",
        now_label="" if over else speech.say("Now, {time}", time=speech.clock(speech.now)),
        start_label=speech.say("Given {time}", time=speech.until(start)),
        end_label=_end_label(end, over=over, speech=speech),
        spoken=_access_spoken(start, end, speech),
    )


def _renewal(grant: Grant, start: float, end: float, place: float) -> float | None:
    renewal = _place(start, end, end - _RENEWAL_LEAD)
    return renewal if grant.refresh_token and place < renewal else None


def _access_text(grant: Grant, length: float, *, over: bool, speech: Speech) -> str:
    if not grant.refresh_token:
        return speech.say("It can't be renewed: when it ends, sign in again.")
    if over:
        return speech.say("It has ended. The next one comes by itself when it is needed.")
    return speech.say("Renewed without you, for {length} each time.", length=speech.length(length))


def _end_label(end: float, *, over: bool, speech: Speech) -> str:
    time = speech.until(end)
    return speech.say("Ended {time}", time=time) if over else speech.say("Ends {time}", time=time)


def _access_spoken(start: float, end: float, speech: Speech) -> str:
    return speech.say(
        "Given {start}. Now it is {now}. End: {end}.",
        start=speech.on(start),
        now=speech.clock(speech.now),
        end=speech.on(end),
    )


def _permission(profile: Profile, grant: Grant, speech: Speech) -> TimelineView:
    end = _permission_end(grant)
    place = _OPEN_END if end is None else _place(profile.created_at, end, speech.now)
    return TimelineView(
        title=speech.say("Your permission"),
        text=_permission_text(end, speech),
        now=place,
        anchor=_anchor(place),
        open=end is None,
        over=end is not None and end <= speech.now,
        renewal=None,
        renewal_label="",
        now_label=speech.say("Today, {day}", day=speech.day(speech.now)),
        start_label=speech.say("Signed in {time}", time=speech.until(profile.created_at)),
        end_label=speech.say("No end set") if end is None else _permission_label(end, speech),
        spoken=_permission_spoken(profile, end, speech),
    )


def _permission_end(grant: Grant) -> float | None:
    return grant.refresh_token_expires_at if grant.refresh_token else grant.access_token_expires_at


def _permission_label(end: float, speech: Speech) -> str:
    return _end_label(end, over=end <= speech.now, speech=speech)


def _permission_text(end: float | None, speech: Speech) -> str:
    if end is None:
        return speech.say("Stays until you take it back, or the provider ends it.")
    return speech.say("Stays until {time}; then sign in again.", time=speech.until(end))


def _permission_spoken(profile: Profile, end: float | None, speech: Speech) -> str:
    start = speech.on(profile.created_at)
    if end is None:
        return speech.say("Signed in {start}. No end is set.", start=start)
    return speech.say("Signed in {start}. End: {end}.", start=start, end=speech.on(end))

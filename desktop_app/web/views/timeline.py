"""How long an account's access and permission last, as bars."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.services.accounts import Grant, Profile
from desktop_app.services.upkeep.endings import DAY, Ending, ending_of
from desktop_app.web.views.speech import Speech

_OPEN_END = 62.0
_LABEL_EDGE = 14.0
_RENEWAL_ROOM = 34.0
_RENEWAL_LEAD = 60.0
_A_MOMENT = 60.0


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
        return _label_x(self.now)

    @property
    def renewal_anchor(self) -> str:
        """The same as ``anchor`` for the renewal's label."""
        return _anchor(self.renewal or 0.0)

    @property
    def renewal_x(self) -> str:
        """Where the renewal's label is written."""
        return _label_x(self.renewal or 0.0)


def timelines(profile: Profile, speech: Speech) -> list[TimelineView]:
    """Return the bars for *profile*: access at the moment, then the permission.

    Without a refresh token the two are one.
    """
    grant = profile.grant
    if grant is None or profile.status != "active":
        return []
    bars = [_permission(profile, grant, speech)]
    if grant.refresh_token and grant.access_token_expires_at is not None:
        bars.insert(0, _access(grant, grant.access_token_expires_at, speech))
    return bars


def _place(start: float, end: float, now: float) -> float:
    if end <= start:
        return 100.0
    return round(min(max((now - start) / (end - start), 0.0), 1.0) * 100, 1)


def _label_x(place: float) -> str:
    return {"start": "0", "middle": f"{place}%", "end": "100%"}[_anchor(place)]


def _anchor(place: float) -> str:
    if place < _LABEL_EDGE:
        return "start"
    return "end" if place > 100 - _LABEL_EDGE else "middle"


def _access(grant: Grant, end: float, speech: Speech) -> TimelineView:
    start, over = grant.access_token_issued_at, end <= speech.now
    place = _place(start, end, speech.now)
    renewal = _renewal(start, end, place)
    return TimelineView(
        title=speech.say("Access at the moment"),
        text=_access_text(end - start, over=over, speech=speech),
        now=place,
        anchor=_anchor(place),
        open=False,
        over=over,
        renewal=renewal,
        renewal_label=_renewal_label(speech.say("Renews when needed"), renewal, place),
        now_label="" if over else speech.say("Now, {time}", time=speech.clock(speech.now)),
        start_label=speech.say("Given {time}", time=speech.until(start)),
        end_label=_end_label(end, over=over, speech=speech),
        spoken=_access_spoken(start, end, speech),
    )


def _renewal(start: float, end: float, place: float) -> float | None:
    renewal = _place(start, end, end - _RENEWAL_LEAD)
    return renewal if place < renewal else None


def _renewal_label(label: str, renewal: float | None, place: float) -> str:
    """Return *label* if it has room beside the present's."""
    return label if renewal is not None and renewal - place >= _RENEWAL_ROOM else ""


def _access_text(length: float, *, over: bool, speech: Speech) -> str:
    if over:
        return speech.say("It has ended. The next one comes by itself when it is needed.")
    return speech.say("Renewed without you, for {length} each time.", length=speech.length(length))


def _last_label(ending: Ending, *, over: bool, speech: Speech) -> str:
    if ending.at is None:
        return speech.say("No end set")
    if ending.renews and not over:
        return speech.say("Would end {time}", time=speech.until(ending.at))
    return _end_label(ending.at, over=over, speech=speech)


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
    ending = ending_of(profile)
    start, end = _span(profile, grant, ending)
    place = _OPEN_END if end is None else _place(start, end, speech.now)
    renewal = _own_renewal(ending, end, place)
    over = end is not None and end <= speech.now
    return TimelineView(
        title=speech.say("Your permission"),
        text=_permission_text(grant, ending, speech),
        now=place,
        anchor=_anchor(place),
        open=end is None,
        over=over,
        renewal=renewal,
        renewal_label=_renewal_label(speech.say("Renews by itself"), renewal, place),
        now_label=_now_label(ending, end, over=over, speech=speech),
        start_label=_start_label(profile, grant, start, speech),
        end_label=_last_label(ending, over=over, speech=speech),
        spoken=_permission_spoken(start, end, speech),
    )


def _span(profile: Profile, grant: Grant, ending: Ending) -> tuple[float, float | None]:
    """Return where the bar begins and ends: an end that moves is counted from the last renewal."""
    if ending.at is not None:
        return ending.start, ending.at
    return profile.created_at if grant.granted_at is None else grant.granted_at, None


def _own_renewal(ending: Ending, end: float | None, place: float) -> float | None:
    if not ending.renews or ending.renews_at is None or end is None:
        return None
    renewal = _place(ending.start, end, ending.renews_at)
    return renewal if place < renewal else None


def _now_label(ending: Ending, end: float | None, *, over: bool, speech: Speech) -> str:
    if over:
        return ""
    if end is not None and end - ending.start < DAY:
        return speech.say("Now, {time}", time=speech.clock(speech.now))
    return speech.say("Today, {day}", day=speech.day(speech.now))


def _start_label(profile: Profile, grant: Grant, start: float, speech: Speech) -> str:
    signed_in = profile.created_at if grant.granted_at is None else grant.granted_at
    time = speech.until(start)
    if start - signed_in > _A_MOMENT:
        return speech.say("Renewed {time}", time=time)
    return speech.say("Signed in {time}", time=time)


def _permission_text(grant: Grant, ending: Ending, speech: Speech) -> str:
    if ending.at is None:
        return speech.say("Stays until you take it back, or the provider ends it.")
    if not grant.refresh_token:
        return speech.say("It can't be renewed: when it ends, sign in again.")
    if ending.renews:
        return speech.say("Coatcheck renews it in time, so it stays although you don't use it.")
    return speech.say(
        "Renewing doesn't move its end: sign in again by {time}.", time=speech.by(ending.at)
    )


def _permission_spoken(start: float, end: float | None, speech: Speech) -> str:
    if end is None:
        return speech.say("Signed in {start}. No end is set.", start=speech.on(start))
    return speech.say("From {start}. End: {end}.", start=speech.on(start), end=speech.on(end))

"""The event bus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from desktop_app.services.events import EventBus


def test_every_subscriber_hears_every_event_in_order() -> None:
    bus, heard = EventBus(), []
    bus.subscribe(lambda event, data: heard.append(("one", event, data["id"])))
    bus.subscribe(lambda event, data: heard.append(("two", event, data["id"])))
    bus.publish("profile_added", {"id": "a"})
    bus.publish("profile_removed", {"id": "a"})
    assert heard == [
        ("one", "profile_added", "a"),
        ("two", "profile_added", "a"),
        ("one", "profile_removed", "a"),
        ("two", "profile_removed", "a"),
    ]


def test_who_unsubscribes_hears_nothing_more_even_twice() -> None:
    bus, heard = EventBus(), []
    stop = bus.subscribe(lambda event, _: heard.append(event))
    same = bus.subscribe(lambda event, _: heard.append(event))
    stop()
    stop()
    bus.publish("locked", {})
    same()
    bus.publish("unlocked", {})
    assert heard == ["locked"]


def test_a_subscriber_that_fails_keeps_it_from_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = EventBus(), []

    def fail(_: str, __: Mapping[str, Any]) -> None:
        raise RuntimeError("the window went away")

    bus.subscribe(fail)
    bus.subscribe(lambda event, _: heard.append(event))
    bus.publish("locked", {})
    assert heard == ["locked"]
    assert "the window went away" in caplog.text


def test_a_subscriber_may_leave_while_it_is_told() -> None:
    bus, heard = EventBus(), []

    def once(event: str, _: Mapping[str, Any]) -> None:
        heard.append(event)
        stop()

    stop = bus.subscribe(once)
    bus.publish("locked", {})
    bus.publish("locked", {})
    assert heard == ["locked"]

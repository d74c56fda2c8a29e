"""Tells every listener what changed, so that nothing has to poll."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

_log = logging.getLogger(__name__)

SIGN_IN: Final = "sign_in"
PROFILE_ADDED: Final = "profile_added"
PROFILE_CHANGED: Final = "profile_changed"
PROFILE_REMOVED: Final = "profile_removed"
PROVIDER_CHANGED: Final = "provider_changed"
APPROVAL_ASKED: Final = "approval_asked"
APPROVAL_DECIDED: Final = "approval_decided"
PROGRAMS_CHANGED: Final = "programs_changed"
ACTIVITY_ADDED: Final = "activity_added"
REVOCATION: Final = "revocation"
REVOCATIONS_OVER: Final = "revocations_over"
MISSED: Final = "missed"
SETTINGS_CHANGED: Final = "settings_changed"
LOCKED: Final = "locked"
UNLOCKED: Final = "unlocked"

Subscriber = Callable[[str, Mapping[str, Any]], None]
"""Called with the event's name and its JSON data; must not block."""

Unsubscribe = Callable[[], None]
"""Ends a subscription; a second call does nothing."""


class EventBus:
    """Hands each event to every subscriber, in the order of their subscriptions.

    An event never holds a token: it goes to every open window.

    Attributes:
        count: How many events there have been.
    """

    def __init__(self) -> None:
        self._subscribers: dict[object, Subscriber] = {}
        self._persons: set[object] = set()
        self.count = 0

    @property
    def is_watched(self) -> bool:
        """Whether a page of the person's is open somewhere."""
        return bool(self._persons)

    def publish(self, event: str, data: Mapping[str, Any]) -> None:
        """Tell every subscriber; one that fails does not keep it from the others."""
        self.count += 1
        for subscriber in tuple(self._subscribers.values()):
            self._tell(subscriber, event, data)

    def subscribe(self, subscriber: Subscriber, *, by_person: bool = False) -> Unsubscribe:
        """Call *subscriber* for every event from now on, until the returned function is called.

        Args:
            subscriber: Is told.
            by_person: It shows the events to the person.
        """
        key = object()
        self._subscribers[key] = subscriber
        if by_person:
            self._persons.add(key)
        return lambda: self._forget(key)

    def _forget(self, key: object) -> None:
        self._subscribers.pop(key, None)
        self._persons.discard(key)

    @staticmethod
    def _tell(subscriber: Subscriber, event: str, data: Mapping[str, Any]) -> None:
        try:
            subscriber(event, data)
        except Exception:  # noqa: BLE001
            # A window that went away in the middle must not fail the sign-in that is told about.
            _log.exception("A subscriber failed on the event %s", event)

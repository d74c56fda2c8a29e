"""What the person has chosen: language, theme, auto-lock, start at login, lending, proxy.

Language, theme and auto-lock are needed before unlocking and are no secrets: they are
preferences. The others, a proxy's password among them, are sealed with everything else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

from desktop_app.errors import AppError, InvalidRequestError, LockedError, Reason
from desktop_app.services import events
from desktop_app.services.ports import DocumentStore, PreferenceStore, Publish

_DOCUMENT: Final = "settings"
_PREFERENCES: Final = frozenset({"language", "theme", "auto_lock_minutes"})
_MAX_AUTO_LOCK_MINUTES: Final = 24 * 60
_MAX_PROXY_LENGTH: Final = 2048
_WRONG_FIELD = re.compile(r"at `\$\.(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The person's choices.

    Attributes:
        auto_lock_minutes: Idle minutes before locking; 0 means never.
        default_lending: What the approval dialog offers first.
        proxy: Address of an HTTP proxy, "" for the environment's own, ``none`` for none. May
            hold a password.
    """

    language: Literal["system", "en", "ru"] = "system"
    theme: Literal["system", "light", "dark"] = "system"
    auto_lock_minutes: int = 0
    start_at_login: bool = False
    default_lending: Literal["ask", "once", "hour"] = "ask"
    proxy: str = field(default="", repr=False)


class StartAtLoginError(AppError):
    """The system's list of what starts at login can't be changed."""

    code = "start_at_login"
    public_message = "Your system did not take the change to what starts at login: {reason}."


class SettingsService:
    """Reads and changes the settings; while locked the sealed ones have their defaults.

    Args:
        start_at_login: Tells the system whether to start the program; raises OSError.
    """

    def __init__(
        self,
        *,
        documents: DocumentStore,
        preferences: PreferenceStore,
        publish: Publish,
        start_at_login: Callable[[bool], None] = lambda _wanted: None,
    ) -> None:
        self._documents = documents
        self._start_at_login = start_at_login
        self._preferences = preferences
        self._publish = publish

    def get(self) -> Settings:
        """Return the settings as far as they can be read now; what is damaged has its default."""
        return _tolerant({**self._sealed(), **_only_preferences(self._preferences.get())})

    async def change(self, patch: Mapping[str, Any]) -> Settings:
        """Change the settings named in *patch* and return all of them.

        Raises:
            InvalidRequestError: If a name is unknown or a value can't be used; nothing is changed.
            LockedError: If a sealed setting is changed while the vault is locked.
            StartAtLoginError: If the system does not let itself be told; nothing is changed.
        """
        settings = _checked({**msgspec.to_builtins(self.get()), **_known(patch)})
        values = msgspec.to_builtins(settings)
        sealed = {name: values[name] for name in values if name not in _PREFERENCES}
        if "start_at_login" in patch:
            await self._tell_system(settings.start_at_login)
        # The sealed part first: it is the one that can be refused.
        if patch.keys() & sealed.keys():
            await self._documents.save(_DOCUMENT, sealed)
        if patch.keys() & _PREFERENCES:
            changed = _only_preferences(values)
            await self._preferences.save({**self._preferences.get(), **changed})
        self._publish(events.SETTINGS_CHANGED, {"changed": sorted(patch)})
        return settings

    async def _tell_system(self, wanted: bool) -> None:
        try:
            await asyncio.to_thread(self._start_at_login, wanted)
        except OSError as error:
            raise StartAtLoginError(reason=error.strerror or "it refused") from error

    def _sealed(self) -> Mapping[str, Any]:
        try:
            return self._documents.get(_DOCUMENT) or {}
        except LockedError:
            return {}


def _only_preferences(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in values if name in _PREFERENCES}


def _known(patch: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in patch:
        if name not in Settings.__dataclass_fields__:
            raise InvalidRequestError(Reason("there is no setting “{name}”", name=name), field=name)
    return patch


def _tolerant(values: Mapping[str, Any]) -> Settings:
    """Return settings from a kept document; each value that can't be used is left out."""
    good: dict[str, Any] = {}
    for name, value in values.items():
        try:
            _checked({name: value})
        except InvalidRequestError:
            continue
        good[name] = value
    return _checked(good)


def _checked(values: Mapping[str, Any]) -> Settings:
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        wrong = _WRONG_FIELD.search(str(error))
        name = wrong[1] if wrong else "settings"
        raise InvalidRequestError(
            Reason("“{name}” can't have that value", name=name), field=name
        ) from error
    if not 0 <= settings.auto_lock_minutes <= _MAX_AUTO_LOCK_MINUTES:
        raise InvalidRequestError(
            Reason("“auto_lock_minutes” is between 0 and {most}", most=_MAX_AUTO_LOCK_MINUTES),
            field="auto_lock_minutes",
        )
    _check_proxy(settings.proxy)
    return settings


def _check_proxy(proxy: str) -> None:
    if proxy in {"", "none"}:
        return
    if len(proxy) > _MAX_PROXY_LENGTH or not _is_proxy_address(proxy):
        raise InvalidRequestError(
            "“proxy” is an address such as http://proxy.example:3128", field="proxy"
        )


def _is_proxy_address(proxy: str) -> bool:
    if not proxy.isprintable() or " " in proxy or "\\" in proxy:
        return False
    try:
        parts = urlsplit(proxy)
        port_is_fine = parts.port != 0
    except ValueError:
        return False
    rest = parts.path.strip("/") + parts.query + parts.fragment
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port_is_fine and not rest

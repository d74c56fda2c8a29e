"""The settings: checked, kept in the right place, tolerant of damage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import InvalidRequestError, LockedError
from desktop_app.services.settings import Settings, SettingsService, StartAtLoginError
from tests.support.account_stores import Disk, Documents, FullError, PreferenceValues


class Desk:
    def __init__(
        self,
        preferences: Mapping[str, Any] | None = None,
        start_at_login: Callable[[bool], None] = lambda _wanted: None,
    ) -> None:
        self.disk = Disk()
        self.documents = Documents(self.disk)
        self.preferences = PreferenceValues(**(preferences or {}))
        self.events: list[tuple[str, Mapping[str, Any]]] = []
        self.settings = SettingsService(
            documents=self.documents,
            preferences=self.preferences,
            publish=lambda event, data: self.events.append((event, data)),
            start_at_login=start_at_login,
        )

    def change(self, **patch: Any) -> Settings:
        return asyncio.run(self.settings.change(patch))


def test_a_new_data_folder_has_the_defaults() -> None:
    assert Desk().settings.get() == Settings()


def test_each_setting_is_kept_where_it_belongs() -> None:
    desk = Desk()
    desk.change(language="ru", theme="dark", auto_lock_minutes=15)
    assert desk.documents.kept == {}
    desk.change(start_at_login=True, default_lending="hour", proxy="http://u:p@proxy.example:3128")
    assert set(desk.preferences.kept) == {"language", "theme", "auto_lock_minutes"}
    assert desk.documents.kept["settings"]["proxy"].endswith(":3128")
    assert desk.settings.get() == Settings(
        language="ru",
        theme="dark",
        auto_lock_minutes=15,
        start_at_login=True,
        default_lending="hour",
        proxy="http://u:p@proxy.example:3128",
    )
    assert "u:p" not in repr(desk.settings.get())


def test_a_change_is_told_by_name_and_not_by_value() -> None:
    desk = Desk()
    desk.change(proxy="http://u:secret@proxy.example", theme="dark")
    assert desk.events == [("settings_changed", {"changed": ["proxy", "theme"]})]


def test_what_other_parts_keep_among_the_preferences_stays() -> None:
    desk = Desk({"window": [1, 2, 3, 4]})
    desk.change(theme="dark")
    assert desk.preferences.kept["window"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "patch",
    [
        {"language": "de"},
        {"theme": 3},
        {"auto_lock_minutes": -1},
        {"auto_lock_minutes": 100_000},
        {"auto_lock_minutes": True},
        {"auto_lock_minutes": 1.5},
        {"start_at_login": "yes"},
        {"default_lending": "always"},
        {"proxy": None},
        {"proxy": "proxy.example:3128"},
        {"proxy": "ftp://proxy.example"},
        {"proxy": "http://proxy.example/path"},
        {"proxy": "http://proxy.example:99999"},
        {"proxy": "http://a b"},
        {"proxy": "http://"},
        {"proxy": "http://x\r\ny"},
        {"unknown": 1},
    ],
)
def test_a_value_that_can_t_be_used_names_its_field_and_changes_nothing(
    patch: dict[str, Any],
) -> None:
    desk = Desk()
    with pytest.raises(InvalidRequestError) as caught:
        desk.change(theme="dark", **patch) if "theme" not in patch else desk.change(**patch)
    assert caught.value.fields["field"] == next(iter(patch))
    assert desk.settings.get() == Settings()
    assert desk.events == []


def test_while_locked_the_preferences_are_there_and_the_sealed_ones_can_t_be_changed() -> None:
    desk = Desk()
    desk.change(theme="dark", start_at_login=True)
    desk.disk.locked = True
    assert desk.settings.get() == Settings(theme="dark")
    assert desk.change(language="ru").language == "ru"
    with pytest.raises(LockedError):
        desk.change(start_at_login=False, theme="light")
    assert desk.settings.get().theme == "dark"


def test_a_full_disk_changes_nothing() -> None:
    desk = Desk()
    desk.disk.full = True
    with pytest.raises(FullError):
        desk.change(proxy="none", theme="dark")
    assert desk.settings.get() == Settings()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_NAMES = st.sampled_from([*Settings.__dataclass_fields__, "window", "x"])


@given(values=st.dictionaries(_NAMES, _JSON))
def test_whatever_a_damaged_file_holds_there_are_settings(values: dict[str, Any]) -> None:
    desk = Desk(values)
    desk.documents.kept["settings"] = values
    assert isinstance(desk.settings.get(), Settings)


@given(patch=st.dictionaries(_NAMES, _JSON, min_size=1))
def test_any_patch_is_taken_or_refused_plainly(patch: dict[str, Any]) -> None:
    desk = Desk()
    try:
        asyncio.run(desk.settings.change(patch))
    except InvalidRequestError:
        assert desk.settings.get() == Settings()


def test_start_at_login_is_told_to_the_system_first() -> None:
    told: list[bool] = []
    desk = Desk(start_at_login=told.append)
    desk.change(start_at_login=True)
    desk.change(language="ru")
    assert told == [True]


def test_a_system_that_refuses_start_at_login_changes_nothing() -> None:
    def refuse(_wanted: bool) -> None:
        raise PermissionError(13, "Permission denied")

    desk = Desk(start_at_login=refuse)
    with pytest.raises(StartAtLoginError) as caught:
        desk.change(start_at_login=True)
    assert "Permission denied" in caught.value.message
    assert desk.settings.get() == Settings()

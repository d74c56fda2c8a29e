"""Notifications over a real message bus."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import TypeVar

import pytest

from desktop_app.window.notification import Notice, Notifications
from tests.support.notifier import Desktop, desktop_on, message_bus_in
from tests.support.waiting import PATIENCE

T = TypeVar("T")
NOTICE = Notice(title="Coatcheck", text="git would like to use an account.", button="Look")


@pytest.fixture
def bus() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, message_bus_in(Path(folder)) as address:
        yield address


@pytest.fixture
def desktop(bus: str) -> Iterator[Desktop]:
    with desktop_on(bus) as running:
        yield running


def notifications(address: str) -> Notifications:
    variables = {"DBUS_SESSION_BUS_ADDRESS": address}
    return Notifications(variables, platform="linux", patience=PATIENCE)


async def soon(queue: Queue[T]) -> T:
    return await asyncio.to_thread(queue.get, timeout=PATIENCE)


async def nothing() -> None:
    raise AssertionError("it was clicked")


def test_a_click_does_what_the_notification_is_for(bus: str, desktop: Desktop) -> None:
    async def scenario() -> None:
        clicked = asyncio.Event()

        async def on_click() -> None:
            clicked.set()

        shown = notifications(bus)
        assert await shown.show("q1", NOTICE, on_click)
        number, application, _, _, title, text, actions, hints, seconds = await soon(desktop.shown)
        assert (application, title, text) == ("Coatcheck", NOTICE.title, NOTICE.text)
        assert actions == ["default", "Look"]
        assert hints["urgency"][1] == 2
        assert seconds == 0
        desktop.click(number + 7)
        desktop.click(number)
        await asyncio.wait_for(clicked.wait(), PATIENCE)
        await shown.close()

    asyncio.run(scenario())


def test_a_question_that_has_gone_takes_its_notification_along(bus: str, desktop: Desktop) -> None:
    async def scenario() -> None:
        shown = notifications(bus)
        assert await shown.show("q1", NOTICE, nothing)
        number, *_ = await soon(desktop.shown)
        shown.withdraw("q1")
        shown.withdraw("another")
        assert await soon(desktop.closed) == number
        await shown.close()

    asyncio.run(scenario())


def test_one_that_is_closed_unread_does_nothing(bus: str, desktop: Desktop) -> None:
    async def scenario() -> None:
        shown = notifications(bus)
        assert await shown.show("q1", NOTICE, nothing)
        number, *_ = await soon(desktop.shown)
        desktop.dismiss(number)
        while shown._shown:
            await asyncio.sleep(0.01)
        await shown.close()

    asyncio.run(scenario())


def test_a_name_brings_no_markup_in(bus: str, desktop: Desktop) -> None:
    async def scenario() -> None:
        shown = notifications(bus)
        told = Notice(title="Coatcheck", text="<a href='x'>A&B</a>", button="Look")
        assert await shown.show("q1", told, nothing)
        text = (await soon(desktop.shown))[5]
        assert not {"<", ">", "&"} & set(text)
        await shown.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("address", ["", "disabled:", "unix:path=/nonexistent/bus", "tcp:host=a"])
def test_without_a_bus_there_is_no_notification(address: str) -> None:
    async def scenario() -> bool:
        return await notifications(address).show("q1", NOTICE, nothing)

    assert asyncio.run(scenario()) is False


def test_a_desktop_that_shows_none_is_noticed(bus: str) -> None:
    async def scenario() -> bool:
        return await notifications(bus).show("q1", NOTICE, nothing)

    assert asyncio.run(scenario()) is False


def test_other_systems_have_their_own_ways(bus: str) -> None:
    async def scenario() -> bool:
        shown = Notifications({"DBUS_SESSION_BUS_ADDRESS": bus}, platform="darwin")
        return await shown.show("q1", NOTICE, nothing)

    assert asyncio.run(scenario()) is False

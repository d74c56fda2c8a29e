"""Signals end what runs once, and undo what was begun."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from desktop_app.start.signals import Ending, signals_interrupt


def send(name: str) -> None:
    os.kill(os.getpid(), getattr(signal, name))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_is_the_wish_to_end(name: str) -> None:
    async def serve(ending: Ending) -> None:
        asyncio.get_running_loop().call_soon(send, name)
        await ending.wait()

    ending = Ending()
    with ending.on_signals():
        asyncio.run(serve(ending))


def test_a_signal_before_anybody_waits_is_not_lost() -> None:
    ending = Ending()
    with ending.on_signals():
        send("SIGTERM")
        asyncio.run(ending.wait())


def test_a_signal_after_the_end_is_no_error() -> None:
    ending = Ending()
    with ending.on_signals():
        send("SIGTERM")
        asyncio.run(ending.wait())
        send("SIGTERM")
        send("SIGINT")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_during_a_start_interrupts_it(name: str) -> None:
    with pytest.raises(KeyboardInterrupt), signals_interrupt():
        send(name)


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with signals_interrupt(), Ending().on_signals():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before

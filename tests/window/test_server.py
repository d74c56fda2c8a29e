from __future__ import annotations

import asyncio
import threading

import pytest

from desktop_app.window.server import ServerThread


class Served:
    """Something that runs, and knows whether it was stopped, and where."""

    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self.stopped = False

    async def stop(self) -> None:
        self.stopped = True

    async def answer(self) -> int:
        await asyncio.sleep(0)
        return 42


async def serve() -> Served:
    return Served()


def test_server_runs_in_a_thread_of_its_own_until_it_is_stopped() -> None:
    thread = ServerThread(serve)
    served = thread.start()
    assert served.thread is not threading.current_thread()
    assert thread.call(served.answer()) == 42
    thread.stop()
    assert served.stopped
    assert not served.thread.is_alive()


def test_failure_to_start_is_raised_to_who_starts() -> None:
    async def fail() -> Served:
        raise OSError("port in use")

    with pytest.raises(OSError, match="port in use"):
        ServerThread(fail).start()


def test_failure_to_stop_is_raised_to_who_stops() -> None:
    class Stubborn(Served):
        async def stop(self) -> None:
            raise RuntimeError("will not")

    async def start() -> Stubborn:
        return Stubborn()

    thread = ServerThread(start)
    thread.start()
    with pytest.raises(RuntimeError, match="will not"):
        thread.stop()


def test_second_stop_does_nothing() -> None:
    thread = ServerThread(serve)
    thread.start()
    thread.stop()
    thread.stop()


def test_start_that_takes_too_long_is_given_up() -> None:
    async def never() -> Served:
        await asyncio.Event().wait()
        return Served()

    with pytest.raises(TimeoutError):
        ServerThread(never).start(timeout=0.05)


def test_a_loop_that_dies_is_reported() -> None:
    reported: list[BaseException] = []
    heard = threading.Event()

    def on_crash(error: BaseException) -> None:
        reported.append(error)
        heard.set()

    thread = ServerThread(serve, on_crash=on_crash)
    thread.start()
    thread.post(lambda: (_ for _ in ()).throw(SystemExit(3)))
    assert heard.wait(120)
    assert isinstance(reported[0], SystemExit)


def test_posting_to_a_loop_that_has_ended_does_nothing() -> None:
    thread = ServerThread(serve)
    thread.post(lambda: None)
    thread.start()
    thread.stop()
    thread.post(lambda: None)

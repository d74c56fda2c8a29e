"""The keeper of the built-in photo service: the vault opens whatever is wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from desktop_app.services.photos import PhotosKeeper


class BrokenPhotos:
    """`Photos` whose kept state is not understood."""

    async def start(self) -> str:
        raise ValueError("keys")

    async def stop(self) -> None:
        pass

    def provider_values(self) -> Mapping[str, Mapping[str, Any]]:
        raise AssertionError("it did not start")


def test_a_state_that_is_not_understood_keeps_nothing_from_opening(
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper = PhotosKeeper(BrokenPhotos(), find=lambda _: pytest.fail(), set_runtime=print)
    asyncio.run(keeper.start())
    assert "could not start" in caplog.text

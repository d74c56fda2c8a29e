"""Stories that begin with a signed-in account at the sample provider."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from desktop_app.services.accounts import Profile
from tests.support.rig import Rig
from tests.support.sample_provider import SampleProvider

Story = Callable[[Rig, SampleProvider, Profile], Awaitable[None]]


def signed_in(story: Story, **sample_values: Any) -> None:
    """Run *story* from there on; *sample_values* are set on the provider before."""

    async def run() -> None:
        async with Rig() as rig, SampleProvider(rig.clock) as sample:
            for name, value in sample_values.items():
                setattr(sample, name, value)
            await rig.add_provider(sample)
            await story(rig, sample, await rig.signed_in(sample))

    asyncio.run(run())

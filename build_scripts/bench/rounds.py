"""Ratios that hold on a noisy machine: everything is measured in turn, round after round."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Measure = Callable[[], float]

_NAME_WIDTH = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How often a thing is its yardstick: the median of all rounds, and the extremes."""

    name: str
    median: float
    lowest: float
    highest: float

    def line(self) -> str:
        """Return it as one line of a table."""
        extremes = f"({self.lowest:.1f} to {self.highest:.1f})"
        return f"  {self.name:{_NAME_WIDTH}} {self.median:7.1f} x   {extremes}"


def compare(yardstick: Measure, things: Mapping[str, Measure], *, rounds: int) -> list[Ratio]:
    """Measure *yardstick* and then *things* in each round, and return a ratio for each thing.

    A round's figures are divided by that round's yardstick, so that what slows the machine for a
    while slows both. One round before the first warms the caches and does not count.
    """
    _round(yardstick, things)
    taken = [_round(yardstick, things) for _ in range(rounds)]
    return [_ratio(name, [one[name] for one in taken]) for name in things]


def seconds(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def timed(work: Callable[[], object], times: int = 1) -> Measure:
    """Return a measure of *work* in seconds: the quickest of *times*."""
    return lambda: min(seconds(work) for _ in range(times))


def _round(yardstick: Measure, things: Mapping[str, Measure]) -> dict[str, float]:
    one = yardstick()
    return {name: measure() / one for name, measure in things.items()}


def _ratio(name: str, ratios: list[float]) -> Ratio:
    return Ratio(
        name=name, median=statistics.median(ratios), lowest=min(ratios), highest=max(ratios)
    )

"""The measurements: ratios, and nothing left running."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from build_scripts.bench import lending
from build_scripts.bench.children import serving
from build_scripts.bench.rounds import compare


def test_each_figure_is_divided_by_the_yardstick_of_its_own_round() -> None:
    """A machine that is twice as slow in one round slows both sides of the ratio."""
    yardstick, thing = iter([1.0, 1.0, 2.0, 1.0]), iter([3.0, 3.0, 6.0, 3.0])
    (ratio,) = compare(lambda: next(yardstick), {"thing": lambda: next(thing)}, rounds=3)
    assert (ratio.lowest, ratio.median, ratio.highest) == (3.0, 3.0, 3.0)


def test_the_first_round_does_not_count() -> None:
    taken = iter([100.0, 3.0, 5.0, 4.0])
    (ratio,) = compare(lambda: 1.0, {"thing": lambda: next(taken)}, rounds=3)
    assert (ratio.lowest, ratio.median, ratio.highest) == (3.0, 4.0, 5.0)


def test_a_measured_program_ends_also_when_the_measurement_fails() -> None:
    waits = "import time; print('{}', flush=True); time.sleep(600)"
    with (
        pytest.raises(RuntimeError, match="measuring"),
        serving([sys.executable, "-c", waits]) as child,
    ):
        raise RuntimeError("measuring")
    assert not psutil.pid_exists(child.process.pid)


def test_answers_are_measured_at_a_running_program_that_lends(tmp_path: Path) -> None:
    ratios = lending.answers(tmp_path, rounds=1)
    assert [ratio.name for ratio in ratios][-1] == "main.py token, allowed and fresh"
    assert all(ratio.median > 0 for ratio in ratios)

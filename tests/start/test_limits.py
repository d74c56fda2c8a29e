"""As many connections as the system allows."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))
from desktop_app.start.limits import allow_many_connections
allow_many_connections()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def test_the_limit_is_raised_as_far_as_everybody_may() -> None:
    """In a process of its own: what is lowered here stays low."""
    for hard in (64, 512):
        command = [sys.executable, "-c", CODE.format(hard=hard)]
        assert int(subprocess.check_output(command)) == hard


def test_a_crash_leaves_no_memory_on_the_disk() -> None:
    code = """
import resource
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
from desktop_app.start.limits import keep_memory_off_the_disk
keep_memory_off_the_disk()
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""
    assert int(subprocess.check_output([sys.executable, "-c", code])) == 0

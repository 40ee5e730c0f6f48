from __future__ import annotations

import subprocess
import sys

import pytest

LIMITS = """
import resource
from kds_tui.hub.open_files import allow_many
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
limit = allow_many()
print(limit, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "limit"), [(256, "hard", 8192), (256, 2000, 2000), (300, 300, 300)]
)
def test_the_limit_is_raised_as_far_as_may_be(soft: int, hard: int | str, limit: int) -> None:
    program = LIMITS.format(soft=soft, hard=hard)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    got, now = map(int, done.stdout.split())
    assert got == now
    assert got == limit or hard == "hard"
    assert got > soft or soft == hard

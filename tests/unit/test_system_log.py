from __future__ import annotations

import os
from pathlib import Path

from kds_tui.hub.system_log import is_system_log


def test_the_journal_is_known_by_device_and_inode(tmp_path: Path) -> None:
    with (tmp_path / "stream").open("w") as stream, (tmp_path / "other").open("w") as other:
        status = os.fstat(stream.fileno())
        environment = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        assert is_system_log(stream.fileno(), environment)
        assert not is_system_log(other.fileno(), environment), "output sent elsewhere"
        assert not is_system_log(stream.fileno(), {})
        closed = stream.fileno()
    assert not is_system_log(closed, environment)

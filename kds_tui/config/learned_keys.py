"""The file of learned keys: written by the program, so that no program writes a person's file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tomlkit

from voice_tui.private_files import store_private

_HEAD: Final = """\
# The keys of this terminal's bump bar, written by learn mode (ctrl+k or `kds-tui keys learn`).
# What stands in config.toml counts more. `kds-tui keys forget` takes them away.
"""


class LearnedKeysError(Exception):
    """The file cannot be written; the text says why."""


def keep_learned(file: Path, learned: Mapping[str, str]) -> None:
    """Write the learned keys, all or nothing; what was there before is kept beside it as `.bak`.

    Args:
        file: see `kds_tui.config.loading.learned_keys_file`.
        learned: action id to keys with commas between; nothing forgets all of them.

    Raises:
        LearnedKeysError: it cannot be written; what was there stays.
    """
    text = _HEAD + tomlkit.dumps({"bump_bar": {"learned": dict(learned)}})
    try:
        if file.exists():
            store_private(file.with_name(f"{file.name}.bak"), file.read_bytes())
        if learned:
            store_private(file, text.encode())
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise LearnedKeysError(f"{file} cannot be written: {error.strerror}.") from error

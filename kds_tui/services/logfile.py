"""The display's log: voice_tui's log file, with its trouble told as a setting's."""

from __future__ import annotations

from kds_tui.config.errors import ConfigError, Problem
from kds_tui.config.sections import LogSettings
from voice_tui import logfile
from voice_tui.logfile import LogFileError, LogHandle


def open_log(settings: LogSettings) -> LogHandle:
    """Open the log.

    Args:
        settings: Where to, from which level, and when to begin a new file.

    Returns:
        The open log, to be closed by the caller.

    Raises:
        ConfigError: When the file or its folder can not be written.
    """
    try:
        return logfile.open_log(settings)
    except LogFileError as error:
        problem = Problem(
            f"log file {error.path}", "log.file", f"can not be written: {error.reason}"
        )
        raise ConfigError([problem]) from error

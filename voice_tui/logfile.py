"""The log: one JSON object a line in a rotating file, without secrets; nothing on the terminal.

The file is written from the event loop: a line costs some 50 microseconds, and a queue with a
thread of its own would lose the last lines before a crash, which are the ones that matter.
"""

from __future__ import annotations

import errno
import json
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from voice_tui.core.text import escaped
from voice_tui.redaction import redact, redact_value
from voice_tui.uncaught import UncaughtToLog

OURS: Final = ("kds_tui", "voice_tui")
"""Roots of our loggers; the rest of a logger's name is the component: `link`, `hub.fanout`."""

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; anything else came in by `extra`. `taskName` is new in Python 3.12."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""A full disk is no wrong setting: it passes, and until then everything works without a log."""


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, component, message, fields, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record.

        Args:
            record: It stays as it is: another handler may want it.

        Returns:
            One line, secrets hidden in all parts of it.
        """
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "component": _component(record.name),
            "message": redact(_message(record)),
        }
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if fields:
            line["fields"] = redact_value(fields)
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = redact(record.stack_info)
        # Whoever looks at the file does it in a terminal.
        return escaped(json.dumps(line, ensure_ascii=False))


def _component(name: str) -> str:
    # Voice keeps its root, so that its `link` is told from the display's.
    return name.removeprefix("kds_tui.")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit: the line counts, not its beauty
        return f"{record.msg} {record.args}"


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read, and that never complains on the terminal."""

    lost: int = 0
    """Records that could not be written, for example because the disk is full."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            descriptor = os.open(path, flags, 0o600)
            os.fchmod(descriptor, 0o600)
            # A power cut may have left half a line: the next one must be a line of its own.
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                # A full disk leaves half a line as well, and takes no other.
                with suppress(OSError):
                    os.write(descriptor, b"\n")
            return descriptor

        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # backslashreplace: a lone surrogate from a file name must not cost the line.
        return open(
            self.baseFilename, "a+", encoding="utf-8", errors="backslashreplace", opener=private
        )

    def doRollover(self) -> None:
        """Begin a new file; where the old one cannot be closed well, with the next record."""
        try:
            super().doRollover()
        except OSError:
            self.stream = None  # pyright: ignore[reportAttributeAccessIssue] - opened by the next
            raise

    def close(self) -> None:
        """Close the file; what a full disk does not take any more is lost."""
        try:
            super().close()
        except OSError:
            self.lost += 1

    def handleError(self, record: logging.LogRecord) -> None:
        """Count a record that could not be written; the standard way prints a traceback."""
        self.lost += 1


def _ours_or_warning(record: logging.LogRecord) -> bool:
    """Let our own records through, and of the libraries only what went wrong."""
    ours = record.name.partition(".")[0] in OURS
    return ours or record.levelno >= logging.WARNING


class LogSettings(Protocol):
    """What has to be known to open a log."""

    @property
    def file(self) -> Path:
        """Where to; its folder is made."""
        ...

    @property
    def level(self) -> str:
        """From which level, by its name."""
        ...

    @property
    def max_bytes(self) -> int:
        """Size at which a new file is begun."""
        ...

    @property
    def backups(self) -> int:
        """Older files that are kept."""
        ...


class LogFileError(Exception):
    """The log cannot be written.

    Args:
        path: the file.
        reason: what is wrong with it.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The log file {path} cannot be written: {reason}.")
        self.path = path
        self.reason = reason


class LogHandle:
    """The open log. Closing it (or leaving the `with`) restores logging as it was."""

    def __init__(self, handler: _PrivateFile, settings: LogSettings) -> None:
        self.path = settings.file
        self._handler = handler
        self._levels = {name: logging.getLogger(name).level for name in (*OURS, "websockets")}
        self._last_resort = logging.lastResort
        # On the root, so that asyncio's "exception was never retrieved" lands here too. lastResort
        # serves loggers that no handler reaches, and would write to stderr.
        logging.getLogger().addHandler(handler)
        logging.lastResort = handler
        logging.captureWarnings(True)
        for name in OURS:
            logging.getLogger(name).setLevel(settings.level)
        self._uncaught = UncaughtToLog()
        self._uncaught.start()
        # At DEBUG it logs every frame, with the token in the first one.
        logging.getLogger("websockets").setLevel(logging.WARNING)

    @property
    def lost_records(self) -> int:
        """How many records could not be written."""
        return self._handler.lost

    def close(self) -> None:
        """Write what is left, close the file and restore logging; a second call does nothing."""
        root = logging.getLogger()
        if self._handler not in root.handlers:
            return
        root.removeHandler(self._handler)
        logging.lastResort = self._last_resort
        self._uncaught.stop()
        logging.captureWarnings(False)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        self._handler.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_log(settings: LogSettings) -> LogHandle:
    """Open the log file and send to it our records and the warnings of the libraries.

    Args:
        settings: Where to, from which level, and when to begin a new file.

    Returns:
        The open log, to be closed by the caller.

    Raises:
        LogFileError: When the file or its folder can not be written, for another reason than a full
            disk.
    """
    path = Path(settings.file)
    made = partial(
        _PrivateFile,
        path,
        maxBytes=settings.max_bytes,
        backupCount=settings.backups,
        encoding="utf-8",
    )
    try:
        handler = made()
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise LogFileError(path, error.strerror or type(error).__name__) from error
        handler = made(delay=True)  # with each record it is tried again
    handler.setFormatter(JsonLines())
    handler.addFilter(_ours_or_warning)
    return LogHandle(handler, settings)

"""The log file: its lines, who may read it, what never gets into it, and what it leaves behind."""

from __future__ import annotations

import errno
import gc
import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kds_tui.config import ConfigError, LogSettings
from kds_tui.services.logfile import open_log
from tests.hostile.corpus import ALL
from tests.hostile.oracle import forbidden
from voice_tui.logfile import JsonLines, LogHandle

SECRET = "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl"


@pytest.fixture
def settings(tmp_path: Path) -> LogSettings:
    return LogSettings(file=tmp_path / "made" / "kds.log", level="DEBUG")


@pytest.fixture
def log(settings: LogSettings) -> Iterator[LogHandle]:
    with open_log(settings) as handle:
        yield handle


def lines(log: LogHandle) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_a_record_is_one_json_object_on_one_line(log: LogHandle) -> None:
    logging.getLogger("kds_tui.websocket").warning(
        "lost %s\nafter %d s", "link", 3, extra={"order_id": "o-1", "state": "stale"}
    )
    (line,) = lines(log)
    moment = line.pop("time")
    assert isinstance(moment, str)
    assert moment.endswith("Z")
    assert datetime.fromisoformat(moment).tzinfo is not None
    assert len(moment) == len("2026-11-23T12:00:00.000Z")
    assert line == {
        "level": "WARNING",
        "component": "websocket",
        "message": "lost link\nafter 3 s",
        "fields": {"order_id": "o-1", "state": "stale"},
    }


def test_half_an_emoji_is_written_as_json_writes_it() -> None:
    record = logging.makeLogRecord({"msg": "half \ud83d", "levelname": "INFO", "name": "kds_tui"})
    written = JsonLines().format(record)
    assert written.isascii()
    assert json.loads(written)["message"] == "half \ud83d"


# Half an emoji in the log does not pass from a worker of xdist to pytest.
@pytest.mark.parametrize("text", [text for text in ALL if "\ud800" not in text], ids=ascii)
def test_a_line_keeps_hostile_text_and_a_terminal_obeys_nothing_of_it(
    log: LogHandle, text: str
) -> None:
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("kds_tui.link").error(
            "refused: %s", text, extra={"reason": text, "more": {text: [text]}}, exc_info=True
        )
    written = log.path.read_text(encoding="utf-8")
    assert forbidden(written) == []
    (line,) = lines(log)
    assert line["message"] == f"refused: {text}"
    assert line["fields"] == {"reason": text, "more": {text: [text]}}
    assert text in str(line["exception"])


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.ERROR])
def test_a_secret_is_in_no_part_of_a_line(log: LogHandle, level: int) -> None:
    logger = logging.getLogger("kds_tui.backend")
    extra = {"headers": {"Authorization": f"Bearer {SECRET}"}, "pin": 4711}
    try:
        raise ValueError(f"refused token={SECRET}")
    except ValueError:
        logger.log(
            level, "sent %s as %r", SECRET, {"pin": "4711"}, extra=extra, exc_info=True,
            stack_info=True,
        )  # fmt: skip
    text = log.path.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "4711" not in text
    (line,) = lines(log)
    assert "ValueError: refused token=***" in str(line["exception"])


def test_a_record_stays_as_it_is_for_other_handlers(
    log: LogHandle, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("kds_tui.x").info("token=%s", "abc123")
    assert caplog.records[-1].args == ("abc123",)


def test_of_the_libraries_only_what_went_wrong_is_written(
    log: LogHandle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)  # even if something opened the root logger wide
    for name in ("websockets.client", "aiohttp.access", "asyncio", "kds_tui.hub.fanout"):
        logging.getLogger(name).debug("frame with a token")
        logging.getLogger(name).warning("trouble")
    seen = [(line["component"], line["level"]) for line in lines(log)]
    assert seen == [
        ("websockets.client", "WARNING"),
        ("aiohttp.access", "WARNING"),
        ("asyncio", "WARNING"),
        ("hub.fanout", "DEBUG"),
        ("hub.fanout", "WARNING"),
    ]


def test_websockets_does_not_even_format_its_frames(
    log: LogHandle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert not logging.getLogger("websockets.client").isEnabledFor(logging.DEBUG)


def test_the_level_is_that_of_the_settings(settings: LogSettings) -> None:
    with open_log(settings.model_copy(update={"level": "WARNING"})) as log:
        logging.getLogger("kds_tui.x").info("quiet")
        logging.getLogger("kds_tui.x").warning("loud")
    assert [line["message"] for line in lines(log)] == ["loud"]


def test_file_and_backups_are_the_owners_and_the_folder_is_made(settings: LogSettings) -> None:
    with open_log(settings.model_copy(update={"max_bytes": 300, "backups": 2})) as log:
        for number in range(12):
            logging.getLogger("kds_tui.x").info("line %d %s", number, "." * 80)
    files = sorted(log.path.parent.iterdir())
    assert [file.name for file in files] == ["kds.log", "kds.log.1", "kds.log.2"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_file_that_others_could_read_is_closed_to_them(settings: LogSettings) -> None:
    settings.file.parent.mkdir()
    settings.file.touch()
    settings.file.chmod(0o644)
    with open_log(settings) as log:
        assert log.path.stat().st_mode & 0o777 == 0o600


def test_arguments_that_do_not_fit_do_not_cost_the_line() -> None:
    record = logging.makeLogRecord({"name": "kds_tui.x", "msg": "order %d", "args": ("o-1",)})
    assert json.loads(JsonLines().format(record))["message"] == "order %d ('o-1',)"


def test_a_record_that_can_not_be_written_is_counted_and_not_printed(
    log: LogHandle, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    (handler,) = (h for h in logging.getLogger().handlers if hasattr(h, "lost"))
    monkeypatch.setattr(handler, "format", full)
    logging.getLogger("kds_tui.x").error("gone")
    assert log.lost_records == 1
    assert capfd.readouterr() == ("", "")


def test_closing_restores_logging_and_may_be_repeated(settings: LogSettings) -> None:
    def state() -> list[object]:
        named = [logging.getLogger(name).level for name in ("kds_tui", "websockets")]
        return [
            *logging.getLogger().handlers, logging.lastResort, warnings.showwarning, *named,
        ]  # fmt: skip

    before = state()
    log = open_log(settings)
    assert state() != before
    log.close()
    log.close()
    assert state() == before


def test_a_log_that_can_not_be_written_names_the_file_and_the_key(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "kds.log"
    with pytest.raises(ConfigError, match=f"log file {path}: log.file: can not be written"):
        open_log(LogSettings(file=path))


def test_nothing_reaches_the_terminal_while_the_log_is_open(tmp_path: Path) -> None:
    """In a process of its own: pytest's handlers would hide what lastResort does."""
    path = tmp_path / "kds.log"
    program = f"""
import logging, warnings
from kds_tui.config import LogSettings
from kds_tui.services.logfile import open_log
alone = logging.getLogger("alone")
alone.propagate = False
with open_log(LogSettings(file={str(path)!r})):
    logging.getLogger("kds_tui.x").error("1")
    logging.getLogger("asyncio").error("2")
    alone.error("3")
    warnings.warn("4")
alone.error("after")
logging.getLogger("kds_tui.x").error("ours, from a thread that ended late")
logging.getLogger("voice_tui.x").error("likewise")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("", "after\n")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4


def test_half_a_line_of_a_power_cut_does_not_spoil_the_next(settings: LogSettings) -> None:
    settings.file.parent.mkdir(parents=True, exist_ok=True)
    settings.file.write_text('{"message": "whole"}\n{"message": "ha')

    with open_log(settings) as log:
        logging.getLogger("kds_tui.app").warning("after it")

    written = log.path.read_text().split("\n")
    assert written[1] == '{"message": "ha'
    assert json.loads(written[2])["message"] == "after it"


def _no_room(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


class _Full(io.RawIOBase):
    """A file on a full disk."""

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        return _no_room()


@pytest.mark.parametrize("call", ["write", "open"])
def test_a_start_on_a_full_disk_is_no_wrong_setting(
    settings: LogSettings, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """systemd does not start again what ended for a setting, not even when there is room again."""
    settings.file.parent.mkdir()
    settings.file.write_text('{"half of a li')
    with monkeypatch.context() as disk:
        disk.setattr(os, call, _no_room)
        log = open_log(settings)
        logging.getLogger("kds_tui.hub").error("lost, if there is no room for it")
    with log:
        logging.getLogger("kds_tui.hub").error("there is room again")
    last = settings.file.read_text().splitlines()[-1]
    assert json.loads(last)["message"] == "there is room again"


def test_a_log_on_a_full_disk_is_closed_in_silence(settings: LogSettings) -> None:
    with open_log(settings) as log:
        handler = log._handler
        handler.stream.close()
        handler.stream = io.TextIOWrapper(io.BufferedWriter(_Full()))
        handler.stream.write("still to be written")
    assert log.lost_records == 1


def test_a_log_that_was_full_when_the_disk_was_goes_on_with_the_next_file(
    settings: LogSettings,
) -> None:
    with open_log(settings) as log:
        handler = log._handler
        handler.stream.close()
        handler.stream = io.TextIOWrapper(io.BufferedWriter(_Full()))
        handler.stream.write("x")
        handler.shouldRollover = lambda record: True
        logging.getLogger("kds_tui.hub").error("the disk takes none of it")
        del handler.shouldRollover
        logging.getLogger("kds_tui.hub").error("there is room again")
        assert lines(log)[-1]["message"] == "there is room again"


def test_an_error_that_ends_a_thread_is_in_the_log_and_not_on_the_screen(
    log: LogHandle, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise LookupError("no such ticket")

    thread = threading.Thread(target=fail, name="sound")
    thread.start()
    thread.join()

    (line,) = lines(log)
    assert (line["level"], line["component"]) == ("ERROR", "voice_tui.uncaught")
    assert line["message"] == "the thread sound ended by an error"
    assert "LookupError: no such ticket" in str(line["exception"])
    assert capsys.readouterr().err == ""


def test_an_error_in_a_finaliser_is_in_the_log_and_not_on_the_screen(
    log: LogHandle, capsys: pytest.CaptureFixture[str]
) -> None:
    class Careless:
        def __del__(self) -> None:
            raise LookupError("no such ticket")

    Careless()
    gc.collect()

    (line,) = lines(log)
    assert line["level"] == "ERROR"
    assert "LookupError: no such ticket" in str(line["exception"])
    assert capsys.readouterr().err == ""


def test_python_prints_again_what_nobody_caught_when_the_log_is_closed(
    settings: LogSettings,
) -> None:
    former = threading.excepthook, sys.unraisablehook
    with open_log(settings):
        assert (threading.excepthook, sys.unraisablehook) != former
    assert (threading.excepthook, sys.unraisablehook) == former

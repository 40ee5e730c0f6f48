"""The settings of sounds, and quiet hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kds_tui.config.sound_section import SoundSettings
from kds_tui.core.alerts import Alert
from kds_tui.core.quiet_hours import QuietHours, minute_of_day

minutes = st.integers(0, 24 * 60 - 1)


@given(minutes, minutes)
def test_every_minute_is_quiet_by_one_or_by_the_other(begin: int, end: int) -> None:
    quiet = [QuietHours(begin, end).holds(minute) for minute in range(1440)]
    assert quiet[begin]
    assert sum(quiet) == (end - begin - 1) % 1440 + 1
    if begin != end:
        assert not quiet[end]
        loud = [QuietHours(end, begin).holds(minute) for minute in range(1440)]
        assert loud == [not minute for minute in quiet]


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("07:05", 425), ("23:59", 1439)])
def test_times_of_day(text: str, minute: int) -> None:
    assert minute_of_day(text) == minute


@pytest.mark.parametrize("text", ["24:00", "7:05", "22.30", "22:60", "10 pm", "22:30\n"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValidationError, match="should be a time of day such as 22:30"):
        SoundSettings(quiet_from=text, quiet_until="07:00")


def test_quiet_hours_need_both_ends() -> None:
    with pytest.raises(ValidationError, match="need each other"):
        SoundSettings(quiet_from="22:00")
    assert SoundSettings().quiet_hours() is None


@pytest.mark.parametrize("alert", [Alert.LATE, Alert.READY])
def test_what_cannot_be_acknowledged_does_not_repeat(alert: Alert) -> None:
    with pytest.raises(ValidationError, match=f"repeat_seconds: {alert} sound once"):
        SoundSettings(repeat_seconds={alert: 20})


def test_the_file_and_the_environment_can_say_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from kds_tui.config import load

    monkeypatch.setenv("KDS_SOUND__REPEAT_SECONDS", '{"new": 20}')
    monkeypatch.setenv("KDS_SOUND__SILENT_EVENTS", '["late", "ready"]')
    settings = load(None, {}).settings.sound
    assert settings.repeat_seconds == {Alert.NEW: 20}
    assert settings.silent_events == (Alert.LATE, Alert.READY)

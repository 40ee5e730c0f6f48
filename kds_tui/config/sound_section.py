"""The settings of sounds."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from kds_tui.config.sections import Section
from kds_tui.core.alerts import Alert
from kds_tui.core.quiet_hours import QuietHours, minute_of_day

_ONCE = frozenset({Alert.LATE, Alert.READY})
"""What nobody acknowledges, so that nothing would end its repeating."""


def _time_of_day(text: str) -> str:
    if text:
        minute_of_day(text)
    return text


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
Volume = Annotated[float, Field(ge=0, le=1)]


class SoundSettings(Section):
    """Sounds: new, changed, cancelled, late, ready, link_lost, recalled, each with a rhythm of its
    own. Through the sound card where there is one (it needs `pip install 'kds-tui[sound]'`), else
    by the terminal's bell. `kds-tui sound test` plays them all, and ctrl+t on the display does."""

    enabled: bool = True
    """Whether there are sounds at all."""

    volume: Volume = 0.6
    """How loud, from 0 to 1."""

    device: Annotated[str, Field(max_length=200)] = ""
    """Name of the sound device, or a part of it; empty for the system's own choice. `kds-tui sound
    devices` lists them."""

    silent_events: tuple[Alert, ...] = (Alert.READY,)
    """Events without a sound. The pass wants "ready" to be heard, a station does not."""

    repeat_seconds: Annotated[
        dict[Alert, Annotated[float, Field(ge=5, le=3600)]],
        Field(json_schema_extra={"sample": "[sound.repeat_seconds]\nnew = 20\ncancelled = 15"}),
    ] = Field(default_factory=dict)
    """Seconds after which a sound comes again, until what it is about was acknowledged (or, for
    link_lost, is mended). An event that is not named here sounds once; late and ready always do."""

    quiet_from: TimeOfDay = ""
    """Time of day, such as "22:00", from which it is quieter. Empty: there are no quiet hours."""

    quiet_until: TimeOfDay = ""
    """Time of day until which it is quieter; earlier than quiet_from means on the next day."""

    quiet_volume: Volume = 0.15
    """How loud in quiet hours; 0 for no sound. The terminal's bell has no volume: it is silent
    then."""

    mute_minutes: Annotated[float, Field(gt=0, le=120)] = 5.0
    """Minutes for which the mute key (b) keeps the display silent. The header shows the rest."""

    flash: bool = True
    """Whether header and footer light up for two seconds with the name of what happened, for
    kitchens that are louder than any speaker. Not with [display] attention = "off"."""

    @model_validator(mode="after")
    def _both_ends_of_quiet(self) -> Self:
        if bool(self.quiet_from) != bool(self.quiet_until):
            raise ValueError("quiet_from and quiet_until need each other")
        once = sorted(_ONCE & self.repeat_seconds.keys())
        if once:
            raise ValueError(f"repeat_seconds: {' and '.join(once)} sound once and never again")
        return self

    def quiet_hours(self) -> QuietHours | None:
        """Give the quiet hours; None when there are none."""
        if not self.quiet_from:
            return None
        return QuietHours(minute_of_day(self.quiet_from), minute_of_day(self.quiet_until))

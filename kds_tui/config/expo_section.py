"""The settings of the pass."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from kds_tui.config.sections import Minutes, Section
from kds_tui.core.clock import Thresholds
from kds_tui.core.expo import ExpoRules


class ExpoSettings(Section):
    """The pass, as the expo view shows it: what is being cooked, and what is ready."""

    block_until_done: bool = True
    """Whether an order that lacks something is not bumped at the pass: a sentence says what, and
    which station owes it. Only where the order server keeps marks for lines, as the hub does."""

    override_seconds: Annotated[float, Field(ge=0, le=60)] = 4.0
    """Seconds within which a second press bumps it all the same; 0: never."""

    warning_minutes: Minutes = 5.0
    """Minutes that a ready order may wait until it needs attention."""

    late_minutes: Minutes = 10.0
    """Minutes that a ready order may wait until it is late."""

    @model_validator(mode="after")
    def _late_not_before_warning(self) -> Self:
        if self.late_minutes < self.warning_minutes:
            raise ValueError("late_minutes should not be smaller than warning_minutes")
        return self

    def rules(self) -> ExpoRules:
        """Give them as the view uses them, in seconds."""
        return ExpoRules(
            self.block_until_done,
            self.override_seconds,
            Thresholds(self.warning_minutes * 60, self.late_minutes * 60),
        )

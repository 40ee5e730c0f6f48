"""What is wrong with the settings, told so that a person can mend it without reading code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong setting."""

    where: str
    """Where the value came from: `file /etc/x.toml`, `environment KDS_X`, `command line`."""

    key: str
    """Dotted key, such as `link.ping_interval`; empty when the whole source is unreadable."""

    reason: str
    """What is wrong and, if it can be told, what would be right."""

    nearest: str = ""
    """The valid key that comes closest to an unknown one."""

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        nearest = f" (did you mean {self.nearest}?)" if self.nearest else ""
        return f"{self.where}: {key}{self.reason}{nearest}"


class ConfigError(Exception):
    """The settings can not be used; holds every problem found, not only the first.

    The command line turns it into exit code 2.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

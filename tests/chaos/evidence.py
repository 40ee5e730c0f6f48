"""What the terminals said while they ran: kept outside of the product, to hold it against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TextIO


@dataclass
class Told:
    """What is known of one command."""

    id: str
    terminal: int
    verb: str
    lane: str
    taken: bool = False
    """The product said that it has it."""

    on_disk: bool = True
    """The product did not say that its disk takes nothing."""

    excused: bool = False
    """The power was cut while it was in memory only, and the cook had been told."""

    outcome: str = ""
    """`done`, or `declined`; empty until it ended."""

    reason: str = ""


@dataclass
class Evidence:
    """All that all terminals of a run said about commands, in order.

    Args:
        log: where every line goes, too.
    """

    log: TextIO
    commands: dict[str, Told] = field(default_factory=dict[str, Told])
    ended: list[str] = field(default_factory=list[str])
    """The ids, in the order in which their ends were told."""

    kept: Counter[str] = field(default_factory=Counter[str])
    """Wishes that a terminal kept to itself, as if the server could not do them."""

    def take(self, terminal: int, line: str, said: dict[str, Any]) -> None:
        """Take what a terminal said.

        Args:
            terminal: its number.
            line: as it came.
            said: the same, decoded.
        """
        self.log.write(f"{terminal} {line}\n")
        if said["event"] == "kept":
            self.kept[said["wish"]] += 1
        if (command_id := said.get("id")) is None:
            return
        known = self.commands.get(command_id)
        if known is None:
            known = Told(command_id, terminal, said["verb"], said["lane"])
            self.commands[command_id] = known
        if said["event"] == "taken":
            known.taken, known.on_disk = True, said["on_disk"]
        elif said["event"] == "ended":
            known.outcome, known.reason = said["outcome"], said["reason"]
            self.ended.append(command_id)

    def power_cut(self, terminal: int) -> None:
        """Take the news that a terminal was killed.

        Args:
            terminal: its number.
        """
        for told in self.commands.values():
            if told.terminal == terminal and not told.on_disk and not told.outcome:
                told.excused = True

    @property
    def taken(self) -> list[Told]:
        """The commands that the product said it has."""
        return [told for told in self.commands.values() if told.taken]

    def count(self, outcome: str) -> int:
        """Count how many ended like this."""
        return sum(told.outcome == outcome for told in self.commands.values())

"""What a hub counts while it works."""

from __future__ import annotations

from collections import Counter

from kds_tui.core.latencies import Latencies


class HubTally:
    """Counts since the start of the hub."""

    def __init__(self) -> None:
        self.orders = 0
        """Orders that were placed."""

        self.commands: Counter[tuple[str, str]] = Counter()
        """Cooks' commands, by verb and by what became of them: `done` or `refused`."""

        self.changes = Latencies()
        """From a request to its change being on the disk and given to every display."""

        self.events = 0
        """Events that were published."""

        self.digests_mended = 0
        """Times that the running digest was not that of the database."""

    def command(self, verb: str, status: int) -> None:
        """Count a command that was carried out now, and not before under the same key.

        Args:
            verb: what was asked for.
            status: of the answer.
        """
        self.commands[verb, "done" if status < 300 else "refused"] += 1

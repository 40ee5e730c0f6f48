"""What stands in the middle of the screen while there are no tickets to show."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from kds_tui.core.layout import MIN_HEIGHT, MIN_WIDTH
from kds_tui.core.link import LinkState, LinkStatus


def notice_words(status: LinkStatus, server: str, *, ever_live: bool) -> tuple[str, str]:
    """Say why there are no tickets.

    Args:
        status: of the link.
        server: the address of the order server.
        ever_live: whether the orders have ever been known since the program started.

    Returns:
        A headline and an explanation.
    """
    if ever_live and status.state is LinkState.LIVE:
        return "All caught up", "New orders appear here by themselves."
    if ever_live:
        return "No open tickets", "as far as known when the connection was lost"
    match status.state:
        case LinkState.FAILED if status.untrusted:
            return "This server is not trusted", (
                f"Compare the certificate on the hub's screen with:\nkds-tui enrol {server}"
            )
        case LinkState.FAILED:
            return "Not logged in", "Log this terminal in with:  kds-tui login"
        case LinkState.RECONNECTING | LinkState.DISCONNECTED:
            return "No connection", (
                f"The order server at {server} does not answer.\n"
                "Is it running, and is this terminal on the kitchen's network?"
            )
        case LinkState.SYNCING:
            return "Loading the orders ...", f"from {server}"
        case _:
            return "Connecting ...", f"to {server}"


def too_small_words(terminal: Size, grid: Size) -> tuple[str, str]:
    """Say that the terminal is too small.

    Args:
        terminal: its size.
        grid: how much of it is the grid's.

    Returns:
        A headline and an explanation.
    """
    here = f"{terminal.width}x{terminal.height}"
    others = terminal - grid
    needed = f"{MIN_WIDTH + others.width}x{MIN_HEIGHT + others.height}"
    return "Too small", f"{here} here, {needed} needed"


class Notice(Static):
    """A headline and a line or two, in the middle."""

    DEFAULT_CSS = """
    Notice {
        width: 1fr; height: 1fr; content-align: center middle; text-align: center;
        background: $kds-page; color: $kds-text;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._words = ("", "")

    def show(self, words: tuple[str, str]) -> None:
        """Say something.

        Args:
            words: headline and explanation.
        """
        if words != self._words:
            self._words = words
            self.update(Content.assemble((words[0], "bold"), "\n\n", words[1]))

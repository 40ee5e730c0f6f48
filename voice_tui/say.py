"""What a command prints: the one way out, for text that may come from a server, a file, a menu."""

from __future__ import annotations

import click

from voice_tui.core.text import for_terminal


def say(text: str, *, err: bool = False) -> None:
    """Print lines for a person; nothing in them acts on the terminal.

    Args:
        text: the lines.
        err: whether they go to standard error.
    """
    click.echo(for_terminal(text), err=err)


class Refusal(click.ClickException):
    """What ends a command with exit code 1: a sentence, and no traceback."""

    def format_message(self) -> str:
        """Give the sentence, harmless to a terminal."""
        return for_terminal(self.message)

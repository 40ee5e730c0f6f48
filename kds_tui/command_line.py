"""What all commands share: settings and how their mistakes are told, options, the default command.

Everything heavy is imported inside the functions, so that `--help` answers at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_tui import exit_codes
from voice_tui.say import Refusal

if TYPE_CHECKING:
    from kds_tui.config import Loaded
    from kds_tui.config.sections import LogSettings


class _WrongSettings(Refusal):
    """Settings that can not be used: the reasons, one a line, and no traceback."""

    exit_code = exit_codes.USAGE

    def format_message(self) -> str:
        """Set several reasons apart from the word "Error:" that click puts before them."""
        told = super().format_message()
        return told if "\n" not in told else f"wrong settings\n{told}"


@contextmanager
def settings_errors_told() -> Iterator[None]:
    """Turn wrong settings, found at loading or later at the start, into exit code 2."""
    from kds_tui.config import ConfigError

    try:
        yield
    except ConfigError as error:
        raise _WrongSettings(str(error)) from error


def load_settings(config_path: Path | None, options: Mapping[str, object]) -> Loaded:
    """Load the settings; an option that was not given (None) overrides nothing."""
    from kds_tui.config import load

    return load(config_path, {key: value for key, value in options.items() if value is not None})


class DefaultCommandGroup(click.Group):
    """A group in which `kds-tui --station grill` means `kds-tui run --station grill`."""

    def __init__(self, *arguments: Any, default: str = "run", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before options that are not the group's own."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


config_option = click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Settings file. Without it: ./config.toml, then the platform's settings folder.",
)
url_option = click.option(
    "--url", metavar="URL", help="Order server, such as http://192.168.1.20:3001 [server.url]."
)

data_dir_option = click.option(
    "--data-dir", metavar="DIR", help="Folder of the hub's database [hub.data_dir]."
)

PRECEDENCE = """An option wins over the environment variable (KDS_...), that over the settings
file, that over the default. The setting of an option stands in [brackets]."""


def given_pin() -> str:
    """Find the PIN that was given to this process, and take it out of the environment.

    Returns:
        That of KDS_PIN or of systemd's credential kds-pin; empty when a person has to be asked.
    """
    from voice_tui.private_files import FileRefused, secret_given

    try:
        return secret_given("KDS_PIN", "kds-pin")
    except FileRefused as error:
        raise Refusal(str(error)) from error
    finally:
        os.environ.pop("KDS_PIN", None)


def log_beside(log: LogSettings, name: str) -> LogSettings:
    """Give a command a log of its own: two processes that rotate one file would lose lines."""
    return log.model_copy(update={"file": log.file.with_stem(f"{log.file.stem}-{name}")})

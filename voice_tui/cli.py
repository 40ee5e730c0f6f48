"""The command line of voice-tui."""

from __future__ import annotations

import click

PROGRAM = "voice-tui"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kds-tui", prog_name=PROGRAM)
def main() -> None:
    """Take orders by voice: push to talk."""


@main.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check whether a microphone can be used, and say what is missing.

    Exit code 0 when one can, 1 otherwise.
    """
    from voice_tui.doctor import check_microphone

    finding = check_microphone()
    click.echo(finding.text)
    ctx.exit(0 if finding.usable else 1)

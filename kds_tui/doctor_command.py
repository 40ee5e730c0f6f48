"""`kds-tui doctor`: the way of an order, and the displays that run on this machine.

Everything heavy is imported inside the command, so that `--help` answers at once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kds_tui.command_line import (
    PRECEDENCE,
    config_option,
    load_settings,
    log_beside,
    settings_errors_told,
    url_option,
)
from voice_tui import exit_codes
from voice_tui.say import Refusal, say

if TYPE_CHECKING:
    from kds_tui.config import Loaded
    from kds_tui.services.running_displays import FoundDisplay
    from voice_tui.check import Check


@click.command(epilog=PRECEDENCE)
@config_option
@url_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option(
    "--bundle",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save all of it, with settings and log, as a zip file for support.",
)
@click.option(
    "--personal",
    is_flag=True,
    help="Leave names and spoken words in the bundle's log. Secrets never are.",
)
@click.pass_context
def doctor(
    ctx: click.Context,
    config_path: Path | None,
    url: str | None,
    as_json: bool,
    bundle: Path | None,
    personal: bool,
) -> None:
    """Tell what does not work, and what to do about it.

    First token, server, sign-in, clock, what the hub holds and whether a bump bar's keys arrive, in
    a line each. Then every display that runs on this machine: where the decision tree ends, and its
    figures beside their limits. A display that stands still is found too.

    Exit code 0 when all of it works, 1 otherwise; warnings do not count.
    """
    with settings_errors_told():
        loaded = load_settings(config_path, {"server.url": url})
        from kds_tui.services.logfile import open_log

        log = open_log(log_beside(loaded.settings.log, "doctor"))
    from kds_tui.services.display_report import DisplayReport, report_lines
    from kds_tui.services.running_displays import find_displays

    with log:
        checks = [*asyncio.run(_examine(loaded, quiet=as_json)), *_keys(loaded, quiet=as_json)]
        displays = find_displays(loaded.settings.journal.folder)
        reports = [DisplayReport.of(found) for found in displays]
        good = all(check.good for check in checks) and all(report.good for report in reports)
        if as_json:
            import msgspec

            told = {"good": good, "checks": checks, "displays": reports}
            say(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        else:
            for found in displays:
                say("\n" + "\n".join(report_lines(found)))
            if not displays:
                say("no display runs on this machine")
        if bundle is not None:
            _save(bundle, loaded, checks, displays, personal=personal)
            if not as_json:
                say(f"saved {bundle.absolute()}")
    ctx.exit(exit_codes.OK if good else exit_codes.FAILED)


async def _examine(loaded: Loaded, *, quiet: bool) -> list[Check]:
    from kds_tui.services.doctor import examine

    checks: list[Check] = []
    async for check in examine(loaded.settings.server):
        checks.append(check)
        if not quiet:
            say(check.line)
    return checks


def _keys(loaded: Loaded, *, quiet: bool) -> list[Check]:
    from kds_tui.key_check import check_keys

    checks = check_keys(loaded.settings)
    if not quiet:
        for check in checks:
            say(check.line)
    return checks


def _save(
    path: Path,
    loaded: Loaded,
    checks: list[Check],
    displays: list[FoundDisplay],
    *,
    personal: bool,
) -> None:
    from kds_tui.config.table import render_table
    from kds_tui.services.support_bundle import BundleContents, write_bundle

    contents = BundleContents(
        displays=[(found.status, found.seen) for found in displays if found.status is not None],
        settings=render_table(loaded),
        log=loaded.settings.log.file,
        findings=[check.line for check in checks],
        personal=personal,
    )
    try:
        write_bundle(path, contents)
    except OSError as error:
        raise Refusal(f"the bundle cannot be written: {error.strerror or error}: {path}") from error

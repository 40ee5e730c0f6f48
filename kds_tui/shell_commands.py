"""A kitchen from a shell: `kds-tui bump` and the other verbs, `86`, `orders` and `watch`.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from kds_tui.command_line import (
    PRECEDENCE,
    config_option,
    load_settings,
    log_beside,
    settings_errors_told,
    url_option,
)
from voice_tui.say import Refusal, say

if TYPE_CHECKING:
    from kds_tui.config.settings import Settings
    from kds_tui.core.order import Order
    from kds_tui.core.stations import Routing
    from kds_tui.services.order_shell import OrderShell

STATUSES: Final = (
    "open", "new", "pending", "confirmed", "preparing",
    "ready", "picked-up", "completed", "cancelled", "all",
)  # fmt: skip
"""What `--status` takes: one of the wire's, `open` for all that are still to be cooked, `all`."""

_AnswerT = TypeVar("_AnswerT")

_number_argument = click.argument("number", required=False, default="")
_table_option = click.option(
    "--table", metavar="TABLE", default="", help="The order of this table, instead of a number."
)
_every_option = click.option("--all", "every", is_flag=True, help="With --table: all its orders.")
_station_option = click.option(
    "--station", metavar="NAME", default="all", help="Only orders with an item of this station."
)


def order_command(
    name: str, words: str, *, back: str = "", has_courses: bool = False
) -> click.Command:
    """Make the command that asks one thing of an order.

    Args:
        name: of the command, and of the wish (`services.order_shell.WISHES`).
        words: what its help says.
        back: the wish of `--back`; empty for a command without.
        has_courses: whether it can be asked of a course.

    Returns:
        The command.
    """

    def ask(
        number: str,
        table: str,
        every: bool,
        config_path: Path | None,
        url: str | None,
        is_back: bool = False,
        course: str = "",
    ) -> None:
        if bool(number) == bool(table) or (every and not table):
            raise click.UsageError(_WHICH.format(name=name))
        from kds_tui.core.lookup import Meant

        wish, meant = back if is_back else name, Meant(number, table)
        with _server_told(config_path, url) as settings:
            told = _asked(
                settings,
                lambda shell: shell.ask_of_order(wish, meant, every=every, course=course),
            )
        say("\n".join(told))

    asking = _number_argument(_table_option(_every_option(config_option(url_option(ask)))))
    if back:
        asking = _back_option(asking)
    if has_courses:
        asking = _course_option(asking)
    return click.command(name, help=words, epilog=PRECEDENCE)(asking)


_WHICH: Final = (
    "Which order? kds-tui {name} 412, or kds-tui {name} --table 12 (with --all: each of its orders)"
)
_course_option = click.option(
    "--course", metavar="COURSE", default="", help="This course of it only."
)
_back_option = click.option("--back", "is_back", is_flag=True, help="Take it back.")

bump = order_command(
    "bump",
    "Bump an order: it is done, on all screens. NUMBER is the one that people call (412), or the"
    " whole one.",
)
rush = order_command("rush", "Bring an order to the front, on all screens.", back="unrush")
start = order_command("start", "Begin to cook an order: other screens show that somebody has it.")
hold = order_command(
    "hold",
    "Hold an order, or a course of it: it is not cooked until it is fired.",
    has_courses=True,
)
fire = order_command(
    "fire", "Start a scheduled order now, or what is held of an order.", has_courses=True
)
pick_up = order_command("pick-up", "Hand a ready order over: a runner or a driver has it.")
serve = order_command("serve", "Close a ready order: the guests have it.")


@click.command(epilog=PRECEDENCE)
@_number_argument
@_table_option
@_every_option
@_station_option
@config_option
@url_option
def recall(
    number: str,
    table: str,
    every: bool,
    station: str,
    config_path: Path | None,
    url: str | None,
) -> None:
    """Bring a bumped order back: the one of NUMBER, or the one that was bumped last."""
    if (number and table) or (every and not table):
        raise click.UsageError(_WHICH.format(name="recall"))
    with _server_told(config_path, url) as settings:
        from kds_tui.config.stations_section import routing_of
        from kds_tui.core.lookup import Meant

        async def ask(shell: OrderShell) -> list[str]:
            if number or table:
                return await shell.ask_of_order("recall", Meant(number, table), every=every)
            return [await shell.recall_last(station, routing_of(settings.stations))]

        told = _asked(settings, ask)
    say("\n".join(told))


@click.command("86", epilog=PRECEDENCE)
@click.argument("item", nargs=-1)
@click.option("--back", is_flag=True, help="It can be ordered again.")
@config_option
@url_option
def out_of_stock(
    item: tuple[str, ...], back: bool, config_path: Path | None, url: str | None
) -> None:
    """Put an ITEM of the menu out of stock, for all screens and tills; without one, list what is.

    \b
    kds-tui 86 salmon
    kds-tui 86 --back salmon
    """
    if back and not item:
        raise click.UsageError("What is back? kds-tui 86 --back salmon")
    with _server_told(config_path, url) as settings:
        if item:
            name = " ".join(item)
            say(_asked(settings, lambda shell: shell.set_stock(name, available=back)))
            return
        out = _asked(settings, lambda shell: shell.out_of_stock())
    say("\n".join(each.name for each in out) or "Nothing is out of stock.")


@click.command(epilog=PRECEDENCE)
@_station_option
@click.option(
    "--status",
    "statuses",
    type=click.Choice(STATUSES),
    multiple=True,
    default=("open",),
    show_default=True,
    help="Which orders; may be repeated. Finished ones go back 16 hours.",
)
@click.option("--json", "form", flag_value="json", help="A JSON array, for programs.")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@config_option
@url_option
def orders(
    station: str,
    statuses: tuple[str, ...],
    form: str | None,
    config_path: Path | None,
    url: str | None,
) -> None:
    """Show the orders, the one to be cooked first at the top.

    \b
    kds-tui orders --json | jq -r '.[] | select(.type == "delivery") | .number'
    """
    with _server_told(config_path, url) as settings:
        from kds_tui.config.stations_section import routing_of
        from kds_tui.core.order import OPEN, OrderStatus
        from kds_tui.services.order_shell import of_station

        wanted: set[OrderStatus] = set()
        for status in statuses:
            match status:
                case "open":
                    wanted |= OPEN
                case "all":
                    wanted |= set(OrderStatus)
                case _:
                    wanted.add(OrderStatus(status))

        routing = routing_of(settings.stations)

        async def ask(shell: OrderShell) -> tuple[list[Order], float]:
            listed = await shell.orders(wanted)
            return of_station(listed, station, routing), await shell.server_now()

        found, now = _asked(settings, ask)
        if form is not None:
            _write_json(found, routing, as_lines=form == "jsonl")
        elif found:
            from kds_tui.order_table import print_orders

            print_orders(found, now, settings.urgency.rules())
        else:
            say("No such orders.", err=True)


@click.command(epilog=PRECEDENCE)
@_station_option
@config_option
@url_option
@click.pass_context
def watch(ctx: click.Context, station: str, config_path: Path | None, url: str | None) -> None:
    """Write what happens to the orders as JSON lines, until ctrl+c.

    First a line for each open order, then one for every change. It connects again by itself, and
    what was missed is told then. docs/shell.md has the keys.

    \b
    kds-tui watch | jq -r 'select(.change == "new") | .order.label'
    """
    with _server_told(config_path, url, log="watch") as settings:
        from kds_tui.config.stations_section import routing_of
        from kds_tui.services.watch import WatchError, run_watch

        try:
            routing = routing_of(settings.stations)
            code = run_watch(settings.server, settings.link, routing, station)
        except WatchError as error:
            raise Refusal(str(error)) from error
    ctx.exit(code)


COMMANDS: Final = (
    bump, recall, start, rush, hold, fire, pick_up, serve, out_of_stock, orders, watch,
)  # fmt: skip
"""All of them, as help lists them."""


@contextmanager
def _server_told(
    config_path: Path | None, url: str | None, log: str = "shell"
) -> Iterator[Settings]:
    """Load the settings, open the log, and say in a sentence what goes wrong with the server."""
    with settings_errors_told():
        settings = load_settings(config_path, {"server.url": url}).settings
        from kds_tui.services.backend_errors import BackendError, TokenFileError, Unauthorized
        from kds_tui.services.logfile import open_log

        opened = open_log(log_beside(settings.log, log))
    with opened:
        try:
            yield settings
        except TokenFileError as error:  # says itself what to run
            raise Refusal(str(error)) from error
        except Unauthorized as error:
            told = str(error).rstrip(".")
            raise Refusal(f"{told}. Sign in again: kds-tui login") from error
        except BackendError as error:
            raise Refusal(f"{error}\nTo find out why: kds-tui doctor") from error


def _asked(settings: Settings, ask: Callable[[OrderShell], Awaitable[_AnswerT]]) -> _AnswerT:
    from kds_tui.services.order_shell import OrderShell, ShellError

    async def answer() -> _AnswerT:
        async with OrderShell(settings.server) as shell:
            return await ask(shell)

    try:
        return asyncio.run(answer())
    except ShellError as error:
        raise Refusal(str(error)) from error


def _write_json(found: list[Order], routing: Routing, *, as_lines: bool) -> None:
    import msgspec

    from kds_tui.core.order_fields import order_fields

    encoded = [msgspec.json.encode(order_fields(order, routing)).decode() for order in found]
    if not as_lines:
        say("[" + ",\n ".join(encoded) + "]")
    elif encoded:
        say("\n".join(encoded))

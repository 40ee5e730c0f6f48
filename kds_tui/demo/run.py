"""Running the demo: on a terminal for a person, or without one for a machine."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from platformdirs import user_log_path
from textual.pilot import Pilot

from kds_tui.app import KitchenApp
from kds_tui.config.bump_section import BumpSettings
from kds_tui.config.sections import (
    DisplaySettings,
    JournalSettings,
    LogSettings,
    ServerSettings,
    UrgencySettings,
)
from kds_tui.config.settings import Settings
from kds_tui.core.board import FeedEvent
from kds_tui.core.command import Declined, Outcome
from kds_tui.core.order import OPEN
from kds_tui.demo.figures import Figures, problems, report
from kds_tui.demo.restaurant import GuestSettings, Restaurant
from kds_tui.demo.speech import Speaker, speaker, voice_missing
from kds_tui.demo.voice_order import order_by_voice
from kds_tui.hub.errors import HubError
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError
from kds_tui.services.credentials import FixedToken
from kds_tui.services.logfile import open_log
from kds_tui.ui.key_table import key_table
from voice_tui import exit_codes
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.say import say
from voice_tui.terminal import refuse_terminal, run_guarded, screen_text
from voice_tui.terminal.stderr import protect_stderr

HEADLESS_SECONDS: Final = 12.0
"""How long the demo runs without a terminal, unless told otherwise."""

HEADLESS_SIZE: Final = (120, 36)
"""Its screen then, in columns and rows."""

BUMP_INTERVAL: Final = 0.8
"""Seconds between two bumps of the cook without a terminal."""

FEWEST_TIMES: Final = 3
"""Times that are to be measured of each kind: a cook without a terminal bumps until then."""

PATIENCE: Final = 30.0
"""Seconds more than were asked for that these may take, on a slow machine."""

SETTLE_TIME: Final = 15.0
"""Most seconds that display and hub get to agree once the guests have gone."""

LOOK_INTERVAL: Final = 0.05
"""Seconds between two looks at something that is waited for."""

URGENCY: Final = UrgencySettings(warning_minutes=0.75, late_minutes=1.5)
"""Nobody watches a demo for a quarter of an hour."""


class DemoApp(KitchenApp):
    """The display, with a stopwatch on it."""

    def __init__(
        self,
        restaurant: Restaurant,
        seconds: float | None = None,
        guest: Speaker | None = None,
        bump: BumpSettings | None = None,
    ) -> None:
        settings = Settings(
            server=ServerSettings(url=restaurant.url),
            journal=JournalSettings(folder=restaurant.folder / "terminal"),
            display=DisplaySettings(voice=restaurant.has_voice),
            bump=bump or BumpSettings(),
            voice=VoiceSettings(
                dialect=DialectName.GATEWAY, device=guest.device if guest is not None else ""
            ),
            urgency=URGENCY,
        )
        microphone = guest.microphone if guest is not None else None
        super().__init__(settings, key_table(), FixedToken(restaurant.token), microphone)
        self.figures = Figures()
        self._seconds = seconds
        self._undrawn_since: float | None = None

    def on_mount(self) -> None:
        """End after the time that was asked for; Textual calls the display's own `on_mount` too."""
        if self._seconds is not None:
            self.set_timer(self._seconds, self.exit)

    def fed(self, event: FeedEvent) -> None:
        """Note when an event came.

        Args:
            event: what happened to the orders.
        """
        self.figures.events += 1
        if self._undrawn_since is None:
            self._undrawn_since = time.perf_counter()
        super().fed(event)

    def post_display_hook(self) -> None:
        """Note when the screen was drawn."""
        if self._undrawn_since is not None and not self.has_unshown_changes:
            taken = time.perf_counter() - self._undrawn_since
            self.figures.event_to_screen.append(taken)
            self.figures.drawn.update(self.kitchen.tickets.ids())
            self._undrawn_since = None

    def command_ended(self, outcome: Outcome) -> None:
        """Note how a command ended.

        Args:
            outcome: the server's answer, or why it declined.
        """
        if isinstance(outcome, Declined):
            self.figures.declined.append(outcome.reason)
        else:
            self.figures.acknowledged += 1
            taken = self.terminal.server_now() - outcome.command.given_at
            self.figures.bump_to_answer.append(taken)
        super().command_ended(outcome)


def run_demo(
    *,
    headless: bool,
    seconds: float | None,
    speed: float,
    seed: int,
    autopilot: bool,
    screenshot: Path | None,
) -> int:
    """Run the demo.

    Args:
        headless: without a terminal, with a report at the end.
        seconds: when to end; None for never on a terminal, and after a while without one.
        speed: how many simulated seconds pass in one.
        seed: the same seed gives the same guests.
        autopilot: whether simulated cooks bump too.
        screenshot: where to write a picture of the last screen, as SVG; only without a terminal.

    Returns:
        0, or 1 when something did not work.
    """
    refused = None if headless else refuse_terminal(os.environ, sys.stdin, sys.stdout)
    if refused is not None:
        say(refused, err=True)
        return exit_codes.FAILED
    guests = GuestSettings(speed, seed, autopilot)
    log_file = user_log_path("kds-tui", appauthor=False) / "kds-tui-demo.log"
    with TemporaryDirectory(prefix="kds-tui-demo-") as folder, open_log(LogSettings(file=log_file)):
        say("Opening the demo's kitchen ...")
        try:
            with Restaurant(Path(folder), guests) as restaurant:
                if headless:
                    return _run_headless(
                        restaurant, seconds or HEADLESS_SECONDS, screenshot, log_file
                    )
                app = DemoApp(restaurant, seconds)
                return run_guarded(app, lambda: asyncio.run(app.run_to_end()), log_file)
        except HubError as error:
            say(f"The demo's hub does not start: {error}", err=True)
            return exit_codes.FAILED


def _run_headless(
    restaurant: Restaurant, seconds: float, screenshot: Path | None, log_file: Path
) -> int:
    with ExitStack() as stack:
        guest = stack.enter_context(speaker()) if restaurant.has_voice else None
        return _bump_and_speak(restaurant, seconds, screenshot, guest, log_file)


def _bump_and_speak(
    restaurant: Restaurant,
    seconds: float,
    screenshot: Path | None,
    guest: Speaker | None,
    log_file: Path,
) -> int:
    # What is measured is the way to the hub, not how long a cook may change his mind.
    app = DemoApp(restaurant, guest=guest, bump=BumpSettings(undo_seconds=0))
    picture = screenshot or Path("demo-output") / "screen.svg"
    last_screen = ""

    async def cook(pilot: Pilot[Any]) -> None:
        nonlocal last_screen
        await _bump_for(app, seconds)
        if guest is not None:
            app.figures.voice = await order_by_voice(app, pilot, guest)
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(app.export_screenshot(title="kds-tui demo"))
        last_screen = screen_text(app)
        await asyncio.to_thread(restaurant.send_guests_home)
        await _agree(app, restaurant)
        app.exit()

    async def run() -> None:
        try:
            await app.run_async(headless=True, size=HEADLESS_SIZE, auto_pilot=cook)
        finally:
            await app.end_serving()

    with protect_stderr(log_file):  # sound libraries talk on it, here too
        asyncio.run(run())
    figures = app.figures
    figures.placed = restaurant.placed
    wrong = problems(figures)
    if guest is None:
        say(f"voice: not tried, not installed: {voice_missing()}")
    if app.crash is not None:
        wrong.append(f"the display crashed ({type(app.crash).__name__})")
    say(f"{last_screen}\n\n{report(figures)}\n  screenshot {'':<21} {picture}\n")
    for sentence in wrong:
        say(f"FAILED: {sentence}", err=True)
    if not wrong:
        say("Everything worked.")
    return exit_codes.FAILED if wrong else exit_codes.OK


async def _bump_for(app: DemoApp, seconds: float) -> None:
    """Cook: select the ticket that comes next and bump it, by key, again and again.

    A pilot's keys wait for the process to be idle, which with a hub in it takes two seconds each.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    bumped: str | None = None
    # A slow machine gets the time to bump often enough for figures.
    while loop.time() < end or (_is_short(app.figures) and loop.time() < end + PATIENCE):
        await asyncio.sleep(BUMP_INTERVAL)
        # What is held of a ticket stays, and nothing else of it.
        if bumped is not None and app.board_screen.selected == bumped:
            for key in ("escape", "right", "right"):
                app.simulate_key(key)
        elif app.board_screen.selected is None:
            app.simulate_key("enter")
        await asyncio.sleep(BUMP_INTERVAL / 2)
        bumped = app.board_screen.selected
        if bumped is not None:
            app.figures.bumps += 1
            app.simulate_key("enter")


def _is_short(figures: Figures) -> bool:
    # A key that was pressed may have bumped nothing: the answers count.
    return min(len(figures.bump_to_answer), len(figures.event_to_screen)) < FEWEST_TIMES


async def _agree(app: DemoApp, restaurant: Restaurant) -> None:
    """Wait until every bump is answered and display and hub show the same orders; note both."""
    figures = app.figures
    async with Backend(restaurant.url, FixedToken(restaurant.token)) as backend:

        async def look() -> bool:
            try:
                listed = await backend.list_orders(lambda: None)
            except BackendError as error:
                figures.unanswered = str(error)
                return False
            figures.unanswered = ""
            figures.on_hub = frozenset(order.id for order in listed if order.status in OPEN)
            figures.on_display = frozenset(ticket.id for ticket in app.kitchen.tickets)
            figures.unsent = len(app.kitchen.outbox)
            return figures.unsent == 0 and figures.on_hub == figures.on_display

        with suppress(TimeoutError):  # then the figures differ, and the report says so
            async with asyncio.timeout(SETTLE_TIME):
                while not await look():  # noqa: ASYNC110 - the hub cannot set an event of ours
                    await asyncio.sleep(LOOK_INTERVAL)
    if app.terminal.link is not None:
        status = app.terminal.link.get_status()
        figures.sockets, figures.bad_frames = status["connect_count"], status["bad_frames"]

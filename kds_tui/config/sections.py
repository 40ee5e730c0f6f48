"""The display's settings, one model a section. Docstrings are the documentation that
`config example` prints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, cast
from urllib.parse import urlsplit
from uuid import UUID

from platformdirs import user_log_path, user_state_path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from kds_tui.config.dotted import flatten
from kds_tui.core.card_style import AttentionLook, CardStyle, Headline
from kds_tui.core.clock import Thresholds, UrgencyRules
from kds_tui.core.density import Density
from kds_tui.core.order import OrderType
from kds_tui.core.stations import screen_stations
from kds_tui.core.ticket_order import SortMode
from voice_tui.addresses import host_and_port_checked

Seconds = Annotated[float, Field(gt=0, le=3600)]
Minutes = Annotated[float, Field(gt=0, le=1440)]


def _base_address(text: str) -> str:
    """Check the address of a server and drop its last slash."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("should be an address such as http://127.0.0.1:3001")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("should hold no user, password, query or fragment")
    return host_and_port_checked(text).rstrip("/")


def _uuid_or_empty(text: str) -> str:
    """Check a restaurant id. Restaurant OS refuses anything but a UUID in the auth frame."""
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        raise ValueError("should be a UUID, or empty for the restaurant of the token") from None


def _proxy(text: str) -> str:
    if text not in {"auto", "none"} and urlsplit(text).scheme not in {"http", "https"}:
        raise ValueError('should be "auto", "none" or the http(s) address of a proxy')
    return host_and_port_checked(text)


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _joined(value: object) -> object:
    """Accept `["grill", "fry"]` beside `"grill, fry"`."""
    parts = cast("list[object]", value) if isinstance(value, list) else ()
    return ", ".join(map(str, parts)) if parts else value


def _expand_home(path: Path) -> Path:
    return path.expanduser()


def _dotted(value: object) -> object:
    """Accept `board.bump = ...` beside `"board.bump" = ...`: TOML nests the unquoted form."""
    return dict(flatten(cast("Mapping[str, object]", value))) if isinstance(value, dict) else value


_NOT_IN_NAMES = re.compile(r"[/%.+\\\x00-\x1f]")
"""What a station's name may hold and a folder's may not, or means something in it."""


def _as_percent(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


_ACTION_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")


def _check_keymap(keymap: dict[str, str]) -> dict[str, str]:
    """Check the shape only; which ids exist is the keymap's business, checked at start."""
    for action, keys in keymap.items():
        if not _ACTION_ID.fullmatch(action):
            raise ValueError(f'"{action}" is not an action id such as "board.bump"')
        if not all(key.strip() for key in keys.split(",")):
            raise ValueError(f'"{action}" needs keys with commas between, such as "space,enter"')
    return keymap


KeySettings = Annotated[
    dict[str, str],
    BeforeValidator(_dotted),
    AfterValidator(_check_keymap),
]


class Section(BaseModel):
    """What all sections share: no unknown key, no change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ServerSettings(Section):
    """The order server: a Restaurant OS backend or the hub. The PIN and the token are never kept in
    this file: see `kds-tui login --help`."""

    url: Annotated[str, AfterValidator(_base_address)] = "http://127.0.0.1:3001"
    """Base address of the order server, http or https, without /api."""

    pins_dir: Annotated[
        Path,
        AfterValidator(_expand_home),
        Field(json_schema_extra={"shown": "~/.local/state/kds-tui/pins"}),
    ] = Field(default_factory=lambda: user_state_path("kds-tui", appauthor=False) / "pins")
    """Folder of the certificates that `kds-tui enrol` compared, one file a server: HOST_PORT.pem. A
    server without one is trusted if a public authority vouches for it. Shown is Linux; the default
    is in the platform's state folder."""

    restaurant_id: Annotated[str, AfterValidator(_uuid_or_empty)] = ""
    """The restaurant, as a UUID. Empty: the one that the token was given for."""

    token_file: Annotated[
        Path,
        AfterValidator(_expand_home),
        Field(json_schema_extra={"shown": "~/.local/state/kds-tui/token"}),
    ] = Field(default_factory=lambda: user_state_path("kds-tui", appauthor=False) / "token")
    """File where `kds-tui login` keeps the token, readable by its owner only. Shown is Linux; the
    default is in the platform's state folder."""

    proxy: Annotated[str, AfterValidator(_proxy)] = "auto"
    """How to reach the server: "auto" (direct for this machine and private networks, otherwise the
    proxy of the environment), "none" (always direct) or the address of a proxy."""


class LinkSettings(Section):
    """The websocket to the order server: keepalive, deadlines and reconnecting. A reconnect waits
    a random time up to a limit that starts at backoff_initial and doubles up to backoff_cap."""

    ping_interval: Seconds = 5.0
    """Seconds between two websocket pings."""

    ping_timeout: Seconds = 5.0
    """Seconds that the answer to a websocket ping may take before the connection is replaced."""

    close_timeout: Seconds = 0.3
    """Seconds that the server may take to answer a close; the display's end waits for it."""

    app_ping_interval: Seconds = 30.0
    """Seconds between two ping messages of the Restaurant OS protocol."""

    open_timeout: Seconds = 5.0
    """Seconds that opening a connection may take."""

    auth_timeout: Seconds = 3.0
    """Seconds that the server may take to answer the sign-in."""

    sync_timeout: Seconds = 10.0
    """Seconds that bringing the board up to date after a connect may take."""

    stale_after: Seconds = 5.0
    """Seconds without a word that was due until the display says that its board is stale."""

    replace_after: Seconds = 10.0
    """Seconds without a word that was due until the connection is replaced."""

    backoff_initial: Seconds = 0.25
    """Limit in seconds of the random wait before the first reconnect; doubles with each one."""

    backoff_cap: Seconds = 15.0
    """Largest limit in seconds of the random wait before a reconnect."""

    stable_after: Seconds = 30.0
    """Seconds that a connection must stay live until the wait starts small again."""

    failed_retry: Seconds = 60.0
    """Seconds between two tries after the server refused the token."""

    max_size: Annotated[int, Field(ge=1024, le=67_108_864)] = 8_388_608
    """Largest message accepted from the server, in bytes."""

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.replace_after < self.stale_after:
            raise ValueError("replace_after should not be smaller than stale_after")
        if self.backoff_cap < self.backoff_initial:
            raise ValueError("backoff_cap should not be smaller than backoff_initial")
        return self


class JournalSettings(Section):
    """The journal: bumps are on the disk before they are shown, until the order server has answered
    them, so that a restart or a power cut loses none. The last known board is kept beside them."""

    folder: Annotated[
        Path,
        AfterValidator(_expand_home),
        Field(json_schema_extra={"shown": "~/.local/state/kds-tui/terminal"}),
    ] = Field(default_factory=lambda: user_state_path("kds-tui", appauthor=False) / "terminal")
    """Folder where each station of this machine has a folder of its own, for one running display.
    Shown is Linux; the default is in the platform's state folder."""

    late_after_minutes: Annotated[float, Field(gt=0, le=10_080)] = 240.0
    """Age in minutes from which a bump that could not be sent is sent as late: the order server
    may then leave it undone, and the cook is told."""

    def folder_of(self, station: str) -> Path:
        """Name the folder of one display.

        Args:
            station: as in `display.station`; the order of several does not matter.

        Returns:
            A folder directly in `folder`, whatever the stations are called: `fry+grill` for both.
        """
        names = (_NOT_IN_NAMES.sub(_as_percent, name) for name in screen_stations(station))
        return self.folder / "+".join(sorted(names))


class DisplaySettings(Section):
    """What this display shows."""

    station: Annotated[str, BeforeValidator(_joined), Field(min_length=1, max_length=200)] = "all"
    """The station whose items are shown, such as "grill", or several: "grill, fry"; "all" shows
    every item."""

    sort: SortMode = SortMode.URGENCY
    """What tickets are sorted by, rushed ones always first: "urgency" (what will be late first),
    "age", "number" or "table"."""

    view: Literal["kitchen", "expo", "tables", "scheduled"] = "kitchen"
    """The view that the display begins with: "kitchen" (the tickets), "expo" (the pass), "tables"
    or "scheduled". Tab goes to the next one."""

    theme: Annotated[str, Field(min_length=1, max_length=40)] = "kitchen-dark"
    """Name of the colour theme: kitchen-dark, kitchen-light, high-contrast, red-green-safe or
    blue-yellow-safe (for colour-blind cooks), console (16 colours) or mono."""

    headline: Headline = Headline.TABLE
    """What stands large on a ticket: "table" (of an order without one its guest, else its number),
    "name" (the guest, else the table) or "number"."""

    combine: bool = True
    """Whether identical items of a ticket are one line with their number and seats."""

    attention: AttentionLook = AttentionLook.FLASH
    """How a ticket draws the eye until a cook takes notice of it: "flash" (the one that has waited
    longest flashes slowly, the others have a still mark), "calm" (still marks only) or "off"."""
    density: Density = Density.LINE
    """How large the cards are: near (as many tickets as can be), line, or far (few, with table and
    age in large figures). ctrl+o on the display shows them, with the colours."""

    panel_inches: Annotated[float, Field(ge=3, le=120)] = 21.5
    """Diagonal of the screen in inches, by which ctrl+o tells from how far it can be read."""

    voice: bool = False
    """Whether the voice panel stands beside the tickets: orders and commands by push-to-talk."""

    columns: Annotated[int, Field(ge=0, le=16)] = 0
    """Tickets side by side. 0: as many as the terminal's width holds."""

    rows: Annotated[int, Field(ge=0, le=8)] = 0
    """Rows of tickets. 0: as many as the terminal's height holds."""

    def card_style(self) -> CardStyle:
        """Tell how cards are written.

        Returns:
            The choices.
        """
        return CardStyle(self.headline, self.combine, self.attention)


class UrgencyOverride(Section):
    """Limits for one order type; a key left out is that of [urgency]."""

    warning_minutes: Minutes | None = None
    """Age in minutes at which a ticket of this type needs attention."""

    late_minutes: Minutes | None = None
    """Age in minutes at which a ticket of this type is late."""


class UrgencySettings(Section):
    """When a ticket turns to warning and to late."""

    warning_minutes: Minutes = 10.0
    """Age in minutes at which a ticket needs attention."""

    late_minutes: Minutes = 15.0
    """Age in minutes at which a ticket is late."""

    order_types: Annotated[
        dict[OrderType, UrgencyOverride],
        Field(
            json_schema_extra={"sample": "[urgency.order_types.delivery]\nlate_minutes = 25"},
        ),
    ] = Field(default_factory=dict)
    """Other limits for one order type: dine-in, takeout, delivery, drive-thru or online. A key left
    out is the one above."""

    @model_validator(mode="after")
    def _late_not_before_warning(self) -> Self:
        rules = self.rules()
        for name, limits in (("", rules.default), *rules.by_type.items()):
            if limits.late < limits.warning:
                raise ValueError(
                    f"{f'order_types.{name}: ' if name else ''}late_minutes ({limits.late / 60:g})"
                    f" should not be smaller than warning_minutes ({limits.warning / 60:g})"
                )
        return self

    def rules(self) -> UrgencyRules:
        """Give the limits in seconds, the form in which the board uses them."""
        general = Thresholds(self.warning_minutes * 60, self.late_minutes * 60)
        return UrgencyRules(
            general,
            {
                order_type: Thresholds(
                    general.warning if own.warning_minutes is None else own.warning_minutes * 60,
                    general.late if own.late_minutes is None else own.late_minutes * 60,
                )
                for order_type, own in self.order_types.items()
            },
        )


class LogSettings(Section):
    """The log: one JSON object a line, without tokens or PINs. Nothing is written to the screen."""

    file: Annotated[
        Path,
        AfterValidator(_expand_home),
        Field(json_schema_extra={"shown": "~/.local/state/kds-tui/log/kds-tui.log"}),
    ] = Field(
        default_factory=lambda: user_log_path("kds-tui", appauthor=False) / "kds-tui.log",
    )
    """The log file. Shown is Linux; the default is in the platform's log folder."""

    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"
    """Least severity that is written: DEBUG, INFO, WARNING or ERROR."""

    max_bytes: Annotated[int, Field(ge=65_536, le=1_073_741_824)] = 5_000_000
    """Size in bytes at which a new file is begun."""

    backups: Annotated[int, Field(ge=1, le=100)] = 5
    """Older files that are kept."""

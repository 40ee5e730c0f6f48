"""The grid of tickets: one widget that draws them all, line by line.

Against a widget for each ticket this saves nearly all of the CPU (benchmarks/render.py shows it): a
change redraws one card, a tick one line a card. Lines are kept as strips, those of a card until
its ticket changes, those of a screen row until a card on it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kds_tui.core.cards import Card, hit
from kds_tui.ui.card_face import CardSource, Face
from kds_tui.ui.card_figures import figures
from kds_tui.ui.card_head import NOTICE, Head
from kds_tui.ui.card_lines import CardLine, Line, Role, item_ids, truncate
from kds_tui.ui.paging import Paging

HEADS = ("on-time", "warning", "late", "later", NOTICE)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The strips of a card, and what they were drawn from."""

    card: Card
    entry: Any
    lines: Sequence[Line]
    selected: bool
    item: tuple[str, ...]
    """The items of it that the item keys mean."""

    head: Head
    foot: str
    strips: list[Strip]
    aging: dict[int, Line]
    """Lines that move with the clock, as they are drawn."""


class OrderGrid(Widget, can_focus=True):
    """Draws the page of tickets that `Paging` holds.

    Args:
        cards: where the cards come from.
        paging: the page to draw.
        face: what stands on them.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--page",
        "grid--edge",
        "grid--edge-selected",
        "grid--bump",
        "grid--item-chosen",
        *(f"grid--{name}" for name in HEADS),
        *(f"grid--{role}" for role in Role),
    }

    DEFAULT_CSS = """
    OrderGrid {
        background: $kds-page;
        & > .grid--page { background: $kds-page; color: $kds-text; }
        & > .grid--edge { background: $kds-card; color: $kds-border; }
        & > .grid--edge-selected {
            background: $kds-card; color: $kds-selected; text-style: bold;
        }
        & > .grid--bump { background: $kds-card; color: $kds-muted; }
        & > .grid--item-chosen {
            background: $kds-card; color: $kds-selected; text-style: bold reverse;
        }
        & > .grid--text { background: $kds-card; color: $kds-text; }
        & > .grid--muted { background: $kds-card; color: $kds-muted; }
        & > .grid--item { background: $kds-card; color: $kds-text; text-style: bold; }
        & > .grid--other { background: $kds-card; color: $kds-other; }
        & > .grid--dine-in { background: $kds-card; color: $kds-dine-in; }
        & > .grid--to-go { background: $kds-card; color: $kds-to-go; }
        & > .grid--removal {
            background: $kds-card; color: $kds-removal; text-style: $kds-removal-style;
        }
        & > .grid--addition {
            background: $kds-card; color: $kds-addition; text-style: $kds-addition-style;
        }
        & > .grid--allergy {
            background: $kds-allergy-back; color: $kds-allergy; text-style: $kds-allergy-style;
        }
        & > .grid--note {
            background: $kds-note-back; color: $kds-note; text-style: $kds-note-style;
        }
        & > .grid--notice {
            background: $kds-card; color: $kds-selected; text-style: bold reverse;
        }
        & > .grid--voided { background: $kds-card; color: $kds-muted; text-style: strike; }
        & > .grid--on-time {
            background: $kds-on-time-back; color: $kds-on-time; text-style: $kds-on-time-style;
        }
        & > .grid--warning {
            background: $kds-warning-back; color: $kds-warning; text-style: $kds-warning-style;
        }
        & > .grid--late {
            background: $kds-late-back; color: $kds-late; text-style: $kds-late-style;
        }
        & > .grid--later {
            background: $kds-later-back; color: $kds-later; text-style: $kds-later-style;
        }
    }
    """

    @dataclass
    class Selected(Message):
        """A ticket was clicked."""

        ticket_id: str

    @dataclass
    class Opened(Message):
        """A ticket was clicked twice: it is to be seen in large letters."""

        ticket_id: str

    @dataclass
    class Bumped(Message):
        """The foot of a card was clicked: its bump bar."""

        ticket_id: str
        again: bool = False
        """Whether it is the second click of a double click, or a later one."""

    @dataclass
    class ItemClicked(Message):
        """An item of the selected card was clicked, once."""

        item_ids: tuple[str, ...]

    def __init__(self, cards: CardSource, paging: Paging, face: Face) -> None:
        super().__init__()
        self._source = cards
        self._paging = paging
        self._face = face
        self._now = 0.0
        self._drawn: dict[int, _Drawn] = {}
        self._rows: list[Strip | None] = []
        self._styles_by_name: dict[str, Style] = {}
        self._gaps: dict[int, Strip] = {}
        self._background: Color | None = None

    def redraw(self, now: float) -> None:
        """Draw the page anew, after cards came, went or moved.

        Cards that are as they were keep their strips.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        self._now = now
        self._sync(self._paging.cards)
        self._rows = [None] * self.size.height
        self.refresh()

    def redraw_tickets(self, ticket_ids: Iterable[str], now: float) -> None:
        """Draw some cards anew that stay where they are.

        Args:
            ticket_ids: whose content or selection changed; those not on the page cost nothing.
            now: the server's time, in seconds since the epoch.
        """
        self._now = now
        wanted = set(ticket_ids)
        regions: list[Region] = []
        for card in self._paging.cards:
            if card.ticket_id in wanted:
                self._draw(card)
                regions.append(Region(card.x, card.y, card.width, card.height))
        self._invalidate(regions)

    def tick(self, now: float) -> None:
        """Move the clocks on: only the heads and feet that read differently now are drawn.

        Args:
            now: the server's time, in seconds since the epoch.
        """
        self._now = now
        rows: set[int] = set()
        for card in self._paging.cards:
            drawn = self._drawn.get(card.slot)
            if drawn is None:
                continue
            head, foot = self._face.head(drawn.entry, now), self._face.foot(drawn.entry, now)
            if head != drawn.head:
                strips = self._head_strips(card, head, drawn.selected)
                drawn.strips[: len(strips)] = [self._filtered(strip) for strip in strips]
                rows.update(range(card.y, card.y + len(strips)))
            if foot != drawn.foot:
                strip = self._foot_strip(card, drawn.entry, foot, drawn.selected)
                drawn.strips[-1] = self._filtered(strip)
                rows.add(card.y + card.height - 1)
            if head != drawn.head or foot != drawn.foot:
                self._drawn[card.slot] = replace(drawn, head=head, foot=foot)
            first = card.y + self._paging.head_rows
            rows.update(first + place for place in self._age(card, drawn))
        # Whole rows: heads stand beside each other, and a region each costs more than its cells.
        self._invalidate([Region(0, y, self.size.width, 1) for y in sorted(rows)])

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give the compositor its lines, most of them from the last time.

        Args:
            crop: which part of the widget is wanted.

        Returns:
            A strip for each row of the part.
        """
        width = self.size.width
        if len(self._rows) < crop.bottom:
            self._rows += [None] * (crop.bottom - len(self._rows))
        strips: list[Strip] = []
        for y in range(crop.y, crop.bottom):
            row = self._rows[y]
            if row is None:
                row = self._rows[y] = self._row(y, width)
            strips.append(row if crop.width == width else row.crop(crop.x, crop.right))
        return strips

    def notify_style_update(self) -> None:
        """Have everything drawn anew: the colours changed."""
        super().notify_style_update()
        if self.is_mounted:
            # Textual 8.2.8 tells of it before it has looked the component classes up again.
            self.call_later(self._recolour)

    def _recolour(self) -> None:
        self._styles_by_name.clear()
        self._gaps.clear()
        self._background = None
        self._drawn.clear()
        self.redraw(self._now)

    def on_click(self, event: events.Click) -> None:
        """Select the card under the pointer, or bump it when its foot was clicked.

        Args:
            event: the click.
        """
        card = hit(self._paging.cards, event.x, event.y)
        if card is None:
            return
        again = event.chain > 1
        if card.last and event.y == card.y + card.height - 1:
            self.post_message(self.Bumped(card.ticket_id, again))
        elif again:
            self.post_message(self.Opened(card.ticket_id))
        elif item := self._item_at(card, event.y):
            self.post_message(self.ItemClicked(item))
        else:
            self.post_message(self.Selected(card.ticket_id))

    def _item_at(self, card: Card, y: int) -> tuple[str, ...]:
        """The items of the selected card that stand on a row; empty for none."""
        lines = self._paging.lines(card)
        place = y - card.y - self._paging.head_rows
        if card.ticket_id != self._paging.selected or not 0 <= place < len(lines):
            return ()
        return item_ids(lines[place])

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Take all the width there is.

        Args:
            container: the size of the container.
            viewport: the size of the screen.

        Returns:
            Columns.
        """
        return container.width

    def _invalidate(self, regions: Sequence[Region]) -> None:
        for region in regions:
            for y in range(region.y, min(region.bottom, len(self._rows))):
                self._rows[y] = None
        if regions:
            self.refresh(*regions)

    def _sync(self, shown: Sequence[Card]) -> None:
        """Keep the strips of the cards that are as they were, draw the others."""
        slots = {card.slot for card in shown}
        for slot in [slot for slot in self._drawn if slot not in slots]:
            del self._drawn[slot]
        for card in shown:
            drawn = self._drawn.get(card.slot)
            if (
                drawn is None
                or drawn.card != card
                or drawn.entry is not self._source.get(card.ticket_id)
                or drawn.selected != (card.ticket_id == self._paging.selected)
                or drawn.lines != self._paging.lines(card)
                or drawn.item != self._item_on(card)
            ):
                self._draw(card)

    def _draw(self, card: Card) -> None:
        entry = self._source.get(card.ticket_id)
        if entry is None:
            self._drawn.pop(card.slot, None)
            return
        selected = card.ticket_id == self._paging.selected
        shown = self._face.head(entry, self._now)
        foot = self._face.foot(entry, self._now)
        lines = self._paging.lines(card)
        strips = self._head_strips(card, shown, selected)
        item = self._item_on(card)
        chosen = _first_line_of(item, lines)
        strips += [
            self._body_strip(card, self._line_now(line), selected, chosen=place == chosen)
            for place, line in enumerate(lines)
        ]
        blank = self._body_strip(card, (), selected)
        strips += [blank] * (card.height - 1 - len(strips))
        strips.append(self._foot_strip(card, entry, foot, selected))
        strips = [self._filtered(strip) for strip in strips]
        aging = {
            place: line.at(self._now)
            for place, line in enumerate(lines)
            if isinstance(line, CardLine) and line.since is not None
        }
        self._drawn[card.slot] = _Drawn(
            card, entry, lines, selected, item, shown, foot, strips, aging
        )

    def _item_on(self, card: Card) -> tuple[str, ...]:
        return self._paging.item if card.ticket_id == self._paging.selected else ()

    def _line_now(self, line: Line) -> Line:
        return line.at(self._now) if isinstance(line, CardLine) else line

    def _age(self, card: Card, drawn: _Drawn) -> list[int]:
        """Draw the lines anew whose age reads differently now; which ones those are."""
        moved: list[int] = []
        for place, shown in drawn.aging.items():
            line = self._line_now(drawn.lines[place])
            if line != shown:
                chosen = place == _first_line_of(drawn.item, drawn.lines)
                strip = self._body_strip(card, line, drawn.selected, chosen=chosen)
                drawn.strips[self._paging.head_rows + place] = self._filtered(strip)
                drawn.aging[place] = line
                moved.append(place)
        return moved

    def _style(self, name: str) -> Style:
        style = self._styles_by_name.get(name)
        if style is None:
            style = self.get_component_rich_style(f"grid--{name}")
            self._styles_by_name[name] = style
        return style

    def _head_strips(self, card: Card, shown: Head, selected: bool) -> list[Strip]:
        strips = [self._head_strip(card, shown, selected)]
        if self._paging.head_rows > 1:
            style = self._style(shown.look)
            drawn = figures(shown, card.width, is_first=card.first)
            strips += [Strip([Segment(row, style)], card.width) for row in drawn]
        return strips

    def _head_strip(self, card: Card, shown: Head, selected: bool) -> Strip:
        mark = "►" if selected else " "
        number = self._paging.bar_number(card.slot)
        slot = f"{mark}{card.slot} " if number is None else f"{mark}{card.slot}→{number} "
        clock = f" {shown.clock} " if card.first else " cont. "
        room = card.width - cell_len(slot) - cell_len(clock)
        fits = not shown.short or cell_len(shown.name) <= room
        name = set_cell_size(truncate(shown.name if fits else shown.short, room), room)
        return Strip([Segment(slot + name + clock, self._style(shown.look))], card.width)

    def _body_strip(self, card: Card, line: Line, selected: bool, *, chosen: bool = False) -> Strip:
        edge = self._style("edge-selected" if selected else "edge")
        side = Segment("┃" if selected else "│", edge)
        segments = [Segment("►", edge) if chosen else side]
        used = 0
        for text, role in line:
            name = "item-chosen" if chosen and role is not Role.ALLERGY else role
            segments.append(Segment(text, self._style(name)))
            used += cell_len(text)
        room = card.width - 2
        # A mark that fills the line with colour is seen from further away than coloured words.
        filler = line[-1][1] if line and line[-1][1] in (Role.ALLERGY, Role.NOTE) else Role.TEXT
        filler = "item-chosen" if chosen else filler
        segments.append(Segment(" " * (room - used), self._style(filler)))
        segments.append(side)
        return Strip(segments, card.width)

    def _foot_strip(self, card: Card, entry: Any, foot: str, selected: bool) -> Strip:
        edge = self._style("edge-selected" if selected else "edge")
        left, dash, right = "┗━┛" if selected else "└─┘"
        if card.next_slot is None:
            label, style = f" {foot} {card.slot} ", self._style("bump")
        else:
            where = f"in slot {card.next_slot}" if card.next_slot else "on next page"
            label, style = f" more {where} ▼ ", self._style("text")
        if card.next_slot is None and not card.first:
            room = card.width - cell_len(foot) - 7
            label = f" {foot} {truncate(self._face.name(entry), room)} "
        dashes = card.width - 2 - cell_len(label)
        segments = [
            Segment(left + dash * (dashes // 2), edge),
            Segment(label, style),
            Segment(dash * (dashes - dashes // 2) + right, edge),
        ]
        return Strip(segments, card.width)

    def _row(self, y: int, width: int) -> Strip:
        pieces: list[Strip] = []
        x = 0
        crossing = (card for card in self._paging.cards if card.y <= y < card.y + card.height)
        for card in sorted(crossing, key=lambda card: card.x):
            drawn = self._drawn.get(card.slot)
            if drawn is None or y - card.y >= len(drawn.strips):
                continue
            if card.x > x:
                pieces.append(self._gap(card.x - x))
            pieces.append(drawn.strips[y - card.y])
            x = card.x + card.width
        if x < width:
            pieces.append(self._gap(width - x))
        return Strip.join(pieces)

    def _gap(self, width: int) -> Strip:
        gap = self._gaps.get(width)
        if gap is None:
            gap = self._filtered(Strip([Segment(" " * width, self._style("page"))], width))
            self._gaps[width] = gap
        return gap

    def _filtered(self, strip: Strip) -> Strip:
        """Do what Textual does to the lines of other widgets, for NO_COLOR and ANSI colours."""
        if self._background is None:
            self._background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, self._background)
        return strip


def _first_line_of(item: tuple[str, ...], lines: Sequence[Line]) -> int | None:
    """Find where an item begins on a card."""
    if not item:
        return None
    return next((place for place, line in enumerate(lines) if item_ids(line) == item), None)

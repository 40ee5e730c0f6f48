"""Learn mode: asks for the keys of a bump bar one by one, and shows what arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.ui.card_lines import truncate, wrap
from kds_tui.ui.lesson import Lesson, Outcome
from voice_tui.terminal import KeyPress, KeyUp

SKIP_S: Final = 20.0
"""Seconds without a key after which a step is skipped: a bar may have no key for it."""

END_S: Final = 120.0
"""Seconds without a key after which the lesson ends unsaved: it covers the tickets."""

_MARKS: Final = {
    Outcome.OPEN: ("  ", ""),
    Outcome.LEARNED: ("● ", "bold $kds-good"),
    Outcome.SAME: ("= ", "$kds-good"),
    Outcome.SKIPPED: ("- ", ""),
}

_COLUMN: Final = 36
"""Columns of an entry in the list of steps."""

_KEYS: Final = 14
"""Columns of an entry that are left for its keys and the spaces around them, at least."""

Line = list[tuple[str, str]]
"""A line as pieces of text, each with its style."""


def lesson_lines(
    lesson: Lesson, width: int, height: int, left: float, warning: str = ""
) -> list[Line]:
    """Write a lesson down.

    Args:
        lesson: how far it is.
        width: columns that there are.
        height: lines likewise.
        left: seconds until the step is skipped, or the lesson ends.
        warning: what this terminal does not tell; empty when it tells everything.

    Returns:
        At most `height` lines: the question, what arrived, and as many steps as fit.
    """
    lines = [*_question(lesson, width, left), []]
    heard = lesson.heard
    if heard is not None:
        sent = f"   sent {heard.arrived}" if heard.arrived else ""
        lines.append([("Arrived: ", ""), (heard.key, "bold"), (truncate(sent, width // 2), "")])
        style = "$kds-good" if heard.good else "bold $kds-bad"
        lines += [[(each, style)] for each in wrap(heard.told, width)[:2]]
    elif warning:
        lines += [[(each, "bold $kds-bad")] for each in wrap(warning, width)[:4]]
    else:
        lines.append([("What arrives is shown here.", "")])
    lines.append([])
    return [*lines, *_list(lesson, width, height - len(lines))][:height]


def _question(lesson: Lesson, width: int, left: float) -> list[Line]:
    step = lesson.step
    if step is None:
        if not lesson.has_news:
            return [[("Nothing new was learned.", "bold")], [("Any key leaves.", "")]]
        count = len(lesson.new)
        return [
            [(f"{count} key{'s' if count > 1 else ''} learned.", "bold")],
            [("Press the key that bumps to save them: they count at once. ", "")],
            [(f"Without that, nothing is kept and this closes in {left:.0f} s.", "")],
        ]
    now = lesson.keys_of(step)
    return [
        [("Press the key for  ", ""), (truncate(step.name, width - 19), "bold $kds-caution")],
        [(truncate(step.action.words if step.legend else "", width), "")],
        [(truncate(f"Now: {now}" if now else "It has no key now.", width), "")],
        [
            ("Not on this bar? ", ""),
            ("Press the one that bumps", "") if lesson.at else ("Click Skip", ""),
            (f", or wait {left:.0f} s.", ""),
        ],
    ]


def _list(lesson: Lesson, width: int, height: int) -> list[Line]:
    """Show the steps around the one that is asked for, down the columns."""
    columns = max(1, width // _COLUMN)
    column = width // columns
    longest = max((cell_len(step.name) for step in lesson.steps), default=0)
    named = min(longest, column - _KEYS)
    entries: list[Line] = []
    for place, (step, outcome) in enumerate(zip(lesson.steps, lesson.outcomes, strict=True)):
        mark, style = ("> ", "bold $kds-caution") if place == lesson.at else _MARKS[outcome]
        name = truncate(step.name, named)
        keys = truncate(lesson.keys_of(step), column - named - 5)
        text = f"{name}{' ' * (named - cell_len(name))}  {keys}"
        entries.append([(mark, style), (text + " " * (column - 2 - cell_len(text)), style)])
    if height < 1:
        return []
    per_page = height * columns
    begin = min(lesson.at, len(entries) - 1) // per_page * per_page if entries else 0
    shown = entries[begin : begin + per_page]
    rows = min(height, -(-len(shown) // columns))
    return [[piece for each in shown[row::rows] for piece in each] for row in range(rows)]


class _Touch(Static):
    """A button for a finger or the mouse, which no key reaches: all keys are for the bar."""

    def __init__(self, text: str, id: str) -> None:
        super().__init__(text, id=id, markup=False)

    class Touched(Message):
        """Somebody touched it."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def on_click(self) -> None:
        """Tell it."""
        self.post_message(self.Touched(self.id or ""))


class LearnDialog(ModalScreen[dict[str, str] | None]):
    """Asks for the keys one by one; its result is what is to be saved, or None.

    Args:
        lesson: not begun yet.
        monotonic: a clock in seconds.
        warning: tells what this terminal does not; empty when it tells everything.
    """

    CONTROLS: ClassVar = {
        "ctrl+n": "skip",
        "ctrl+b": "back",
        "ctrl+s": "save",
        "ctrl+c": "leave",
        "ctrl+q": "leave",
    }
    """Keys that no bar sends."""

    DEFAULT_CSS = """
    LearnDialog {
        align: center middle;
        & > Vertical {
            width: 120; max-width: 98%; height: 36; max-height: 100%; padding: 0 1;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text;
        }
        #words { height: 1fr; }
        Horizontal { height: auto; }
        _Touch {
            width: auto; height: 1; padding: 0 2; margin: 0 2 0 0;
            background: $kds-border; color: $kds-text; text-style: bold;
        }
    }
    """

    def __init__(
        self, lesson: Lesson, monotonic: Callable[[], float], warning: Callable[[], str]
    ) -> None:
        super().__init__()
        self._lesson = lesson
        self._monotonic = monotonic
        self._warning = warning
        self._since = self._touched = monotonic()

    def compose(self) -> ComposeResult:
        """Lay the box out.

        Yields:
            The words, and what can be touched.
        """
        with Vertical() as box:
            box.border_title = "Learn the keys of a bump bar"
            yield Static(id="words", markup=False)
            with Horizontal():
                yield _Touch("Skip ^n", id="skip")
                yield _Touch("Back ^b", id="back")
                yield _Touch("Save ^s", id="save")
                yield _Touch("Leave ^c", id="leave")

    def on_mount(self) -> None:
        """Count the seconds down."""
        self.set_interval(1.0, self.tick)

    def on_resize(self) -> None:
        """Write for the new size."""
        self.call_after_refresh(self._show)

    def tick(self) -> None:
        """Skip a step for which no key comes, and leave when nobody is there."""
        now = self._monotonic()
        if now - self._touched >= END_S:
            self._leave(None)
        elif self._lesson.step is not None and now - self._since >= SKIP_S:
            self._lesson.skip()
            self._since = now
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Take a key: each is one of the bar, but for those with Ctrl.

        Args:
            event: what was pressed.
        """
        event.stop()
        event.prevent_default()
        if isinstance(event, KeyUp) or event.key == "<ignore>":
            return
        self._touched = self._since = self._monotonic()
        if event.key in self.CONTROLS:
            self._control(self.CONTROLS[event.key])
            return
        told = event if isinstance(event, KeyPress) else KeyPress(event.key, event.character, "")
        if self._lesson.step is not None:
            self._lesson.press(told.key, told.keypad, told.arrived)
        elif not self._lesson.has_news:
            self._leave(None)
        elif self._lesson.means_bump(told.key, told.keypad):
            self._leave(self._lesson.learned)
        self._show()

    @on(_Touch.Touched)
    def _touch(self, message: _Touch.Touched) -> None:
        self._touched = self._since = self._monotonic()
        self._control(message.name)

    def _control(self, name: str) -> None:
        match name:
            case "skip":
                self._lesson.skip()
            case "back":
                self._lesson.back()
            case "save":
                self._leave(self._lesson.learned if self._lesson.has_news else None)
            case _:
                self._leave(None)
        self._show()

    def _leave(self, learned: dict[str, str] | None) -> None:
        if self.is_current:
            self.dismiss(learned)

    def _show(self) -> None:
        if not self.is_mounted:
            return
        lesson, now = self._lesson, self._monotonic()
        words = self.query_one("#words", Static)
        over = lesson.step is None
        left = max(0.0, END_S - (now - self._touched) if over else SKIP_S - (now - self._since))
        size = words.content_size
        lines = lesson_lines(lesson, max(20, size.width), size.height, left, self._warning())
        words.update(Content("\n").join(Content.assemble(*line) for line in lines))
        where = "" if over else f"{lesson.at + 1} of {len(lesson.steps)}"
        fixed = f"   {lesson.fixed} fixed by [keys]" if lesson.fixed else ""
        self.query_one(Vertical).border_subtitle = Content(where + fixed)

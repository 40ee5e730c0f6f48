"""The words of the panel: its state, what was heard, the order, what to press. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from voice_tui.core.cart import Cart
from voice_tui.core.transcripts import Entry
from voice_tui.core.turn import TurnState
from voice_tui.services.dialogue_view import DialogueView
from voice_tui.services.link import LinkState
from voice_tui.services.microphone import MicrophoneState
from voice_tui.services.voice_status import VoiceStatus
from voice_tui.ui.fitting import Section, fit

TYPE_INSTEAD: Final = "Orders can still be typed."

_TURNS: Final = {
    TurnState.RECORDING: ("● LISTENING", "$kds-bad"),
    TurnState.COMMITTING: ("◌ SENDING", "$kds-caution"),
    TurnState.WAITING_USER_FINAL: ("◌ HEARING", "$kds-caution"),
    TurnState.WAITING_RESPONSE: ("◌ THINKING", "$kds-caution"),
}

_MICROPHONES: Final = {
    MicrophoneState.OFF: "✖ MICROPHONE OFF",
    MicrophoneState.OPENING: "◌ MICROPHONE ...",
    MicrophoneState.MUTED: "✖ MIC MUTED",
    MicrophoneState.NO_LIBRARY: "✖ NO SOUND LIBRARY",
    MicrophoneState.NO_DEVICE: "✖ NO MICROPHONE",
    MicrophoneState.CANNOT_OPEN: "✖ MICROPHONE REFUSED",
    MicrophoneState.VANISHED: "✖ MICROPHONE LOST",
}

_LINKS: Final = {
    LinkState.DISCONNECTED: "○ NOT CONNECTED",
    LinkState.CONNECTING: "◌ CONNECTING",
    LinkState.RECONNECTING: "○ RECONNECTING",
    LinkState.FAILED: "✖ NO VOICE SERVER",
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """The state of voice.

    Args:
        word: in capitals, with a sign, so that no colour is needed.
        colour: a variable of the theme.
        advice: what is the matter and what to do; empty when all is well.
        can_talk: whether the talk key would begin a recording.
    """

    word: str
    colour: str
    advice: str = ""
    can_talk: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the panel shows.

    Args:
        status: of the voice client.
        view: of the order dialogue.
        entries: what was said and answered.
        notice: what the voice client told just now; empty for nothing.
        selected: the line of the cart that keys change.
        active: whether keys go to the panel.
        slash: how an order is typed; see `slash_words`.
        answers: whether keys go to the panel, or to the line in it: else `y` and `n` are the
            host's.
    """

    status: VoiceStatus
    view: DialogueView
    entries: Sequence[Entry]
    notice: str = ""
    selected: int = 0
    active: bool = True
    slash: str = "/"
    answers: bool = True


def state_words(status: VoiceStatus) -> StateWords:
    """Say how voice is: the turn under way, else what keeps from talking, else ready.

    Args:
        status: of the voice client.
    """
    if status.turn is not TurnState.IDLE:
        return StateWords(*_TURNS[status.turn])
    microphone, link = status.microphone, status.link
    if not microphone.records:
        opening = microphone.state is MicrophoneState.OPENING
        colour = "$kds-caution" if opening else "$kds-bad"
        advice = "" if opening else f"{microphone.text} {TYPE_INSTEAD}"
        return StateWords(_MICROPHONES[microphone.state], colour, advice, can_talk=False)
    if link.state is not LinkState.CONNECTED:
        colour = "$kds-bad" if link.state is LinkState.FAILED else "$kds-caution"
        advice = f"{link.text} {TYPE_INSTEAD}" if link.text else ""
        return StateWords(_LINKS[link.state], colour, advice, can_talk=False)
    if microphone.state is MicrophoneState.MUTED:
        return StateWords(_MICROPHONES[microphone.state], "$kds-caution", microphone.text)
    return StateWords("● READY", "$kds-good")


def slash_words(key: str, *, active: bool) -> str:
    """Say how an order is typed.

    Args:
        key: the talk key, which brings the keys to the panel.
        active: whether they go there; else `/` is the host's.

    Returns:
        The keys.
    """
    return "/" if active else f"{key} and /"


def talk_words(status: VoiceStatus, key: str, *, holds: bool, slash: str = "/") -> str:
    """Say what the talk key does now.

    Args:
        status: of the voice client.
        key: as it is printed on the keyboard.
        holds: whether the terminal tells when the key comes up.
        slash: how an order is typed; see `slash_words`.
    """
    if status.turn is TurnState.RECORDING:
        return f"Release {key}" if holds else f"{key} ends"
    if not state_words(status).can_talk:
        return f"{slash} types"
    return f"Hold {key}" if holds else f"Tap {key}"


def body_lines(picture: Picture, width: int, height: int) -> list[Content]:
    """Write everything below the state.

    Args:
        picture: what there is to show.
        width: cells.
        height: lines; what matters least is left out.

    Returns:
        At most `height` lines.
    """
    width, view = max(width, 1), picture.view
    person, answer = _last_words(picture.entries)
    problem = person.problem if person else ""
    state = state_words(picture.status)
    sections = [
        Section(3, _wrapped(state.advice, width, "$kds-caution")),
        Section(5, _wrapped(view.menu_problem, width, "$kds-bad")),
        Section(4, _heard(person, width)),
        Section(1, _pairs(view, width)),
        Section(2, _wrapped(answer, width, "$kds-other")),
        _cart(view.cart, picture.selected if picture.active else None, width),
        Section(6, _notice(view.notice, (view.pending, *view.questions), width)),
        Section(3, _notice(picture.notice, (state.advice, problem), width)),
        Section(8, _questions(view, width), _first(view.questions, width)),
        _confirm(view, width, answers=picture.answers),
    ]
    is_idle = picture.status.turn is TurnState.IDLE and not state.advice
    if is_idle and not any(section.lines for section in sections):
        hint = f"Say an order, or {picture.slash} to type one."
        sections.append(Section(0, _wrapped(hint, width, "$kds-muted")))
    return fit(sections, height)


def _last_words(entries: Sequence[Entry]) -> tuple[Entry | None, str]:
    """Give what the person said last, and what was answered to it."""
    answers: list[str] = []
    for entry in reversed(entries):
        if entry.speaker == "person":
            return entry, " ".join(reversed(answers))
        answers.append(entry.text)
    return None, " ".join(reversed(answers))


def _heard(entry: Entry | None, width: int) -> list[Content]:
    if entry is None or not (entry.text or entry.problem):
        return []
    if not entry.text:
        return _wrapped(f"Not heard: {entry.problem}.", width, "$kds-caution")
    more = "" if entry.final else " ..."
    unsure = " (unsure)" if entry.final and entry.agreed is False else ""
    return _wrapped(f"“{entry.text.strip()}”{more}{unsure}", width, "$kds-muted")


def _pairs(view: DialogueView, width: int) -> list[Content]:
    """Write what was asked for beside what was made of it, where those differ."""
    lines: list[Content] = []
    for pair in view.heard:
        if pair.understood not in view.questions and _plain(pair.heard) != _plain(pair.understood):
            whole = f"{pair.heard} → {pair.understood}"
            lines += _wrapped(whole, width, "$kds-muted", indent=2)
    return lines


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _cart(cart: Cart, selected: int | None, width: int) -> Section:
    if not cart.lines:
        return Section(7, [])
    where = [f"Table {cart.table_number}"] if cart.table_number else []
    where += [f"seat {cart.seat_number}"] if cart.seat_number else []
    where += [each for each in (cart.customer_name, cart.order_type) if each]
    count = sum(line.quantity for line in cart.lines)
    items = f"{count} item" if count == 1 else f"{count} items"
    whom = " · ".join(where)
    rows = _wrapped(whom or "No table yet", width, "bold" if whom else "$kds-muted")
    if cart.allergies:
        allergy = f"! Allergy: {', '.join(cart.allergies)}"
        rows += _wrapped(allergy, width, "$kds-allergy on $kds-allergy-back")
    around = len(rows)
    for place, line in enumerate(cart.lines):
        chosen = place == selected
        around = len(rows) if chosen else around
        style = "bold $kds-selected" if chosen else "$kds-text"
        mark = "▸" if chosen else " "
        rows += _wrapped(f"{mark}{line.quantity:>2} {line.name}", width, style, indent=4)
        details = [modifier.name for modifier in line.modifiers]
        details += [line.note] if line.note else []
        details += [f"seat {line.seat}"] if line.seat else []
        rows += [
            row
            for detail in details
            for row in _wrapped(f"    {detail}", width, "$kds-other", indent=4)
        ]
    total = f"{items}  ${cart.total:.2f}"
    rows += _wrapped(f"    {total}", width, "$kds-muted", indent=4)
    short = Content.assemble((f"{items} ${cart.total:.2f} ", "bold"), whom)
    return Section(7, rows, short.truncate(width, ellipsis=True), around)


def _questions(view: DialogueView, width: int) -> list[Content]:
    return [
        row
        for text in view.questions
        for row in _wrapped(f"? {text}", width, "bold $kds-caution", indent=2)
    ]


def _first(questions: Sequence[str], width: int) -> Content | None:
    if not questions:
        return None
    return Content.styled(f"? {questions[0]}", "bold $kds-caution").truncate(width, ellipsis=True)


def _confirm(view: DialogueView, width: int, *, answers: bool) -> Section:
    """Say what yes and no would do."""
    asked: list[Content] = []
    if view.sending:
        keys = Content.styled("◌ Sending the order ...", "bold $kds-caution")
    elif view.pending:
        asked = _wrapped(view.pending, width, "bold $kds-caution")
        keys = _keys(width, ("y", "yes"), ("n", "no"))
    elif view.unsettled:
        keys = _keys(width, ("y", "send again"), ("n", "give up"))
    elif view.cart.lines:
        keys = _keys(width, ("y", "place"), ("n", "cancel"), ("↑↓ +-", "edit"))
    else:
        return Section(9, [])
    if not answers and not view.sending:
        keys = _keys(width, ("click here", "to answer"))
    return Section(9, [*asked, keys], keys)


def _keys(width: int, *keys: tuple[str, str]) -> Content:
    parts = [Content.assemble((key, "bold $kds-caution"), " ", words) for key, words in keys]
    gap = Content("  " if sum(part.cell_length + 2 for part in parts) <= width + 2 else " ")
    return gap.join(parts).truncate(width)


def _notice(text: str, told: Sequence[str], width: int) -> list[Content]:
    """Write a notice that nothing else tells already."""
    return [] if any(text in other for other in told) else _wrapped(text, width, "$kds-text")


def _wrapped(text: str, width: int, style: str, indent: int = 0) -> list[Content]:
    """Break a text into lines; the second and further ones are set in."""
    if not text.strip():
        return []
    styled = Content.styled(text, style)
    if styled.cell_length <= width or width <= indent + 8:
        return styled.wrap(width)
    first, *_ = styled.wrap(width)
    rest = styled[len(first.plain) :]
    narrow = Content(rest.plain.lstrip()).stylize(style).wrap(width - indent)
    return [first, *(Content(" " * indent) + line for line in narrow)]

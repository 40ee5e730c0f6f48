"""Every place where text from outside is shown or written, as functions: what stands there then.

Each goes the way of the program, from the bytes of a server to lines or to a file. The widgets that
take the lines are tried on a screen and on a pty by other tests.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec
from rich.cells import cell_len

from kds_tui.core.card_style import CardStyle
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.expo import ExpoRules
from kds_tui.core.frames import AuthRefused, ServerError, decode_frame
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.lookup import Meant
from kds_tui.core.order import Order
from kds_tui.core.order_fields import order_fields
from kds_tui.core.scheduled import FireGroup
from kds_tui.core.shell_words import unknown_order, which_order
from kds_tui.core.shift_log import _past
from kds_tui.core.stations import Routing
from kds_tui.core.tables import Table
from kds_tui.core.text import NOTE_LIMIT, clean
from kds_tui.core.tickets import Ticket
from kds_tui.core.wire import decode_order
from kds_tui.services.rest import _read_error
from kds_tui.ui.block_letters import block_rows
from kds_tui.ui.card_head import head
from kds_tui.ui.card_lines import Line, truncate
from kds_tui.ui.expo_face import ActivityFace, ReadyFace
from kds_tui.ui.recall_list import _row
from kds_tui.ui.scheduled_view import ScheduledFace
from kds_tui.ui.status_line import banner_words
from kds_tui.ui.table_face import TableFace
from kds_tui.ui.ticket_strips import body
from tests.hostile.oracle import forbidden, lost_words
from voice_tui.core.cart import Cart, CartLine, CartModifier
from voice_tui.core.events import (
    AnswerDone,
    ErrorEvent,
    TranscriptCompleted,
    TranscriptFailed,
    decode_event,
)
from voice_tui.core.menu import menu_of
from voice_tui.core.pcm import SILENCE_DBFS
from voice_tui.core.text import for_terminal
from voice_tui.core.tools import AddToOrder, ToolError, decode_call
from voice_tui.core.transcripts import Entry
from voice_tui.core.turn import TurnState
from voice_tui.logfile import JsonLines
from voice_tui.services.dialogue_view import DialogueView
from voice_tui.services.http import Answer
from voice_tui.services.link import LinkState as VoiceLinkState
from voice_tui.services.link import LinkStatus as VoiceLinkStatus
from voice_tui.services.microphone import MicrophoneState, MicrophoneStatus
from voice_tui.services.voice_status import VoiceStatus
from voice_tui.ui.panel_words import Picture, body_lines

WIDTH: Final = 23
"""Cells of the narrowest card's text."""

_HEARD: Final = "conversation.item.input_audio_transcription"


TOGETHER: Final = 6
"""How many texts stand on one card and in one panel."""

Texts = Sequence[str]


@dataclass(frozen=True)
class Seen:
    """What stands in a place."""

    text: str
    whole: bool = True
    """Whether every word has to stand there: it is not cut to a line or to a length."""


def _order(texts: Texts) -> Order:
    """An order with texts wherever a stranger can write, by the way of the program."""
    one, two, three, four, five, six = texts
    soup = {"id": one, "name": one, "modifiers": [two, {"name": f"no {three}"}], "notes": four}
    courses = [{**soup, "course": text, "category": text} for text in (five, six)]
    row = {
        "id": "o1",
        "order_number": one,
        "table_number": two,
        "customer_name": three,
        "notes": five,
        "status": four,
        "items": [soup, {"name": six}, *courses],
        "voided_items": [{**soup, "id": "gone", "name": two}],
        "metadata": {"serverName": six, "covers": three, "source": four},
        "payment_status": five,
    }
    return decode_order(json.dumps(row).encode())


def _text(lines: Sequence[Line]) -> str:
    for line in lines:
        assert sum(cell_len(piece) for piece, _ in line) <= WIDTH
    return "".join(piece.strip() for line in lines for piece, _ in line)


def card(texts: Texts) -> Seen:
    """A ticket of the kitchen."""
    ticket = Ticket(_order(texts))
    return Seen(head(ticket, 0.0, UrgencyRules()).name + _text(body(ticket, WIDTH)))


def pass_card(texts: Texts) -> Seen:
    """An order at the pass while it is cooked."""
    face = ActivityFace(UrgencyRules(), Routing(), CardStyle())
    return Seen(_text(face.body(Ticket(_order(texts)), WIDTH)))


def ready_card(texts: Texts) -> Seen:
    """An order that is ready."""
    face = ReadyFace(UrgencyRules(), ExpoRules(), CardStyle())
    return Seen(_text(face.body(Ticket(_order(texts)), WIDTH)))


def scheduled_card(texts: Texts) -> Seen:
    """An order that is to be started later."""
    return Seen(_text(ScheduledFace().body(FireGroup("g", 0.0, (_order(texts),)), WIDTH)))


def in_short(texts: Texts) -> Seen:
    """The same order where it is told in few words: a table's card, large letters, the recall list,
    what a shell prints for people and for programs."""
    order = _order(texts)
    table = Table("t", order.label, order.table_number, (Ticket(order),))
    meant = Meant(table=order.table_number)
    told = (
        _text(TableFace(UrgencyRules(), Routing()).body(table, WIDTH)),
        *block_rows(order.label),
        "".join(text for text, _ in _row(_past(order), 80).parts),
        which_order([order, order], meant),
        unknown_order([order], meant, "bump"),
        msgspec.json.encode(order_fields(order, Routing())).decode(),
    )
    return Seen("\n".join(told), whole=False)


def banner(text: str) -> Seen:
    """Why a login was refused."""
    refused = decode_frame(json.dumps({"type": "auth:failed", "error": text}))
    error = decode_frame(json.dumps({"type": "error", "payload": {"message": text}}))
    assert isinstance(refused.content, AuthRefused)
    assert isinstance(error.content, ServerError)
    reason = clean(refused.content.reason)
    status = LinkStatus(LinkState.FAILED, reason=reason)
    words = banner_words(status, 0.0, "http://x", ever_live=True, reconnect_key="F5")
    return Seen(words + error.content.message, whole=False)


def rest_error(text: str) -> Seen:
    """Why the order server refused: a toast, a command's error."""
    shapes = (
        ("application/json", json.dumps({"error": {"message": text}}).encode()),
        ("application/json", json.dumps({"error": text}).encode()),
        ("text/plain", text.encode("utf-8", "replace")),
    )
    seen = "".join(_read_error(kind, raw)[0] for kind, raw in shapes)
    return Seen(seen, whole=False)


def header(text: str) -> Seen:
    """The restaurant's name, cut to the room there is."""
    return Seen(truncate(clean(text), 20), whole=False)


def voice_events(text: str) -> Seen:
    """What a voice server says."""
    heard = decode_event(json.dumps({"type": f"{_HEARD}.completed", "transcript": text}))
    failed = decode_event(json.dumps({"type": f"{_HEARD}.failed", "error": {"message": text}}))
    error = decode_event(json.dumps({"type": "error", "error": {"message": text, "code": text}}))
    assert isinstance(heard, TranscriptCompleted)
    assert isinstance(failed, TranscriptFailed)
    assert isinstance(error, ErrorEvent)
    return Seen(heard.transcript + failed.message + error.message + error.code)


def panel(texts: Texts) -> Seen:
    """The voice panel: what was heard and answered, the order, notices, what the server refused."""
    one, two, three, four, five, six = texts
    heard = decode_event(json.dumps({"type": f"{_HEARD}.completed", "transcript": one}))
    said = decode_event(json.dumps({"type": "response.output_text.done", "text": two}))
    menu = menu_of({"items": [{"id": "1", "name": three or "Soup", "modifiers": [four]}]})
    assert isinstance(heard, TranscriptCompleted)
    assert isinstance(said, AnswerDone)
    sentence = Answer(500, json.dumps({"error": five}).encode(), "").sentence("The server")
    other = Answer(500, six.encode("utf-8", "replace"), "").sentence("The server")
    names = [item.name for item in menu.items] or [""]
    changes = [change.name for item in menu.items for change in item.modifiers] or [""]
    line = CartLine("1", names[0], 1, 9.0, (CartModifier(changes[0]),), changes[0])
    cart = Cart(
        "cart", (line,), table_number=names[0], customer_name=names[0], allergies=tuple(changes)
    )
    view = DialogueView(cart, questions=(names[0],), notice=other, menu_problem=sentence)
    entries = (
        Entry("person", 1, heard.transcript, final=True),
        Entry("assistant", 1, said.text, final=True),
    )
    status = VoiceStatus(
        VoiceLinkStatus(VoiceLinkState.FAILED, sentence),
        TurnState.IDLE,
        MicrophoneStatus(MicrophoneState.LISTENING, "", names[0]),
        SILENCE_DBFS,
        0,
        (),
    )
    shown = body_lines(Picture(status, view, entries, other), 30, 60)
    for each in shown:
        assert each.cell_length <= 30
    return Seen("\n".join(each.plain for each in shown), whole=False)


def spoken_call(text: str) -> Seen:
    """A function call of a voice server."""
    arguments = json.dumps({"items": [{"name": text, "quantity": 1}], "table_number": text})
    try:
        call = decode_call("add_to_order", arguments)
        assert isinstance(call, AddToOrder)
        told = "".join(item.name for item in call.items)
    except ToolError as error:
        told = str(error)
    try:
        decode_call(text, "{}")
    except ToolError as error:
        told += str(error)
    return Seen(told, whole=False)


def log_line(text: str) -> Seen:
    """A line of the log, which keeps every character."""
    record = logging.makeLogRecord({"msg": "refused: %s", "args": (text,), "name": "kds_tui.link"})
    record.reason = text
    line = JsonLines().format(record)
    assert json.loads(line)["fields"] is not None
    assert "\n" not in line
    return Seen(line, whole=False)


def command(text: str) -> Seen:
    """What a command prints."""
    return Seen(for_terminal(text), whole=False)


ALONE: Final = (banner, rest_error, header, voice_events, spoken_call, log_line, command)
"""Places with one text."""

MIXED: Final = (card, pass_card, ready_card, scheduled_card, in_short, panel)
"""Places with `TOGETHER` of them."""


def findings(texts: Texts) -> list[str]:
    """Try texts in every place, and tell what is wrong.

    Args:
        texts: `TOGETHER` of them.
    """
    wrong: list[str] = []
    for place in ALONE:
        for text in texts:
            wrong += _tried(place.__name__, partial(place, text), (text,))
    for mixed in MIXED:
        wrong += _tried(mixed.__name__, partial(mixed, texts), texts)
    return wrong


def _tried(name: str, show: Callable[[], Seen], texts: Texts) -> list[str]:
    try:
        seen = show()
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for
        return [f"{name}: {type(error).__name__} {error!s:.80} {texts!a}"]
    wrong = [f"{name}: shows {bad[:3]!a} of {texts!a}" for bad in [forbidden(seen.text)] if bad]
    if seen.whole:
        for text in texts:
            lost = lost_words(text, seen.text) if len(text) < NOTE_LIMIT - 40 else []
            wrong += [f"{name}: lost {lost[:3]!a} of {text!a}"] if lost else []
    return wrong

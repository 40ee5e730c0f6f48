"""What the terminal sends: the known as Textual reads it, the unknown dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import _parser, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

from voice_tui.terminal.key_messages import KEYPAD, KeyPress, KeyProtocol, KeyUp
from voice_tui.terminal.keys_down import LOST_S, MOST, KeysDown
from voice_tui.terminal.parser import KitchenParser


def tell(message: Message) -> str:
    match message:
        case KeyUp():
            return f"up {message.released}"
        case KeyProtocol():
            return f"tells key up: {message.tells_key_up}"
        case events.Key():
            return f"{message.key} {message.character}"
        case _:
            return repr(message)


def read(parser: XTermParser, text: str) -> list[str]:
    """Feed a parser, let its time for escape sequences pass, and tell what it found."""
    found: list[Message] = list(parser.feed(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_parser, "get_time", lambda: float("inf"))
        found += parser.tick()
    return [tell(message) for message in found]


KNOWN = [
    *ANSI_SEQUENCES_KEYS,
    "1",
    "ü",
    "\x1b",  # the key
    "\x1bx",  # Alt and a key, without the Kitty protocol
    "\x1b[",  # as are these two
    "\x1bO",
    "\x1b[49;;49u",  # the key 1 in the Kitty protocol
    "\x1b[<0;10;5M",
    "\x1b[<35;10;5m",
    "\x1b[I",
    "\x1b[O",
    "\x1b[?2026;2$y",
    "\x1b[?2048;0$y",
    "\x1b[48;24;80;480;800t",
    "\x1b[12;40R",
    "\x1b[200~two lines\nof it\x1b[201~",
]


@pytest.mark.parametrize("sequence", KNOWN, ids=repr)
def test_the_known_is_read_as_textual_reads_it(sequence: str) -> None:
    assert read(KitchenParser(), sequence) == read(XTermParser(), sequence)


UNKNOWN = [
    "\x1b[32;1:3u",  # release of a key that nobody pressed: Enter, which started the program
    "\x1b[97;1:9u",  # no such kind of key event
    "\x1b[99999999999u",  # no such code point
    "\x1b[<35;NaN;NaNM",  # VS Code
    "\x1b[<35;NaN;Na",  # cut off
    "\x1b[M !!",  # a mouse report from before SGR
    "\x1b[?1;2;4c",  # what terminals say of themselves
    "\x1b[?65;1;2;3;4;6;7;8;9;15;18;21;22;28;29;52;314c",
    "\x1b[>0;276;0c",
    "\x1b[8;24;80t",
    "\x1bOz",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "\x1bP>|kitty(0.35.2)\x1b\\",
    "\x1b]52;c;" + "QUJD" * 100 + "\x1b\\",
]


@pytest.mark.parametrize("sequence", UNKNOWN, ids=repr)
def test_the_unknown_is_dropped_and_what_follows_is_read(sequence: str) -> None:
    parser = KitchenParser()

    assert read(parser, sequence) == []
    assert read(parser, "7") == ["7 7"]


def test_a_key_straight_after_the_unknown_is_read() -> None:
    assert read(KitchenParser(), "\x1b[<35;NaN;NaNM7\x1b[?65;1c8") == ["7 7", "8 8"]


# Press, repeat and release of one key, and its name and character.
HELD = [
    ("116;;116u", "116;1:2;116u", "116;1:3u", "t t"),
    ("116;1:1;116u", "116;1:2;116u", "116;1:3u", "t t"),
    ("116;129;116u", "116;129:2;116u", "116;129:3u", "t t"),  # Num Lock is on
    ("116;2;84u", "116;2:2;84u", "116;2:3u", "T T"),
    ("47;2;63u", "47;2:2;63u", "47;1:3u", "question_mark ?"),  # Shift comes up before its key
    ("1077;;1077u", "1077;1:2;1077u", "1077;1:3u", "е е"),
    ("32;;32u", "32;1:2;32u", "32;1:3u", "space  "),
    ("13u", "13;1:2u", "13;1:3u", "enter \r"),
    ("9u", "9;1:2u", "9;1:3u", "tab \t"),
    ("127u", "127;1:2u", "127;1:3u", "backspace \x7f"),
    ("27u", "27;1:2u", "27;1:3u", "escape None"),
    ("116;5u", "116;5:2u", "116;5:3u", "ctrl+t None"),
    ("116;5u", "116;5:2u", "116;1:3u", "ctrl+t None"),  # Control comes up before its key
    ("A", "1;1:2A", "1;1:3A", "up None"),
    ("1;2A", "1;2:2A", "1;2:3A", "shift+up None"),
    ("P", "1;1:2P", "1;1:3P", "f1 None"),
    ("20~", "20;1:2~", "20;1:3~", "f9 None"),
    ("3~", "3;1:2~", "3;1:3~", "delete None"),
]


@pytest.mark.parametrize(("press", "repeat", "release", "key"), HELD, ids=repr)
@pytest.mark.parametrize("told", [False, True])
def test_a_key_is_pressed_repeated_and_released(
    press: str, repeat: str, release: str, key: str, told: bool
) -> None:
    parser = KitchenParser()
    if told:
        assert read(parser, "\x1b[?27u") == ["tells key up: True"]

    assert read(parser, f"\x1b[{press}") == [key]
    assert read(parser, f"\x1b[{repeat}\x1b[{repeat}") == [key, key]
    assert read(parser, f"\x1b[{release}") == [f"up {key.split()[0]}"] * told
    assert read(parser, f"\x1b[{release}") == []


CTRL, CTRL_REPEAT, CTRL_UP = "\x1b[57442;5u", "\x1b[57442;5:2u", "\x1b[57442;1:3u"
ALONE = "left_control_alone None"


@pytest.mark.parametrize("press", [CTRL, "\x1b[57442;5:1u", "\x1b[57442;133u", "\x1b[57442u"])
def test_a_modifier_alone_is_told_once_and_when_it_comes_up(press: str) -> None:
    parser = KitchenParser()
    read(parser, "\x1b[?27u")

    assert read(parser, press) == ["left_control None"]
    assert read(parser, CTRL_REPEAT * 3) == ["left_control None"] * 3
    assert read(parser, CTRL_UP) == ["up left_control", ALONE]
    assert read(parser, CTRL_UP) == []


@pytest.mark.parametrize(
    "other",
    [
        "\x1b[112;5u\x1b[112;5:3u",  # p
        "\x1b[1;5A\x1b[1;5:3A",  # the arrow up
        "\x1b[57441;6u\x1b[57441;5:3u",  # Shift
        "\x1b[<16;10;5M\x1b[<16;10;5m",  # a click
        "x",
    ],
    ids=repr,
)
def test_a_modifier_with_another_key_is_not_alone(other: str) -> None:
    parser = KitchenParser()
    read(parser, "\x1b[?27u")

    read(parser, CTRL + other)
    assert ALONE not in read(parser, CTRL_UP)
    assert ALONE in read(parser, CTRL + CTRL_UP)


def test_a_mouse_that_is_moved_changes_nothing() -> None:
    parser = KitchenParser()
    read(parser, "\x1b[?27u")

    read(parser, CTRL + "\x1b[<51;10;5M")
    assert ALONE in read(parser, CTRL_UP)


def test_a_modifier_is_told_at_once_where_nobody_tells_that_it_comes_up() -> None:
    parser = KitchenParser()

    assert read(parser, CTRL) == ["left_control None", ALONE]
    assert read(parser, CTRL_REPEAT) == ["left_control None"]
    assert read(parser, CTRL_UP) == []


def test_a_lost_release_of_a_modifier_bumps_nothing() -> None:
    parser = KitchenParser()
    read(parser, "\x1b[?27u")

    read(parser, CTRL)
    assert read(parser, "\x1b[97;;97u\x1b[97;1:3u") == ["a a", "up a"]
    assert read(parser, CTRL_UP) == ["up left_control"]


@pytest.mark.parametrize(
    ("sequence", "told"),
    [
        ("\x1b[57400;129;49u", ("1", "kp_1", "1")),
        ("\x1b[57400u", ("1", "kp_1", "1")),
        ("\x1b[57399;129:1;48u", ("0", "kp_0", "0")),
        ("\x1b[57412;129;45u", ("minus", "subtract", "-")),
        ("\x1b[57412;133u", ("ctrl+minus", "ctrl+subtract", None)),
        ("\x1b[57409;129;44u", ("comma", "decimal", ",")),
        ("\x1b[57409u", ("full_stop", "decimal", None)),
        ("\x1b[57414u", ("enter", "kp_enter", "\r")),
        ("\x1b[49;;49u", ("1", "", "1")),
        ("-", ("minus", "", "-")),
    ],
)
def test_a_key_of_the_numeric_pad_is_named_in_both_ways(
    sequence: str, told: tuple[str, str, str | None]
) -> None:
    (key,) = KitchenParser().feed(sequence)

    assert isinstance(key, KeyPress)
    assert (key.key, key.keypad, key.character) == told
    assert key.arrived == sequence
    assert key.handler_name == events.Key.handler_name


def test_a_key_held_down_says_so_where_the_terminal_does() -> None:
    parser = KitchenParser()
    for sequence, repeats in (("\x1b[97;1:1;97u", False), ("\x1b[97;1:2;97u", True), ("a", False)):
        (key,) = parser.feed(sequence)
        assert isinstance(key, KeyPress)
        assert (key.key, key.repeats) == ("a", repeats)


def test_a_press_tells_what_arrived_also_when_the_terminal_tells_more_of_it() -> None:
    parser = KitchenParser()
    read(parser, "\x1b[?27u")

    (key,) = parser.feed("\x1b[57412;129:1;45u")

    assert isinstance(key, KeyPress)
    assert key.arrived == "\x1b[57412;129:1;45u"
    assert len({name for names in KEYPAD.values() for name in names}) == 2 * len(KEYPAD)


@pytest.mark.parametrize(("flags", "tells"), [(0, False), (1, False), (3, False), (10, True)])
def test_keys_come_up_only_where_all_are_told_of(flags: int, tells: bool) -> None:
    parser = KitchenParser()

    assert read(parser, f"\x1b[?{flags}u") == [f"tells key up: {tells}"]
    assert read(parser, "\x1b[97;;97u\x1b[97;1:3u") == ["a a", *(["up a"] if tells else [])]


def test_how_long_a_key_was_held_counts_from_its_first_press() -> None:
    keys = KeysDown()

    assert keys.press("116u", "t", 10.0, repeats=False) is None
    assert keys.press("116u", "t", 10.5, repeats=False) is None  # as WezTerm repeats
    assert keys.press("116u", "t", 20.0, repeats=True) is None
    up = keys.release("116u", 21.0)

    assert up is not None
    assert (up.released, up.held) == ("t", 11.0)


def test_a_key_that_is_pressed_again_has_come_up_in_another_window() -> None:
    keys = KeysDown()
    keys.press("116u", "t", 10.0, repeats=False)
    keys.press("116u", "t", 11.0, repeats=True)

    lost = keys.press("116u", "T", 11.0 + LOST_S + 0.1, repeats=False)
    up = keys.release("116u", 14.0)

    assert lost is not None
    assert up is not None
    assert [(each.released, round(each.held, 3)) for each in (lost, up)] == [("t", 1.0), ("T", 0.4)]


def test_keys_whose_release_is_lost_do_not_pile_up() -> None:
    keys = KeysDown()
    for number in range(MOST + 1):
        keys.press(f"{number}u", "key", 0.0, repeats=False)

    assert keys.release("0u", 1.0) is None
    assert sum(keys.release(f"{number}u", 1.0) is not None for number in range(MOST + 1)) == MOST


PIECES = [
    "\x1b[?27u",
    "\x1b[97;1:3u",
    "\x1b[97;1:2u",
    "\x1b",
    "\x1b[",
    "\x1b[48;0;0;0;0t",
    "\x1b[<0;2;2M",
    *"019;:<?>=$MmuR~ONaAIt]\\\x07 é",
]


@given(st.lists(st.sampled_from(PIECES), min_size=1))
def test_no_input_breaks_it(pieces: list[str]) -> None:
    parser = KitchenParser()
    read(parser, "".join(pieces))
    read(parser, "\x1b[201~")  # it may have begun a paste

    assert read(parser, "7") == ["7 7"]


@given(st.text(st.characters(exclude_characters="\x1b"), max_size=50))
def test_plain_text_is_typed(text: str) -> None:
    assert read(KitchenParser(), text) == read(XTermParser(), text)

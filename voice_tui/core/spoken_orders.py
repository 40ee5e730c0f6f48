"""How orders, corrections and cook's commands are said in English, around a restaurant's dishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice_tui.core.number_words import ONES, number_words
from voice_tui.core.vocabulary import START, Phrase, Vocabulary, phrases, spoken_words

_LEAVES_OUT = frozenset({"no", "without", "hold"})
_ADDS = frozenset({"add", "extra", "with", "more"})
_SWAPS = frozenset({"sub", "substitute", "side"})

_JOINTS = frozenset({"of", "and", "with", "the", "in", "on"})
_SHORTENED = 0.08
"""How often a name is said without its beginning or its end, against once in full."""

_TALK = """
my our your his her their friend friends wife husband kids guy guys lady folks party people guest
this that these those it its there here over at in on up out off down by from of with to is are
was be been being do does did done doing have has had having go goes going gonna gotta come coming
comes get gets getting got give gives take takes taking try trying put puts bring make makes like
likes love want wants wanted ask asks asking asked say says said think know guess see look mean
just maybe actually also too again really only still more another other both all some any every
each now today tonight next first last right when where what which who how can could would should
will might let lets if or but because then so very good great nice fine sure time thing things way
bit little kind sorry excuse hear hi hello thanks thank you he she we they them him us me i am not
don't didn't can't won't isn't that'll we're they're he's she's it's
"""
"""Everyday words around an order: without them one engine hears dishes in "my friend wants"."""

_NAMES = """
alex amy andrew angela anna ben brian carlos charlie chris dan daniel david emily emma eric frank
george grace jack james jason jen jessica jim joe john jose juan julia karen kate kevin laura
linda lisa luis maria mark mary matt megan michael mike nick olivia paul peter rachel robert ryan
sam sarah scott sophia steve susan tim tom
"""

_FIXED: dict[str, tuple[Phrase, ...]] = {
    START: (
        *phrases("<order>", weight=12),
        *phrases("<correction>", weight=3),
        *phrases("<answer>", weight=2),
        *phrases("<command>", weight=4),
    ),
    "<order>": (
        *phrases("<opening> <lines>", "<lines> <where>", "<lines>", weight=4),
        *phrases("<opening> <lines> <where>", "<where> <lines>", weight=3),
        *phrases("<where> <opening> <lines>", "<lines> <closing>", "<opening> <lines> <closing>"),
        *phrases("<lines> <where> <closing>", "<opening> <lines> <where> <closing>"),
        *phrases("<filler> <opening> <lines>", "<filler> <lines> <where>", "<where> <who> <lines>"),
        *phrases("<where>", "order <where>", "<filler> <where>", weight=0.3),
        *phrases("<talk> <talk> <lines>", "<talk> <opening> <lines>", "<where> <talk> <lines>"),
        *phrases("<lines> <talk> <talk> <where>", "<talk> <where> <talk> <lines>", weight=0.7),
        *phrases("<lines> <talk> <talk>", "<talk> <talk> <where> <lines>", weight=0.4),
    ),
    "<opening>": (
        *phrases("<ask> <us> <get>", "<we> <want>", "<we'd> <like>", weight=4),
        *phrases("give <us>", "get <us>", "let me <get>", "let's <get>", "let <us> <get>"),
        *phrases("add", "and also", "also", "order", "then", "please add", "put in", "ring up"),
        *phrases("<ask> you <get>", "another order of", "i think <we> <want>", "send", "make"),
        *phrases("that's", "that will be", "that'll be", "it's", "this is", weight=0.5),
    ),
    "<ask>": phrases("can", "could", "may"),
    "<us>": phrases("i", "we", "me", "us"),
    "<get>": (
        *phrases("get", "have", weight=3),
        *phrases("do", "add", "order", "put in", "bring", "please get", "please have", "try"),
    ),
    "<we>": (*phrases("i", "we", weight=4), *phrases("they", "he", "she", "the guests", "you")),
    "<we'd>": phrases("i'd", "i'll", "we'd", "we'll"),
    "<like>": (*phrases("like", "have", weight=3), *phrases("take", "get", "do", "go with")),
    "<want>": (
        *phrases("want", "need", "would like", "will have", "will take", weight=2),
        *phrases("wants", "needs", "are having", "will go with", "will do", "will get"),
    ),
    "<who>": phrases("wants", "want", "has", "would like", "needs", "is having", "gets", "ordered"),
    "<filler>": phrases(
        *("okay", "so", "hi", "hey", "hello", "alright", "um", "uh", "yeah", "and", "all right"),
        *("good evening", "yes", "now", "new order", "okay so", "hi there", "well"),
    ),
    "<talk>": (*phrases(*_TALK.split(), weight=2), *phrases("<talk_more>", weight=40)),
    "<talk_more>": phrases("this is", "and it's", "put that", "that is", "over at", "going to be"),
    "<closing>": (
        *phrases("please", weight=4),
        *phrases("thank you", "thanks", "and that's it", "that's all", "to start", "for now"),
    ),
    "<lines>": (
        *phrases("<line>", weight=4),
        *phrases("<line> and <line>", weight=4),
        *phrases("<line> <line> and <line>", weight=3),
        *phrases("<line> <line>", "<line> and <line> and <line>"),
        *phrases("<line> <line> <line> and <line>", "<line> and then <line>", weight=0.6),
        *phrases("<line> plus <line>", "<line> also <line>", weight=0.4),
    ),
    "<line>": (
        *phrases("<some>", weight=6),
        *phrases("<some> <changes>", weight=4),
        *phrases("an order of <one>", "<many> orders of <one>", "a side of <one>", weight=0.2),
    ),
    "<some>": (
        *phrases("<single> <one>", weight=4),
        *phrases("<many> <several>", weight=5),
        *phrases("<many> <one>", weight=0.8),
        *phrases("<single> <size> <one>", "<many> <size> <several>", weight=0.6),
        *phrases("<one>", "the <one>", "<several>", weight=0.4),
    ),
    "<single>": (*phrases("a", weight=4), *phrases("one", weight=3), *phrases("an", "another")),
    "<many>": (
        *phrases("two", weight=5),
        *phrases("three", weight=4),
        *phrases("four", weight=3),
        *phrases("five", "six", weight=2),
        *phrases("seven", "eight", "nine", "ten", "twelve", "a couple of", "a couple"),
        *phrases("eleven", "a dozen", "half a dozen", "twenty", "some", "two more", weight=0.4),
    ),
    "<size>": (
        *phrases("large", "small", weight=3),
        *phrases("medium", "regular", weight=1.5),
        *phrases("big", "extra large", "half", "double", "single", "kids"),
    ),
    "<changes>": (
        *phrases("<change>", weight=6),
        *phrases("<change> and <change>", "<change> <change>", weight=1.5),
        *phrases("with <change>", weight=0.5),
    ),
    "<where>": (
        *phrases("for table <number>", "table <number>", "to table <number>", weight=4),
        *phrases("for table number <number>", "at table <number>", "on table <number>"),
        *phrases("table <number> seat <few>", "for table <number> seat <few>", "seat <few>"),
        *phrases("for <place>", "<place>"),
        *phrases(
            "to go", "for here", "for pickup", "take out", "dine in", "for <name>", weight=0.6
        ),
        *phrases("name <name>", "under <name>", "the name is <name>", weight=0.3),
    ),
    "<few>": phrases(*ONES[1:11]),
    "<correction>": (
        *phrases("make that <few>", "make it <few>", "actually make that <few>", weight=2),
        *phrases("no make that <few>", "make that <few> <several>", "sorry <few>"),
        *phrases("make the <one> <few>", "change the <one> to <few>", "<few> <several> instead"),
        *phrases("scratch the <one>", "no scratch the <one>", "remove the <one>", weight=2),
        *phrases("scratch that", "cancel the <one>", "take off the <one>", "drop the <one>"),
        *phrases("take the <one> off", "take out the <one>", "no <one>", "remove <few> <several>"),
        *phrases("<change> on the <one>", "make the <one> <change>", "<change> on that"),
        *phrases("never mind the <one>", "forget the <one>", "and <change>", "with <change>"),
        *phrases("actually <line>", "no <line> instead", "change that to <line>", weight=0.7),
    ),
    "<answer>": (
        *phrases("yes", "no", "confirm", "confirm order", "cancel", "cancel the order", weight=2),
        *phrases("yes please", "that's right", "that's it", "that's all", "that is all", "correct"),
        *phrases(
            "send it", "place the order", "confirm the order", "that's everything", "send order"
        ),
        *phrases("looks good", "yes that's right", "start over", "no cancel that", "cancel order"),
        *phrases("cancel that", "never mind", "undo", "undo that", "okay", "stop", "yes send it"),
    ),
    "<command>": (
        *phrases("bump <ticket>", weight=4),
        *phrases("recall <ticket>", "<ticket> is ready", weight=2),
        *phrases("<ticket> is up", "order up <ticket>", "bring back <ticket>", "bump it"),
        *phrases("recall the last one", "recall last order", "bump the last one", "undo bump"),
        *phrases("eighty six <one>", "eighty six the <one>", "eighty six <several>", weight=1.5),
        *phrases("we're out of <several>", "we are out of <one>", "out of <one>", "no more <one>"),
        *phrases("mark <one> unavailable", "mark the <one> sold out", "<one> is sold out"),
        *phrases("<one> is back", "un eighty six the <one>", weight=0.4),
        *phrases("rush <ticket>", "fire <ticket>", "start <ticket>", weight=1.5),
        *phrases("fire <course> on <ticket>", "hold <course> on <ticket>", "fire the <course>"),
        *phrases("fire <ticket> <course>", "hold <ticket>", "serve <ticket>", "hold it", "fire it"),
        *phrases("picked up <ticket>"),
        *phrases("what is all day", "what's all day", "all day", "how many <several> all day"),
        *phrases("what's all day on <one>", "all day count", "all day on <several>", weight=0.6),
    ),
    "<course>": phrases("mains", "starters", "desserts", "course two", "the second course"),
    "<ticket>": (
        *phrases("order <ticket_number>", "order number <ticket_number>", weight=2),
        *phrases("table <number>", "ticket <ticket_number>", "<ticket_number>", "number <number>"),
    ),
    "<digit>": phrases(*ONES[:10], "oh"),
    "<tens>": phrases(*(" ".join(number_words(number)) for number in range(10, 100))),
    "<ticket_number>": (
        *phrases("<number>", weight=4),
        *phrases("<digit> <digit>", "<digit> <digit> <digit>", "<digit> <tens>", weight=1.5),
        *phrases("<digit> <digit> <digit> <digit>", "<tens> <tens>", weight=0.6),
        *phrases("<digit> hundred <tens>", "<digit> hundred and <tens>", "<digit> hundred"),
    ),
    "<number>": (
        *phrases(*(" ".join(number_words(number)) for number in range(1, 31)), weight=4),
        *phrases(*(" ".join(number_words(number)) for number in range(31, 100))),
    ),
    "<name>": phrases(*_NAMES.split()),
}


@dataclass(frozen=True, slots=True)
class Dish:
    """One item of a menu, as far as a recogniser must know it.

    Attributes:
        names: its written name first, then what else it is called.
        modifiers: its modifiers as written: `"No onion"`, `"Add avocado"`, `"Medium rare"`.
    """

    names: tuple[str, ...]
    modifiers: tuple[str, ...] = ()


def order_vocabulary(dishes: Iterable[Dish], tables: Iterable[str] = ()) -> Vocabulary:
    """Build what can be said in a restaurant.

    Args:
        dishes: the live menu, what is sold out too: it is asked for, and it comes back.
        tables: labels of tables that have more than a number: `"Patio 1"`.

    Returns:
        Orders, corrections, answers and cook's commands around those dishes.
    """
    dishes = tuple(dishes)
    singular: dict[tuple[str, ...], float] = {}
    for dish in dishes:
        for place, name in enumerate(dish.names):
            _say_name(spoken_words(name), 1.0 if place == 0 else 0.8, singular)
    changes: dict[tuple[str, ...], float] = {}
    for dish in dishes:
        for modifier in dish.modifiers:
            for said, weight in _said_modifier(spoken_words(modifier)):
                changes[said] = changes.get(said, 0.0) + weight
    places = {spoken_words(label): 1.0 for label in tables if not label.strip().isdigit()}
    several = {plural(said): weight for said, weight in singular.items()}
    return Vocabulary(
        {
            **_FIXED,
            "<one>": _slot(singular, "special"),
            "<several>": _slot(several, "specials"),
            "<change>": _slot(changes, "plain"),
            "<place>": _slot(places, "the bar"),
        }
    )


def plural(words: tuple[str, ...]) -> tuple[str, ...]:
    """Say more than one of something: `("cup", "of", "soup")` is `("cups", "of", "soup")`."""
    if not words:
        return words
    head = next((at for at, word in enumerate(words) if at and word in ("of", "with")), len(words))
    return (*words[: head - 1], _plural_word(words[head - 1]), *words[head:])


def _plural_word(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return word if word.endswith("s") and not word.endswith("ss") else word + "es"
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    return word + "s"


def _say_name(name: tuple[str, ...], weight: float, into: dict[tuple[str, ...], float]) -> None:
    """Add a name, and more rarely the shorter ways that people say it."""
    if not name:
        return
    into[name] = into.get(name, 0.0) + weight
    for at in range(1, len(name)):
        for part in (name[:at], name[at:]):
            if not {part[0], part[-1]} & _JOINTS:
                into[part] = into.get(part, 0.0) + _SHORTENED * weight


def _said_modifier(modifier: tuple[str, ...]) -> list[tuple[tuple[str, ...], float]]:
    """Tell the ways to ask for a modifier: as written, and around what it adds or leaves out."""
    if not modifier:
        return []
    said = [(modifier, 2.0)]
    lead, thing = modifier[0], modifier[1:]
    if lead not in _LEAVES_OUT | _ADDS | _SWAPS or not thing:
        return said
    for words, often in ((thing, 1.0), (plural(thing), 0.3)):
        ways = _ways(lead)
        said += [((*way.split(), *words), often * weight) for way, weight in ways.items()]
        said += [((*words, "on", "the", "side"), 0.2 * often)]
    return said


def _ways(lead: str) -> Mapping[str, float]:
    """Tell the words before a thing that is left out, added or swapped, and how usual they are."""
    if lead in _LEAVES_OUT:
        return {"no": 2.0, "without": 0.7, "hold the": 0.5, "light": 0.2, "without the": 0.2}
    if lead in _ADDS:
        return {"extra": 1.0, "add": 1.0, "with": 1.0, "with extra": 0.5, "no": 0.3, "light": 0.2}
    return {"sub": 0.7, "with": 1.0, "with a": 0.5, "substitute": 0.3, "instead": 0.1}


def _slot(said: dict[tuple[str, ...], float], otherwise: str) -> tuple[Phrase, ...]:
    if not said:
        return phrases(otherwise)
    return tuple(Phrase(words, weight) for words, weight in said.items())

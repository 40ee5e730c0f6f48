"""The short form of the fuzzer over every place; `make fuzz` is the long one."""

from __future__ import annotations

from itertools import islice

from tests.hostile import places
from tests.hostile.corpus import ALL
from tests.hostile.mutations import hostile_texts


def test_the_corpus_does_no_harm_in_any_place() -> None:
    for text in ALL:
        assert places.findings([text] * places.TOGETHER) == []


def test_mixtures_do_no_harm_in_any_place() -> None:
    texts = hostile_texts(seed=11)
    for _ in range(150):
        assert places.findings(list(islice(texts, places.TOGETHER))) == []


def test_it_finds_what_it_looks_for() -> None:
    def careless(text: str) -> places.Seen:
        return places.Seen(text.replace("nuts", ""))

    found = places._tried("careless", lambda: careless("\x1b[2Jno nuts"), ("\x1b[2Jno nuts",))
    assert [line.split(" of ")[0] for line in found] == [
        "careless: shows ['\\x1b']",
        "careless: lost ['nuts']",
    ]
    crash = places._tried("crash", lambda: places.card(["too few"]), ("too few",))
    assert crash[0].startswith("crash: ValueError")

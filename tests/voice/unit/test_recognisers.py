"""Both engines on real clips, and what is made of two opinions.

The clips were spoken by flite's voices slt and rms (`flite -voice slt -t "two classic burgers, no
onion, for table five"`), with a quarter of a second of silence at either end.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from voice_tui.core.spoken_orders import Dish, order_vocabulary
from voice_tui.gateway.recognisers.agreement import same_order
from voice_tui.gateway.recognisers.both import BothRecogniser, compare
from voice_tui.gateway.recognisers.energy import somebody_spoke
from voice_tui.gateway.recognisers.moonshine_files import SHA256, check_files, moonshine_folder
from voice_tui.gateway.recognisers.noise import without_noise
from voice_tui.gateway.recognisers.pocketsphinx import PocketSphinxRecogniser
from voice_tui.gateway.recognisers.port import (
    MAX_SECONDS,
    SAMPLE_RATE,
    Abandoned,
    Recognised,
    RecogniserError,
    Samples,
)
from voice_tui.gateway.recognisers.recording import Recording
from voice_tui.gateway.recognisers.self_test import RecogniserSettings, choose_recogniser

VOCABULARY = order_vocabulary(
    [
        Dish(("Classic Burger", "hamburger"), ("No onion", "Add cheese")),
        Dish(("Caesar Salad",), ("Add chicken",)),
        Dish(("French Fries", "chips")),
        Dish(("Iced Tea",)),
    ]
)
ORDER = "two classic burgers no onion for table five"


def clip(name: str) -> Samples:
    with wave.open(str(Path(__file__).parent / "clips" / f"{name}.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


@pytest.fixture(scope="module")
def both() -> BothRecogniser:
    recogniser = BothRecogniser()
    recogniser.prepare(VOCABULARY)
    return recogniser


def test_an_engine_leaves_nothing_in_the_home_folder_and_tells_nobody(tmp_path: Path) -> None:
    program = (
        "from voice_tui.gateway.recognisers.moonshine_files import moonshine_folder as folder\n"
        "from voice_tui.gateway.recognisers.moonshine_model import MoonshineModel\n"
        "MoonshineModel(folder())\n"
    )
    clean = {"HOME": str(tmp_path), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    subprocess.run([sys.executable, "-c", program], env=clean, check=True, timeout=60)
    assert not list(tmp_path.rglob("*")), "telemetry keeps an id and a database there"


def test_an_order_is_heard_by_both_while_it_is_spoken(both: BothRecogniser) -> None:
    utterance, pcm = both.utterance(), clip("order")
    partials = [
        words
        for at in range(0, len(pcm), 320)
        if (words := utterance.feed(pcm[at : at + 320])) is not None
    ]
    heard = utterance.finish()
    assert heard.text == heard.by_engine["pocketsphinx"] == ORDER
    assert heard.agreed
    assert heard.confidence > 0.85
    assert heard.audio_seconds == pytest.approx(len(pcm) / SAMPLE_RATE)
    assert any("classic burgers" in words for words in partials)


def test_other_talk_is_heard_as_such(both: BothRecogniser) -> None:
    utterance = both.utterance()
    utterance.feed(clip("talk"))
    heard = utterance.finish()
    assert heard.text == "did you watch the game"
    assert not heard.agreed
    assert heard.confidence < 0.5


def test_the_same_clip_is_heard_the_same_after_others(both: BothRecogniser) -> None:
    for name in ("talk", "order", "order"):
        utterance = both.utterance()
        utterance.feed(clip(name))
        heard = utterance.finish()
    assert heard.text == ORDER


def test_a_clip_of_more_than_ten_seconds_is_decoded(both: BothRecogniser) -> None:
    utterance = both.utterance()
    for _ in range(3):
        utterance.feed(clip("order"))
    heard = utterance.finish()
    assert heard.audio_seconds > 10
    assert heard.by_engine["moonshine"].count("classic burger") == 3


def _hum(seconds: float) -> Samples:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (8000 * np.sin(2 * np.pi * 120 * time)).astype(np.int16)


def _hiss(seconds: float) -> Samples:
    noise = np.random.default_rng(1).normal(size=int(seconds * SAMPLE_RATE))
    return (300 * noise).astype(np.int16)


@pytest.mark.parametrize(
    "pcm",
    [np.zeros(0, np.int16), clip("order")[4000:4400], np.zeros(SAMPLE_RATE, np.int16),
     _hum(1), _hiss(1)],
    ids=["nothing", "25 ms", "silence", "hum", "hiss"],
)  # fmt: skip
def test_where_nobody_spoke_nothing_is_heard(both: BothRecogniser, pcm: Samples) -> None:
    utterance = both.utterance()
    utterance.feed(pcm)
    heard = utterance.finish()
    assert (heard.text, heard.confidence, heard.agreed) == ("", 0.0, False)
    assert not somebody_spoke(pcm)


def test_an_abandoned_utterance_ends_without_a_text(both: BothRecogniser) -> None:
    utterance = both.utterance()
    utterance.feed(clip("order"))
    utterance.abandon()
    with pytest.raises(Abandoned):
        utterance.finish()


def test_two_utterances_at_once_do_not_mix(both: BothRecogniser) -> None:
    one, other = both.utterance(), both.utterance()
    for at in range(0, SAMPLE_RATE * 5, 1600):
        one.feed(clip("order")[at : at + 1600])
        other.feed(clip("talk")[at : at + 1600])
    assert one.finish().text == ORDER
    assert other.finish().text == "did you watch the game"


def test_a_new_dish_is_heard_after_the_menu_changed() -> None:
    recogniser = PocketSphinxRecogniser()
    texts: list[str] = []
    for name in ("Margherita Pizza", "Classic Burger"):
        recogniser.prepare(order_vocabulary([Dish((name,), ("No onion",))]))
        utterance = recogniser.utterance()
        utterance.feed(clip("order"))
        texts.append(utterance.finish().text)
    assert "burgers" not in texts[0]
    assert texts[1] == ORDER


def test_a_recording_is_bounded() -> None:
    recording, second = Recording(), np.ones(SAMPLE_RATE, np.int16)
    for _ in range(int(MAX_SECONDS) + 5):
        recording.add(second)
    assert recording.seconds == MAX_SECONDS
    assert len(recording.add(second)) == 0


def test_noise_is_taken_out_and_length_kept() -> None:
    hiss, order = _hiss(3.0), clip("order")[: 3 * SAMPLE_RATE]
    noisy = (order + hiss).astype(np.int16)
    cleaned = without_noise(noisy)
    assert len(cleaned) == len(noisy)
    assert np.abs(cleaned[:2000]).mean() < 0.8 * np.abs(noisy[:2000]).mean()
    assert np.corrcoef(cleaned, order)[0, 1] > 0.95


@pytest.mark.parametrize(
    ("menu", "open_", "agree"),
    [
        ("two classic burgers", "two classic burgers", True),
        ("a caesar salad please", "the caesar salad", True),
        ("spaghetti bolognese", "spaghetti bolonese", True),
        ("two classic burgers", "ten classic burgers", False),
        ("two classic burgers no onion", "two classic burgers", False),
        ("four iced teas for table nineteen", "four iced teas for table ninety", False),
        ("bump order nine", "jump order nine", False),
        ("undo what spaghetti and glass nine", "did you watch the game last night", False),
        (
            "let's do five calamaris burger at table three",
            "let's do five calamaris over at table three",
            False,
        ),
        ("no", "no", True),
        ("a", "", False),
        ("", "", False),
    ],
)
def test_when_two_engines_agree(menu: str, open_: str, agree: bool) -> None:
    found = compare(
        Recognised(menu, 0.4, False, {"pocketsphinx": menu}),
        Recognised(open_, 0.9, False, {"moonshine": open_}),
        VOCABULARY.words(),
    )
    assert found.agreed == agree
    assert (found.confidence >= 0.85) == agree
    if menu and open_:
        assert same_order(menu, open_) == agree


@pytest.mark.parametrize(
    ("menu", "open_", "text"),
    [
        ("two classic burgers", "to classic burglars", "two classic burgers"),
        ("two classic burgers", "ten classic burgers", "two classic burgers"),
        ("bump table two fries", "no cheese table two fries", "no cheese table two fries"),
        ("undo what fries and tea nine", "did you watch the news", "did you watch the news"),
    ],
    ids=["misspelled", "alike", "known words", "unrelated"],
)
def test_which_of_two_texts_is_shown_when_they_differ(menu: str, open_: str, text: str) -> None:
    one, other = Recognised(menu, 0.4, False), Recognised(open_, 0.9, False)
    assert compare(one, other, VOCABULARY.words()).text == text


def test_the_self_test_takes_what_was_chosen() -> None:
    recogniser, notes = choose_recogniser(RecogniserSettings(), VOCABULARY)
    assert (recogniser.name, notes) == ("both", [])


def test_a_missing_model_gives_a_note_and_the_next_engine(tmp_path: Path) -> None:
    settings = RecogniserSettings(moonshine_model=tmp_path)
    recogniser, notes = choose_recogniser(settings, VOCABULARY)
    assert recogniser.name == "pocketsphinx"
    assert "moonshine-voice==0.1.0" in notes[0]
    assert notes[-1] == "using pocketsphinx instead"


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    for name in SHA256:
        shutil.copy(moonshine_folder() / name, tmp_path)
    check_files(tmp_path)
    changed = tmp_path / "tokenizer.bin"
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")
    with pytest.raises(RecogniserError, match=r"tokenizer\.bin is not the one"):
        check_files(tmp_path)


def test_the_installed_model_is_the_measured_one() -> None:
    found = hashlib.sha256((moonshine_folder() / "tokenizer.bin").read_bytes()).hexdigest()
    assert found == SHA256["tokenizer.bin"]


def test_whisper_without_a_model_says_what_it_needs() -> None:
    recogniser, notes = choose_recogniser(RecogniserSettings("whisper"), VOCABULARY)
    assert recogniser.name == "both"
    assert "path of a model folder" in notes[0]


def test_where_no_engine_works_the_error_names_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_name: str) -> None:
        return None

    monkeypatch.setattr(importlib.util, "find_spec", gone)
    with pytest.raises(RecogniserError, match=r"type the order.*PocketSphinx is not installed"):
        choose_recogniser(RecogniserSettings(), VOCABULARY)

"""How well the recognisers hear orders: spoken by Debian's synthesisers, in quiet and in a kitchen.

    python -m benchmarks.voice [--quick] [--orders N] [--seed N] [--engine NAME]

Each sentence is said by each voice that is installed, with noise and without. An order is right
when the cart made of what was heard equals the cart made of what was said.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, get_args

from benchmarks.figures import Aim, percentile, table
from benchmarks.voice_orders import OFF_MENU, Spoken, spoken_orders
from benchmarks.voice_run import Clip, EngineRun, run_engine
from benchmarks.voice_score import Score, Scorer
from benchmarks.voice_sound import PACKAGES, VOICES, Voice, in_kitchen, onset, say, write_wav
from kds_tui.hub.menu import load_menu
from voice_tui.core.menu import Menu, MenuItem, MenuModifier
from voice_tui.core.spoken_orders import Dish, order_vocabulary
from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.self_test import Engine, RecogniserSettings

CONDITIONS: Final[dict[str, float | None]] = {"quiet": None, "20 dB": 20.0, "10 dB": 10.0}
ENGINES: Final[tuple[Engine, ...]] = ("both", "pocketsphinx", "moonshine")
_QUICK_VOICES: Final = ("flite slt", "flite rms", "espeak en-us")

_COLUMNS: Final = (
    "engine", "voices", "noise", "clips", "WER %", "right %", "plain %", "accepted %",
    "wrong+acc. %", "off-menu acc.", "CPU ms", "final p50/p95 ms", "partial p50 ms",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print its tables.

    Returns:
        0 when it ran, whatever it measured; 1 when no voice or no engine is there.
    """
    options = _options(arguments)
    voices = [voice for voice in VOICES if voice.installed]
    if options.quick:
        voices = [voice for voice in voices if voice.name in _QUICK_VOICES]
    if not voices:
        print(f"no voices: apt-get install {PACKAGES}", file=sys.stderr)
        return 1
    menu, tables = _menu()
    sentences = spoken_orders(menu, 12 if options.quick else options.orders, options.seed)
    vocabulary = order_vocabulary(
        [
            Dish((item.name, *item.aliases), tuple(m.name for m in item.modifiers))
            for item in menu.items
        ],
        tables,
    )
    print(f"{len(sentences)} sentences, {len(voices)} voices: {', '.join(v.name for v in voices)}")
    with tempfile.TemporaryDirectory(prefix="voice-bench-") as folder:
        clips = _clips(sentences, voices, Path(folder))
        runs = [
            run
            for engine in ([options.engine] if options.engine else ENGINES)
            if (run := _run(RecogniserSettings(engine, options.whisper), vocabulary, clips))
        ]
    if not runs:
        return 1
    scorer = Scorer(menu, sentences)
    scored = {run.engine: scorer.score(run) for run in runs}
    print(table(_COLUMNS, [row for run in runs for row in _rows(run, scored[run.engine])]))
    for run in runs:
        print(
            f"{run.engine}: ready in {run.prepare_seconds:.1f} s, {run.resident_megabytes:.0f} MB"
        )
        for aim in _aims(scored[run.engine]):
            print(aim)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.voice", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="12 orders, 3 voices")
    parser.add_argument("--orders", type=int, default=40, help="orders drawn (40)")
    parser.add_argument("--seed", type=int, default=1, help="another one draws other orders")
    parser.add_argument("--engine", choices=get_args(Engine), help="this one alone")
    parser.add_argument("--whisper", type=Path, help="folder of a faster-whisper model")
    return parser.parse_args(arguments)


def _menu() -> tuple[Menu, list[str]]:
    kept = load_menu(None)
    items = tuple(
        MenuItem(
            item.id,
            item.name,
            tuple(item.aliases),
            tuple(MenuModifier(one.name, one.name, one.price) for one in item.modifiers),
            item.price,
        )
        for item in kept.items
    )
    return Menu(items), [one.label for one in kept.tables]


def _clips(sentences: Sequence[Spoken], voices: Sequence[Voice], folder: Path) -> list[Clip]:
    clips: list[Clip] = []
    for voice in voices:
        for place, sentence in enumerate(sentences):
            clean = say(voice, sentence.text, folder)
            starts = onset(clean)
            for condition, decibels in CONDITIONS.items():
                path = folder / f"{len(clips)}.wav"
                write_wav(path, in_kitchen(clean, decibels, place))
                clips.append(Clip(place, voice.name, voice.natural, condition, path, starts))
    return clips


def _run(
    settings: RecogniserSettings, vocabulary: Vocabulary, clips: Sequence[Clip]
) -> EngineRun | None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        run = process.submit(run_engine, settings, vocabulary, clips).result()
    if isinstance(run, EngineRun):
        return run
    print(f"left out: {run}", file=sys.stderr)
    return None


def _rows(run: EngineRun, scores: Sequence[Score]) -> Iterable[list[str]]:
    for natural in (True, False):
        for condition in CONDITIONS:
            here = [s for s in scores if (s.clip.natural, s.clip.condition) == (natural, condition)]
            if here:
                kind = "natural" if natural else "robotic"
                yield [run.engine, kind, condition, *_cells(here)]


def _cells(scores: Sequence[Score]) -> list[str]:
    orders = [score for score in scores if score.kind != OFF_MENU]
    plain = [score for score in orders if score.kind == "plain"]
    other = [score for score in scores if score.kind == OFF_MENU]
    final = [score.final_seconds * 1000 for score in scores]
    partial = [s.partial_seconds * 1000 for s in orders if s.partial_seconds is not None]
    wer = 100 * sum(s.errors for s in orders) / max(1, sum(s.words for s in orders))
    return [
        str(len(scores)),
        f"{wer:.1f}",
        f"{share(s.right for s in orders):.1f}",
        f"{share(s.right for s in plain):.1f}",
        f"{share(s.accepted for s in orders):.1f}",
        f"{share(s.accepted and not s.right for s in orders):.1f}",
        f"{sum(s.accepted for s in other)} of {len(other)}",
        f"{1000 * sum(s.cpu_seconds for s in scores) / len(scores):.0f}",
        f"{percentile(final, 50):.0f} / {percentile(final, 95):.0f}",
        f"{percentile(partial, 50):.0f}" if partial else "-",
    ]


def _aims(scores: Sequence[Score]) -> list[Aim]:
    """Compare with what the project set out for; on voices made of people's recordings."""
    natural = [score for score in scores if score.clip.natural] or list(scores)
    plain = [score for score in natural if score.kind == "plain"]
    quiet = [score for score in plain if score.clip.condition == "quiet"]
    noisy = [score for score in plain if score.clip.condition == "20 dB"]
    orders = [s for s in natural if s.kind != OFF_MENU and s.clip.condition != "10 dB"]
    other = [score for score in scores if score.kind == OFF_MENU]
    partial = [s.partial_seconds * 1000 for s in quiet if s.partial_seconds is not None]
    aims = [
        Aim("in-menu orders exactly right, quiet", share(s.right for s in quiet), 90, "%", True),
        Aim("in-menu orders exactly right, 20 dB", share(s.right for s in noisy), 78, "%", True),
        Aim("wrong and accepted unasked, quiet and 20 dB",
            share(s.accepted and not s.right for s in orders), 3.05, "%"),
        Aim("off-menu speech accepted", sum(s.accepted for s in other), 0.5, "clips"),
        Aim("release to final text, p50",
            percentile([s.final_seconds * 1000 for s in scores], 50), 600, "ms"),
    ]  # fmt: skip
    if partial:
        aims.append(
            Aim("first partial after speech starts, p50", percentile(partial, 50), 300, "ms")
        )
    return aims


def share(found: Iterable[bool]) -> float:
    """Tell how many of 100 are true."""
    all_of_them = list(found)
    return 100 * sum(all_of_them) / max(1, len(all_of_them))


if __name__ == "__main__":
    sys.exit(main())

"""Moonshine's encoder and decoder on onnxruntime, one step at a time, for several hypotheses.

The wheel's own library is not used: it has no way to bias it, keeps state between calls and starts
its own threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from voice_tui.gateway.recognisers.engine_import import import_engine
from voice_tui.gateway.recognisers.moonshine_files import read_pieces
from voice_tui.gateway.recognisers.port import RecogniserError, Samples

BEGIN_TOKEN, END_TOKEN = 1, 2

_LAYERS, _HEADS, _WIDTH = 6, 8, 36
"""Shape of the tiny model's caches, as its ONNX inputs declare them."""
_FULL_SCALE = np.float32(32768.0)

Floats = NDArray[np.float32]


class _Node(Protocol):
    name: str


class _Session(Protocol):
    """The part of onnxruntime's untyped session that is used here."""

    def run(self, outputs: None, feeds: Mapping[str, NDArray[np.generic]]) -> Sequence[Floats]: ...
    def get_outputs(self) -> Sequence[_Node]: ...


class _Options(Protocol):
    intra_op_num_threads: int
    inter_op_num_threads: int
    log_severity_level: int
    enable_cpu_mem_arena: bool


class _Runtime(Protocol):
    def SessionOptions(self) -> _Options: ...
    def InferenceSession(
        self, path: str, options: _Options, *, providers: Sequence[str]
    ) -> _Session: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """An encoded clip, and what the decoder remembers of each hypothesis.

    Attributes:
        hidden: the encoder's output, 1 x time x 288.
        samples: length of the clip; the decoder's mask is counted in them, and not in the
            encoder's steps, which shows only in clips of more than ten seconds.
        audio: the decoder's view of it, computed once.
        past: its view of the tokens so far, one row a hypothesis.
    """

    hidden: Floats
    samples: int
    audio: Mapping[str, Floats]
    past: Mapping[str, Floats]


class MoonshineModel:
    """The loaded model; safe to use from several threads.

    Args:
        folder: holds the three files.

    Raises:
        RecogniserError: onnxruntime is not installed, or cannot load them.
    """

    def __init__(self, folder: Path) -> None:
        try:
            runtime = cast(_Runtime, import_engine("onnxruntime"))
        except ImportError as error:
            raise RecogniserError(f"onnxruntime is not installed: {error}") from error
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Clips of every length leave 20 MB in the arena; without it nothing is slower (measured).
        options.enable_cpu_mem_arena = False
        try:
            self._encoder, self._decoder = (
                runtime.InferenceSession(
                    str(folder / name), options, providers=["CPUExecutionProvider"]
                )
                for name in ("encoder_model.ort", "decoder_model_merged.ort")
            )
            pieces = read_pieces(folder / "tokenizer.bin")
        except Exception as error:
            raise RecogniserError(f"Moonshine's model does not load: {error}") from error
        self._outputs = [node.name for node in self._decoder.get_outputs()]
        self.pieces: list[str] = [_readable(piece) for piece in pieces]

    def encode(self, pcm: Samples) -> Heard:
        """Listen to a whole clip of 50 ms or more.

        Raises:
            RecogniserError: the runtime failed.
        """
        sound = (pcm.astype(np.float32) / _FULL_SCALE)[np.newaxis]
        mask = np.ones(sound.shape, np.int64)
        hidden = _run(self._encoder, {"input_values": sound, "attention_mask": mask})[0]
        return Heard(hidden, len(pcm), {}, {})

    def step(
        self, heard: Heard, tokens: Sequence[int], rows: Sequence[int]
    ) -> tuple[Floats, Heard]:
        """Tell what may come next.

        Args:
            heard: as the last step left it.
            tokens: the last token of each hypothesis.
            rows: which hypothesis of the last step each of them goes on from.

        Returns:
            The log probability of each token for each hypothesis, and what to step on from.

        Raises:
            RecogniserError: the runtime failed.
        """
        count = len(tokens)
        _, time, width = heard.hidden.shape
        first = not heard.past
        empty = np.zeros((count, _HEADS, 0, _WIDTH), np.float32)
        past = {name: rows_of[list(rows)] for name, rows_of in heard.past.items()}
        feeds: dict[str, NDArray[np.generic]] = {
            "input_ids": np.array(tokens, np.int64)[:, np.newaxis],
            "encoder_hidden_states": np.broadcast_to(heard.hidden, (count, time, width)),
            "encoder_attention_mask": np.ones((count, heard.samples), np.int64),
            "use_cache_branch": np.array([not first]),
        }
        for layer in range(_LAYERS):
            for kind in ("key", "value"):
                own, seen = f"{layer}.decoder.{kind}", f"{layer}.encoder.{kind}"
                feeds[f"past_key_values.{own}"] = empty if first else past[own]
                feeds[f"past_key_values.{seen}"] = (
                    empty if first else np.repeat(heard.audio[seen], count, axis=0)
                )
        logits, *present = _run(self._decoder, feeds)
        named = {
            name.removeprefix("present."): value
            for name, value in zip(self._outputs[1:], present, strict=True)
        }
        audio = {n: v[:1] for n, v in named.items() if ".encoder." in n} if first else heard.audio
        after = {name: value for name, value in named.items() if ".decoder." in name}
        return _log_softmax(logits[:, -1]), Heard(heard.hidden, heard.samples, audio, after)


def _run(session: _Session, feeds: Mapping[str, NDArray[np.generic]]) -> Sequence[Floats]:
    try:
        return session.run(None, feeds)
    except Exception as error:
        raise RecogniserError(f"Moonshine failed: {error}") from error


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _readable(piece: bytes) -> str:
    text = piece.decode("utf-8", "replace")
    return "" if text.startswith("<") and text.endswith(">") else text.replace("▁", " ")

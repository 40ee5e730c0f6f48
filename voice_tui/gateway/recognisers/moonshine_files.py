"""Where the `moonshine-voice` wheel keeps its model, and whether it is the measured one."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path

from voice_tui.gateway.recognisers.port import RecogniserError

SHA256: Mapping[str, str] = {
    "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""The English tiny model of moonshine-voice 0.1.0; later wheels fetch theirs from the network."""

_INSTALL = "pip install 'moonshine-voice==0.1.0'"


def moonshine_folder() -> Path:
    """Find the model without importing the package, which would load its own runtime.

    Raises:
        RecogniserError: the package is not installed.
    """
    spec = importlib.util.find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        raise RecogniserError(f"Moonshine is not installed: {_INSTALL}")
    return Path(spec.origin).parent / "assets" / "tiny-en"


def check_files(folder: Path) -> None:
    """Compare the model's files with those that were measured; 44 MB take 0.1 s.

    Args:
        folder: where they are.

    Raises:
        RecogniserError: one is missing or another one.
    """
    for name, expected in SHA256.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise RecogniserError(
                f"Moonshine's {name} cannot be read ({error.strerror}): {_INSTALL} "
                "(0.1.1 and later hold no model)"
            ) from error
        if found != expected:
            raise RecogniserError(f"Moonshine's {name} is not the one of 0.1.0: {_INSTALL}")


def read_pieces(path: Path) -> list[bytes]:
    """Read the tokenizer's pieces: each is its length, of one byte or two, and its text."""
    packed = path.read_bytes()
    pieces: list[bytes] = []
    at = 0
    while at < len(packed):
        length = packed[at]
        at += 1
        if length >= 128:
            length = length - 128 + 128 * packed[at]
            at += 1
        pieces.append(packed[at : at + length])
        at += length
    return pieces

"""One file with everything that support asks for, and with nothing that is nobody's business.

diagnosis.txt    what is the matter, and every figure beside its limit
status.json      the same figures for programs, a display each
settings.txt     every setting, its value and where it comes from; no secret is among them
versions.txt     program, Python, system, libraries
log.jsonl        the end of the log, without secrets and without what guests said
metrics.prom     the figures in the words of Prometheus
"""

from __future__ import annotations

import io
import platform
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

from kds_tui import __version__
from kds_tui.core.diagnosis import diagnose
from kds_tui.core.diagnosis_text import diagnosis_lines, headline, table_lines
from kds_tui.core.display_status import DisplayStatus, Seen
from kds_tui.core.readings import read_status
from kds_tui.services.log_tail import log_tail
from voice_tui.private_files import store_private
from voice_tui.redaction import redact

PACKAGES: Final = (
    "aiohttp", "aiortc", "cryptography", "moonshine-voice", "msgspec", "numpy", "onnxruntime",
    "pocketsphinx", "prometheus-client", "pydantic", "pydantic-settings", "rich", "sounddevice",
    "textual", "websockets",
)  # fmt: skip
"""Libraries whose versions tell something."""


@dataclass(frozen=True, slots=True)
class BundleContents:
    """What goes into a bundle."""

    displays: Sequence[tuple[DisplayStatus, Seen]]
    settings: str
    """As `kds-tui config show` prints them."""

    log: Path
    findings: Sequence[str] = ()
    """Lines of the doctor."""

    names: Iterable[str] = ()
    """Of guests, to be hidden."""

    personal: bool = False
    """Leave in what guests and cooks said: names, notes, spoken words."""


def bundle_name(moment: datetime) -> str:
    """Name a bundle.

    Args:
        moment: when it is made.

    Returns:
        The name of a file.
    """
    return f"kds-tui-support-{moment:%Y%m%d-%H%M%S}.zip"


def write_bundle(path: Path, contents: BundleContents) -> None:
    """Write a bundle, for its owner only; whole or not at all.

    Args:
        path: of the file.
        contents: what goes into it.

    Raises:
        OSError: it cannot be written.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in _files(contents):
            bundle.writestr(name, text)
    store_private(path, made.getvalue())


def _files(contents: BundleContents) -> Iterable[tuple[str, str]]:
    lines = list(contents.findings)
    for status, seen in contents.displays:
        lines += ["", headline(status, seen), *diagnosis_lines(diagnose(status, seen))]
        lines += table_lines(read_status(status))
    yield "diagnosis.txt", redact("\n".join(lines).strip()) + "\n"
    statuses = msgspec.json.encode([status for status, _ in contents.displays])
    yield "status.json", redact(msgspec.json.format(statuses, indent=2).decode()) + "\n"
    yield "settings.txt", redact(contents.settings) + "\n"
    yield "versions.txt", "\n".join(_versions()) + "\n"
    yield "log.jsonl", log_tail(contents.log, names=contents.names, personal=contents.personal)
    yield "metrics.prom", _metrics(contents.displays)


def _versions() -> Iterable[str]:
    yield f"kds-tui {__version__}"
    yield f"python {sys.version.split()[0]} ({platform.python_implementation()})"
    yield f"system {platform.system()} {platform.release()} {platform.machine()}"
    for name in PACKAGES:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} is not installed"


def _metrics(displays: Sequence[tuple[DisplayStatus, Seen]]) -> str:
    # Imported late: a tenth of a second that a display has no other use for.
    from kds_tui.services.display_metrics import render_metrics

    return "".join(render_metrics(status).decode() for status, _ in displays)

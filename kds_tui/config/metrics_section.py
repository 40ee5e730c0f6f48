"""The `[metrics]` section: what a display tells Prometheus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from kds_tui.config.sections import Section


def _textfile(text: str) -> str:
    if text and not text.endswith(".prom"):
        raise ValueError("should end in .prom: node_exporter reads no other file")
    return str(Path(text).expanduser()) if text else ""


class MetricsSettings(Section):
    """Figures of this display for Prometheus, as a file, on a port, or both; without either, none.
    The hub has its own: GET /metrics. docs/prometheus.md names every figure."""

    file: Annotated[str, AfterValidator(_textfile)] = ""
    """File to write every 5 seconds, ending in .prom, in the folder of node_exporter's textfile
    collector; a file of its own for each display. Empty: no file."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """Port of this machine at which http://127.0.0.1:PORT/metrics answers; other machines cannot
    reach it. 0: none."""

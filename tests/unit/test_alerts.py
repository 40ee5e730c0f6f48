"""The alert rules: they can be read, and every figure that they name is really told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from kds_tui.hub.metrics import HubFigures, render_hub_metrics
from kds_tui.hub.tally import HubTally
from kds_tui.process_figures import ProcessFigures
from kds_tui.services.display_metrics import render_metrics
from tests.unit.display_facts import WELL_STATUS

DOCS = Path(__file__).parents[2] / "docs"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DOCS / "prometheus" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]

FUNCTIONS = {"deriv", "rate", "increase", "time", "histogram_quantile", "or", "for"}
PROMETHEUS_OWN = {"up"}
"""What it tells of each target by itself."""

HUB = HubFigures(
    tally=HubTally(),
    held=ProcessFigures(1, 1, 1, 1, 1, 1),
    attempted=3,
    admitted=2,
    cut=0,
    connections=2,
    clients=2,
    queued=0,
    deepest=0,
    pending=0,
    open_orders=7,
    bad_frames=0,
    requests_refused=0,
)


def told(text: bytes) -> set[str]:
    """The names of all samples, and that the text is Prometheus's."""
    families = text_string_to_metric_families(text.decode())
    return {sample.name for family in families for sample in family.samples}


NAMES = told(render_metrics(WELL_STATUS)) | told(render_hub_metrics(HUB))


def names_in(expression: str) -> set[str]:
    bare = re.sub(r'\{[^}]*\}|\[[^]]*\]|"[^"]*"', "", expression)
    return set(re.findall(r"[a-z_][a-z0-9_]*", bare)) - FUNCTIONS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_figure_of_a_rule_is_told(rule: dict[str, Any]) -> None:
    assert names_in(rule["expr"])
    assert names_in(rule["expr"]) <= NAMES | PROMETHEUS_OWN
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["do"]


def test_the_queries_of_the_quick_reference_are_there_as_written() -> None:
    expressions = {rule["expr"] for rule in RULES}
    assert {
        "(websocket_connections_successful / websocket_connections_attempted) < 0.95",
        "(voice_orders_completed / voice_orders_started) < 0.90",
        "rate(voice_state_timeouts[5m]) > 0.1",
    } <= expressions
    (memory, _) = [one for one in sorted(expressions) if "process_resident_memory" in one]
    assert memory.endswith("* 3600 > 10000000")


def test_a_display_whose_clock_is_wrong_does_not_stand_still() -> None:
    (rule,) = (rule for rule in RULES if rule["alert"] == "KdsDisplaySilent")
    body, limit = rule["expr"].split(" > ")
    known, unknown = re.fullmatch(r"time\(\) - \((.*) or (.*)\)", body).groups()
    an_hour_behind = {"kds_status_time_seconds": 6400.0, "kds_clock_skew_seconds": -3600.0}
    assert 10_000 - eval(known, {}, an_hour_behind) < float(limit)
    assert unknown == "kds_status_time_seconds"


def test_every_job_of_a_rule_is_one_of_the_page() -> None:
    jobs = set(re.findall(r"job_name: (\S+)", (DOCS / "prometheus.md").read_text()))
    named = {job for rule in RULES for job in re.findall(r'job="([^"]*)"', rule["expr"])}
    assert named == {"kds-hub", "kds-display"}
    assert named <= jobs


@pytest.mark.parametrize(
    "name",
    [
        "websocket_connections_attempted",
        "websocket_connections_successful",
        "voice_orders_started",
        "voice_orders_completed",
        "voice_state_timeouts",
        "process_resident_memory_bytes",
    ],
)
def test_the_names_of_the_quick_reference_have_nothing_appended(name: str) -> None:
    assert name in told(render_metrics(WELL_STATUS))
    assert f"{name}_total" not in NAMES


def test_the_page_names_every_figure_and_no_other() -> None:
    page = (DOCS / "prometheus.md").read_text()
    written = set(re.findall(r"`((?:kds|voice|websocket|process)_[a-z_]+)[`{]", page)) - {
        "process_"
    }
    ours = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in NAMES}
    assert {name for name in ours if not name.startswith("process_")} <= written
    assert written <= ours


def test_two_displays_in_one_folder_of_node_exporter_do_not_clash() -> None:
    for line in render_metrics(WELL_STATUS).decode().splitlines():
        assert line.startswith("#") or 'station="grill"' in line

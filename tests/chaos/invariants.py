"""What must hold in the end, with the hub's database as the witness."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from kds_tui.core.command import WALKS, Verb
from kds_tui.core.order import FINISHED, Order, OrderStatus, steps_between
from kds_tui.core.wire import decode_order
from tests.chaos.cook import content_of
from tests.chaos.evidence import Evidence, Told

MOST_TOLD: Final = 20
"""Violations of a kind that are written out."""


WALKED: Final = frozenset({Verb.START, Verb.PICK_UP, Verb.SERVE})
"""What is carried out status by status, on a hub too."""


@dataclass(frozen=True)
class StoredAnswer:
    """A row of the hub's table of answers."""

    place: int
    """In the order in which they were given."""

    key: str
    status: int
    body: Mapping[str, Any]


@dataclass
class Witness:
    """What the hub's database says."""

    orders: list[Order]
    rows: list[Mapping[str, Any]]
    answers: list[StoredAnswer]

    @classmethod
    def read(cls, data: Path) -> Witness:
        """Read the database, which a hub may have open."""
        with closing(sqlite3.connect(f"file:{data / 'hub.db'}?mode=ro", uri=True)) as database:
            rows = [row for (row,) in database.execute("SELECT row FROM orders")]
            answers = database.execute("SELECT rowid, key, status, body FROM answers")
            return cls(
                [decode_order(row) for row in rows],
                [msgspec.json.decode(row) for row in rows],
                [
                    StoredAnswer(place, key, status, msgspec.json.decode(body))
                    for place, key, status, body in answers
                ],
            )

    def of_command(self) -> dict[str, list[StoredAnswer]]:
        """Give the answers by command: its id is the key, or the key's beginning."""
        found: dict[str, list[StoredAnswer]] = defaultdict(list)
        for answer in self.answers:
            found[answer.key.partition(":")[0]].append(answer)
        return found

    def lives(self) -> dict[str, dict[int, str]]:
        """Give each order's statuses by its versions, as the answers tell them."""
        found: dict[str, dict[int, str]] = defaultdict(dict)
        for answer in self.answers:
            if answer.status < 300 and "status" in answer.body:
                found[answer.body["id"]][answer.body["version"]] = answer.body["status"]
        return found


@dataclass
class Verdict:
    """What was found."""

    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    """Everything else that must not be."""

    excused: int = 0
    """Lost with the power, and the cook had been told that the disk takes nothing."""

    @property
    def fine(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.doubled or self.wrong)


def judge(evidence: Evidence, witness: Witness, verdict: Verdict) -> None:
    """Hold what the terminals said against the hub's database.

    Args:
        evidence: all commands of the run.
        witness: read after everything was delivered.
        verdict: takes what is found.
    """
    answers, lives = witness.of_command(), witness.lives()
    for told in evidence.commands.values():
        of_it = answers.get(told.id, [])
        _judge_end(told, verdict)
        if told.verb in WALKED:
            _judge_walk(told, of_it, lives[told.lane], verdict)
        else:
            _judge_command(told, of_it, verdict)
    for verb, count in evidence.kept.items():
        verdict.wrong.append(f"{verb}: kept on the terminal {count} times; the hub can do it")
    _judge_sequence(evidence, answers, verdict)
    _judge_versions(witness, verdict)


def _judge_end(told: Told, verdict: Verdict) -> None:
    if told.taken and not told.outcome:
        if told.excused:
            verdict.excused += 1
        else:
            verdict.lost.append(f"{_about(told)}: taken, and never ended")


def _judge_walk(
    told: Told, answers: Sequence[StoredAnswer], life: Mapping[int, str], verdict: Verdict
) -> None:
    """Each step has an answer of its own, and none where somebody else had made it; that none was
    made twice is told by the versions. A step whose answer was lost may have been undone by another
    before it is asked for again: then it is told as declined, which is the truth by then."""
    target = WALKS[Verb(told.verb)]
    beyond = {status for status in OrderStatus if steps_between(target, status)}
    there = {target, *beyond} - {OrderStatus.CANCELLED}
    if told.outcome == "done" and not there & set(life.values()):
        verdict.lost.append(f"{_about(told)}: told as done, and the order never was {target}")
    arrived = [
        answer.body["version"]
        for answer in answers
        if answer.status < 300 and answer.key.partition(":")[2] == target
    ]
    left = [version for version, status in life.items() if status not in there]
    if told.outcome == "declined" and arrived and max(left, default=0) < arrived[0]:
        verdict.wrong.append(f"{_about(told)}: told as declined ({told.reason}), and was done")


def _judge_command(told: Told, answers: Sequence[StoredAnswer], verdict: Verdict) -> None:
    about = _about(told)
    if len(answers) > 1:
        verdict.doubled.append(f"{about}: answered under {[answer.key for answer in answers]}")
    done = any(answer.status < 300 for answer in answers)
    if told.outcome == "done" and not done:
        verdict.lost.append(f"{about}: told as done, and the hub did not do it")
    if told.outcome == "declined" and done:
        verdict.wrong.append(f"{about}: told as declined ({told.reason}), and the hub did it")
    elif told.outcome == "declined" and not answers:
        verdict.lost.append(f"{about}: told as declined ({told.reason}), and the hub never did so")


def _about(told: Told) -> str:
    return f"{told.verb} {told.id} of terminal {told.terminal}"


def _judge_sequence(
    evidence: Evidence, answers: Mapping[str, Sequence[StoredAnswer]], verdict: Verdict
) -> None:
    """Commands of one terminal for one ticket were carried out in the order given."""
    last: dict[tuple[int, str], int] = {}
    for told in evidence.commands.values():  # in the order given
        for answer in answers.get(told.id, []):
            lane = (told.terminal, told.lane)
            if answer.place < last.get(lane, 0):
                verdict.wrong.append(f"{told.verb} {told.id}: carried out out of turn")
            last[lane] = answer.place


def _judge_versions(witness: Witness, verdict: Verdict) -> None:
    """Every version of an order has an answer that made it, and each new order one."""
    made: dict[str, set[int]] = defaultdict(set)
    for answer in witness.answers:
        if answer.status < 300 and isinstance(answer.body.get("version"), int):
            made[answer.body["id"]].add(answer.body["version"])
    for row in witness.rows:
        missing = set(range(1, row["version"] + 1)) - made[row["id"]]
        if missing:
            verdict.doubled.append(
                f"order {row['order_number']}: nobody asked for its versions {sorted(missing)}"
            )
    keys = Counter(row["metadata"].get("voice_key") for row in witness.rows)
    for key, count in keys.items():
        if key is not None and count > 1:
            verdict.doubled.append(f"voice order {key}: placed {count} times")


def differences(boards: Mapping[str, Mapping[str, str]], witness: Witness) -> list[str]:
    """Compare boards with the hub, order by order and field by field.

    Args:
        boards: of each terminal, as `content_of` gives them.
        witness: the hub.

    Returns:
        A line for each terminal that differs.
    """
    kept = content_of(order for order in witness.orders if order.status not in FINISHED)
    found: list[str] = []
    for name, board in boards.items():
        if board != kept:
            orders = {key for key in board | kept if board.get(key) != kept.get(key)}
            found.append(f"{name}: differs from the hub in {sorted(orders)[:5]}")
    return found

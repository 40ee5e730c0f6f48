"""What is promised, and which tests and runs prove it: the rows of docs/reliability.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Promise:
    """One row."""

    words: str
    tests: tuple[str, ...] = ()
    """Node ids of pytest: a file, or one test of it."""

    command: str = ""
    """A run that takes longer than a test."""

    report: str = ""
    """The file in docs/figures in which that run leaves its figures, without `.json`."""

    figure: Callable[[dict[str, Any]], str] = str
    """Makes words of that file."""


def _chaos(told: dict[str, Any]) -> str:
    whole = told["summary"]
    return (
        f"seeds {whole['seeds']}: {whole['commands given']} commands, lost {whole['lost']},"
        f" done twice {whole['done twice']}, {sum(whole['faults_by_kind'].values())} faults"
    )


def _converged(told: dict[str, Any]) -> str:
    return told["summary"]["boards equal after the faults stopped"]


def _grown(told: dict[str, Any]) -> str:
    whole = told["summary"]
    return (
        f"descriptors {whole['descriptors, least and most when calm']}; tasks"
        f" {whole['tasks, least and most when calm']}; memory"
        f" {whole['memory grown in one life of a terminal, most']} at most"
    )


def _soak(told: dict[str, Any]) -> str:
    memory = "; ".join(
        f"{who} {slope} (+-{error}{'' if verdict in ('ok', 'GROWS') else f'; {verdict}'})"
        for who, what, slope, error, verdict in told["rows"]
        if what == "RSS"
    )
    counts = [verdict for _, what, _, _, verdict in told["rows"] if what != "RSS"]
    others = "nothing else grows" if set(counts) == {"ok"} else "SOMETHING ELSE GROWS"
    verdict = "" if told["passed"] else "NOT MET in "
    failed = told["done"].get("voice turns that failed", 0)
    spoken = f"{failed} of {told['done'].get('voice turns', 0) + failed} spoken orders failed"
    return f"{verdict}{told['minutes']:g} minutes: {memory}; {others}; {spoken}"


def _fuzz(told: dict[str, Any]) -> str:
    return "; ".join(told["lines"])


def _times(*starts: str) -> Callable[[dict[str, Any]], str]:
    """Make words of the times whose names begin like these."""

    def figure(told: dict[str, Any]) -> str:
        return "; ".join(
            f"{name}: p50 {seconds['p50']:.2f} s, slowest of {told['runs']} {seconds['max']:.2f} s"
            for name, seconds in told["seconds"].items()
            if name.startswith(starts)
        )

    return figure


CHAOS: Final = "make chaos SEEDS=10"

SECTIONS: Final[Sequence[tuple[str, Sequence[Promise]]]] = (
    (
        "Nothing that a cook did is lost",
        (
            Promise(
                "A bump is on the disk before it is shown and before it is sent, in the order given"
                " for each ticket, and is gone when it is answered",
                ("tests/service/test_journal.py", "tests/service/test_terminal.py"),
            ),
            Promise(
                "kill -9 at any moment after a key press: the next start has the bump and sends it,"
                " once",
                ("tests/service/test_power_cut.py", "tests/e2e/test_display_power_cut.py"),
            ),
            Promise(
                "A bump that can still be taken back is taken back or sent: never both, and never"
                " lost, whenever the power is cut",
                ("tests/service/test_undo_window.py", "tests/ui/test_undo.py"),
            ),
            Promise(
                "A full, broken or read-only disk: bumps go on from memory under a red line, and"
                " are written when there is room",
                ("tests/service/test_journal_faults.py", "tests/ui/test_durability_words.py"),
            ),
            Promise(
                "Started with the network down, the last known board is there within 1.5 s, with"
                " its age",
                ("tests/service/test_board_cache.py", "tests/e2e/test_display_power_cut.py"),
                "python -m benchmarks.times",
                "times",
                _times("launch"),
            ),
            Promise(
                "Two people want different things: one table decides, and the cook is told in a"
                " sentence",
                (
                    "tests/unit/test_conflicts.py",
                    "tests/unit/test_conflict_words.py",
                    "tests/service/test_hub_commands.py",
                ),
            ),
            Promise(
                "Any schedule of presses, lost, doubled and late requests, restarts and restored"
                " disks: every command has exactly one effect",
                ("tests/unit/test_machine.py",),
            ),
            Promise(
                "The same with real processes, sockets and disks, and everything breaking",
                ("tests/chaos/test_short_run.py",),
                CHAOS,
                "chaos",
                _chaos,
            ),
        ),
    ),
    (
        "What the screen shows is what the server has",
        (
            Promise(
                "Missed events are replayed; a gap is found and never papered over",
                (
                    "tests/unit/test_sync.py",
                    "tests/service/test_hub_resume.py",
                    "tests/service/test_paged_snapshot.py",
                ),
            ),
            Promise(
                "At every heartbeat display and hub compare a digest of the open orders; a board"
                " that differs is listed anew",
                ("tests/service/test_board_proof.py", "tests/unit/test_digest.py"),
            ),
            Promise(
                "Every display's board equals the hub's within 2 s after the faults end",
                (),
                CHAOS,
                "chaos",
                _converged,
            ),
            Promise(
                "Ages are right whatever this machine's clock says",
                ("tests/unit/test_clock.py", "tests/e2e/test_wall_clock.py"),
            ),
        ),
    ),
    (
        "Nothing grows",
        (
            Promise(
                "Under load memory grows by less than 1 MB an hour; files, tasks, threads and"
                " timers not at all",
                ("tests/ui/test_leaks.py", "tests/service/test_websocket_leaks.py"),
                "make soak MINUTES=125",
                "soak",
                _soak,
            ),
            Promise("Nor when everything breaks", (), CHAOS, "chaos", _grown),
        ),
    ),
    (
        "Nobody takes it over",
        (
            Promise(
                "No text from outside reaches the terminal as anything but text, and no word of an"
                " allergy is lost",
                (
                    "tests/e2e/test_hostile_terminal.py",
                    "tests/ui/test_hostile_text.py",
                    "tests/unit/test_text.py",
                    "tests/unit/test_ways_out.py",
                ),
                "make fuzz",
                "fuzz",
                _fuzz,
            ),
            Promise(
                "A bad frame is counted and skipped, and the connection stays",
                (
                    "tests/unit/test_bad_frames.py",
                    "tests/service/test_bad_frames.py",
                    "tests/service/test_hub_websocket_fuzz.py",
                ),
            ),
            Promise(
                "Every route of the hub needs a token unless written down; a restaurant's token"
                " shows another's orders never",
                ("tests/service/test_hub_doors.py", "tests/service/test_hub_access.py"),
            ),
            Promise(
                "The hub answers as its OpenAPI description says, and never with 500",
                ("tests/service/test_hub_openapi.py",),
            ),
            Promise(
                "Tokens are listed and can be revoked at once; PIN attempts are limited in bounded"
                " memory",
                ("tests/service/test_hub_tokens.py", "tests/unit/test_hub_limiter.py"),
            ),
            Promise(
                "A terminal that was enrolled sends no byte of its token to an impostor",
                (
                    "tests/service/test_pinning.py",
                    "tests/service/test_enrol.py",
                    "tests/service/test_hub_tls.py",
                ),
            ),
            Promise(
                "No secret in a URL, log, traceback, process list or picture",
                (
                    "tests/e2e/test_secrets.py",
                    "tests/service/test_secret_leaks.py",
                    "tests/ui/test_secrets_in_pictures.py",
                ),
            ),
        ),
    ),
    (
        "It ends and starts cleanly",
        (
            Promise(
                "Signals, a closed terminal, crashes: the terminal is given back, the exit code"
                " tells, the log has it",
                ("tests/e2e/test_terminal_ending.py", "tests/e2e/test_display_ending.py"),
                "python -m benchmarks.times",
                "times",
                _times("SIGTERM"),
            ),
            Promise(
                "A terminal that stands still stops nothing: link and board go on, and the"
                " screen is drawn anew when it is back",
                ("tests/e2e/test_terminal_stall.py",),
            ),
            Promise(
                "Hub and gateway end in time whatever hangs, and tell systemd how they are",
                (
                    "tests/e2e/test_hub_ending.py",
                    "tests/e2e/test_server_ending.py",
                    "tests/unit/test_service_manager.py",
                    "tests/unit/test_systemd_units.py",
                ),
            ),
        ),
    ),
)

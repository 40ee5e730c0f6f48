"""Known vulnerabilities in the pinned dependencies: `make audit`.

pip-audit calls a package that its service does not answer for "skipped", and ends with 0: a machine
that reaches no service looks as clean as one that found nothing. Here it is said. The exit code is
1 for a known vulnerability only, so that a machine without the service can still be trusted with
the other gates.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

SERVICES = ("pypi", "osv")
DEADLINE_S = 300


def ask(tool: str, pins: str, service: str) -> list[dict]:
    """Ask a service about every pin.

    Returns:
        What it says of each; empty when it cannot be asked.
    """
    options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "15")
    command = [tool, "-r", pins, "-s", service, "--format", "json", *options]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )
        return json.loads(done.stdout)["dependencies"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return []


def audit(tool: str, pins: str) -> int:
    """Ask the first service that answers, and tell what it says.

    Returns:
        1 when a pin has a known vulnerability.
    """
    told: list[dict] = []
    for service in SERVICES:
        told = ask(tool, pins, service)
        answered = [each for each in told if "skip_reason" not in each]
        if answered:
            break
    else:
        print("NOT AUDITED: no vulnerability service can be reached from here. Not a clean result.")
        return 0
    for each in answered:
        for found in each.get("vulns", []):
            fixed = ", ".join(found.get("fix_versions", [])) or "none yet"
            print(f"{each['name']} {each['version']}: {found['id']}, fixed in {fixed}")
    missed = [each["name"] for each in told if "skip_reason" in each]
    if missed:
        print(f"NOT AUDITED, the service does not know them: {', '.join(missed)}")
    bad = [each["name"] for each in answered if each.get("vulns")]
    today = datetime.now(UTC).date()
    print(
        f"{today}: {len(answered)} of {len(told)} pins audited ({service}), {len(bad)} vulnerable"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1], sys.argv[2]))

"""The benchmarks are run by hand and seldom: at the least they still load."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import benchmarks


def test_every_benchmark_loads() -> None:
    names = [f"benchmarks.{module.name}" for module in pkgutil.iter_modules(benchmarks.__path__)]
    assert "benchmarks.hub" in names
    loading = f"import {', '.join(names)}"
    subprocess.run([sys.executable, "-c", loading], check=True, timeout=120)

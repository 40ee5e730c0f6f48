"""The demo: a busy kitchen on this machine, with nothing simulated but the people.

A real hub on a free loopback port, a point of sale that places orders over the hub's public REST
API, and the real display over a real websocket.
"""

from __future__ import annotations

from kds_tui.demo.run import run_demo

__all__ = ["run_demo"]

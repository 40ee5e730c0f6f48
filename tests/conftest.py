"""What all rings of tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes says more about what else this machine does than about the code; a code
# path that hangs is ended by pytest-timeout.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

"""Settings: the models, where each value came from, and what is wrong with them.

Services import their section from `kds_tui.config.sections`: the root model holds the hub's section
too, and the services share nothing with the hub.
"""

from __future__ import annotations

from kds_tui.config.errors import ConfigError, Problem
from kds_tui.config.loading import Loaded, load, load_file, search_path
from kds_tui.config.sections import (
    DisplaySettings,
    JournalSettings,
    LinkSettings,
    LogSettings,
    ServerSettings,
    UrgencySettings,
)
from kds_tui.config.settings import Settings

__all__ = [
    "ConfigError",
    "DisplaySettings",
    "JournalSettings",
    "LinkSettings",
    "Loaded",
    "LogSettings",
    "Problem",
    "ServerSettings",
    "Settings",
    "UrgencySettings",
    "load",
    "load_file",
    "search_path",
]

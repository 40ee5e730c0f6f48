"""The gateway as it comes along: an offline recogniser, and an understanding by the live menu."""

from __future__ import annotations

from pathlib import Path

from voice_tui.gateway.access import Authorise
from voice_tui.gateway.kitchen import MenuSource
from voice_tui.gateway.order_taker import OrderTaker
from voice_tui.gateway.recognisers.chosen import ChosenRecogniser
from voice_tui.gateway.recognisers.self_test import RecogniserSettings
from voice_tui.gateway.server import Gateway
from voice_tui.gateway.settings import GatewaySettings


def offline_gateway(
    settings: GatewaySettings, menu: MenuSource, authorise: Authorise | None = None
) -> Gateway:
    """Put a gateway together that needs no key, no cloud and no network.

    Args:
        settings: limits, deadlines, and which engine.
        menu: what can be ordered.
        authorise: knows the tokens of clients on other machines; None lets in none of them.

    Returns:
        The gateway, not started.
    """
    recogniser = ChosenRecogniser(
        RecogniserSettings(
            settings.engine, _folder(settings.whisper_model), _folder(settings.moonshine_model)
        )
    )
    return Gateway(settings, recogniser, menu, OrderTaker, authorise)


def _folder(text: str) -> Path | None:
    return Path(text).expanduser() if text else None

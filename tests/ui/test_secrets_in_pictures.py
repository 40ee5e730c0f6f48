"""What is drawn, and so what `--screenshot` and Textual's own screenshot save, holds no secret."""

from __future__ import annotations

from pathlib import Path

from kds_tui.core.link import LinkState
from tests.service.hub_kitchen import kitchen
from tests.ui.live_display import LiveDisplay, live_display

PART = 12
"""Characters of a secret that are enough to find it: a line may break anywhere in it."""


def holds(picture: str, secret: str) -> bool:
    return any(
        secret[begin : begin + PART] in picture for begin in range(0, len(secret) - PART, PART // 2)
    )


def picture(display: LiveDisplay) -> str:
    return display.app.export_screenshot()


async def test_no_picture_of_any_state_holds_the_token(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub:
        await hub.order(tableNumber="7", type="dine-in")
        _, told, _ = await hub.ask("POST", "/auth/pin-login", {"pin": hub.hub.first_run_pin})
        token: str = told["token"]
        async with live_display(hub.hub.url, token) as display:
            await display.until(lambda: display.state is LinkState.LIVE)
            await display.shows("TABLE 7")
            taken = [picture(display)]
            await display.pilot.press("ctrl+d")
            await display.shows("Diagnostics")
            taken.append(picture(display))
            await display.pilot.press("escape")
            status, _, _ = await hub.ask("DELETE", "/auth/tokens")
            assert status == 200
            await display.until(lambda: display.state is LinkState.FAILED)
            await display.shows("REFUSED")
            taken.append(picture(display))
            assert not any(holds(each, token) for each in taken)

            display.app.tell(token)  # it would be found
            await display.until(lambda: holds(picture(display), token))

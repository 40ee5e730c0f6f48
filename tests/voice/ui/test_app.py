"""voice-tui by itself: a spoken order from the microphone to the desk, over a real gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.voice.order_desks import DEADLINE, ScriptedDesk
from tests.voice.service.scripted_recogniser import ScriptedRecogniser
from voice_tui.app import VoiceApp
from voice_tui.check import Check
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.examination import examine
from voice_tui.gateway.order_taker import OrderTaker
from voice_tui.gateway.server import Gateway, GatewayServer
from voice_tui.gateway.settings import GatewaySettings
from voice_tui.services.push_to_talk import PushToTalk
from voice_tui.services.wav_microphone import WavMicrophone
from voice_tui.terminal import screen_text
from voice_tui.ui.panel import VoicePanel

BABBLE = (np.random.default_rng(0).normal(size=48_000) * 3000).astype(np.int16)


@pytest.fixture
async def gateway() -> AsyncIterator[tuple[GatewayServer, ScriptedRecogniser]]:
    recogniser = ScriptedRecogniser("two classic burgers for table five")
    own = GatewaySettings(port=0)
    async with GatewayServer(own, Gateway(own, recogniser, ScriptedDesk(), OrderTaker)) as server:
        yield server, recogniser


async def shows(app: VoiceApp, pilot: Pilot[Any], words: str) -> None:
    async with asyncio.timeout(DEADLINE * 2):
        while words not in screen_text(app):
            await pilot.pause(0.02)


async def speak(app: VoiceApp, pilot: Pilot[Any], microphone: WavMicrophone) -> None:
    await pilot.press("t")
    await shows(app, pilot, "LISTENING")
    microphone.say(BABBLE)
    async with asyncio.timeout(DEADLINE):
        await microphone.finished()
    await pilot.press("t")


async def test_an_order_is_spoken_shown_agreed_to_and_placed(
    gateway: tuple[GatewayServer, ScriptedRecogniser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.ui.panel.REPEAT_S", 0.0)  # no person is as fast
    server, recogniser = gateway
    desk, microphone = ScriptedDesk(), WavMicrophone()
    settings = VoiceSettings(dialect=DialectName.GATEWAY, url=server.url)
    app = VoiceApp()
    app.voice = PushToTalk(settings, desk, microphone=microphone)
    async with app.run_test(size=(60, 20)) as pilot:
        await shows(app, pilot, "READY")
        await speak(app, pilot, microphone)
        await shows(app, pilot, "2 Classic Burger")
        await shows(app, pilot, "Table 5")
        assert desk.placed == []
        await shows(app, pilot, "READY")
        recogniser.script = "yes send it"
        await speak(app, pilot, microphone)
        await shows(app, pilot, "Order 0042 is in the kitchen.")
        assert app.query_one(VoicePanel).has_focus
    await app.end_voice()
    ((body, _),) = desk.placed
    assert body["metadata"]["transcript"] == "two classic burgers for table five"


async def checks(settings: VoiceSettings) -> dict[str, Check]:
    return {check.name: check async for check in examine(settings)}


async def test_the_doctor_finds_a_gateway_that_works_and_one_that_is_not_there(
    gateway: tuple[GatewayServer, ScriptedRecogniser],
) -> None:
    server, _ = gateway
    found = await checks(VoiceSettings(dialect=DialectName.GATEWAY, url=server.url))
    assert list(found) == ["library", "device", "level", "token", "connection", "round trip"]
    assert all(found[name].good for name in ("token", "connection", "round trip"))
    assert all("\n" not in check.line for check in found.values())
    await server.stop()
    found = await checks(VoiceSettings(dialect=DialectName.GATEWAY, url=server.url))
    assert not found["token"].good
    assert "No answer" in found["token"].text

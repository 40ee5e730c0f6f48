"""What the voice client tells of itself is what a diagnosis goes by."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kds_tui.config.settings import Settings
from kds_tui.core.diagnosis import diagnose
from kds_tui.core.display_status import DisplayStatus, VoiceFacts
from kds_tui.voice.mount import VoiceMount
from tests.voice.service.test_client_turns import booth, virtual_time
from voice_tui.config import VoiceSettings
from voice_tui.core.turn import TurnState
from voice_tui.services.voice_status import VoiceReport

OUR_OWN = {"orders_started", "orders_completed", "timeouts_per_minute", "turn_deadline"}


def mounted(client: object, started: int = 0, completed: int = 0, **voice: float) -> VoiceMount:
    settings = Settings(voice=VoiceSettings(**voice))
    mount = VoiceMount(cast("Any", SimpleNamespace(tell=lambda *_, **__: None, settings=settings)))
    dialogue = SimpleNamespace(orders_started=started, orders_completed=completed)
    talk = SimpleNamespace(client=client, dialogue=dialogue)
    mount.voice = cast("Any", SimpleNamespace(talk=talk))
    return mount


def test_nothing_that_the_client_tells_is_lost() -> None:
    assert {each.name for each in fields(VoiceFacts)} - OUR_OWN == set(VoiceReport.__annotations__)


@virtual_time
async def test_a_stuck_turn_is_found_and_a_reset_makes_it_idle() -> None:
    async with booth() as it:
        mount = mounted(it.client, 3, 2)
        it.client.press()
        it.client._stop_timer()  # as if the guard of the turn had failed
        it.client.conversation.machine._waiting_since = -100.0
        it.client._record.state_since -= 100.0
        facts = mount.facts()
        assert facts is not None
        assert (facts.orders_started, facts.orders_completed) == (3, 2)
        found = diagnose(DisplayStatus(voice=facts)).walk
        assert found.leaf.id == "logic bug"
        assert "recording for 1:40" in found.sentence
        assert mount.reset()
        assert it.state is TurnState.IDLE
        facts = mount.facts()
        assert diagnose(DisplayStatus(voice=facts)).walk.leaf.id == "well"


@virtual_time
async def test_a_long_recording_that_the_settings_allow_is_no_defect() -> None:
    async with booth() as it:
        mount = mounted(it.client, recording_deadline=120.0)
        it.client.press()
        it.client._record.state_since -= 100.0
        facts = mount.facts()
        assert facts is not None
        assert (facts.turn_state, facts.turn_deadline) == ("recording", 120.0)
        assert diagnose(DisplayStatus(voice=facts)).walk.leaf.id == "well"
        it.client.force_reset()
        idle = mount.facts()
        assert idle is not None
        assert idle.turn_deadline == 0.0


@pytest.mark.parametrize("mount", [VoiceMount(cast("Any", None))])
def test_without_voice_there_is_nothing_to_tell_or_to_reset(mount: VoiceMount) -> None:
    assert mount.facts() is None
    assert not mount.reset()

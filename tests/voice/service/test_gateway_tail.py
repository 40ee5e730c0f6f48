"""A commit overtakes the sound before it; still no end of speech may be lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from tests.voice.service.conftest import Rig
from tests.voice.service.gateway_client import GatewayClient

TAIL_HZ = 1200.0
TAIL_FRAMES = 3
WINDOW = 160
"""Samples at 16 kHz: 10 ms."""


def tail_ms(sound: np.ndarray) -> int:
    """How much of the tail's tone there is."""
    whole = sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(float)
    at = np.exp(-2j * np.pi * TAIL_HZ * np.arange(WINDOW) / 16_000)
    return int(10 * (np.abs(whole @ at) / WINDOW > 800).sum())


def lose_one_packet(client: GatewayClient) -> None:
    """Swallow the next RTP packet (not RTCP, whose second byte is 192 to 223)."""
    transport = client.sender.transport
    send: Callable[[bytes], Awaitable[None]] = transport._send_rtp
    lost = 0

    async def lossy(data: bytes) -> None:
        nonlocal lost
        if not lost and not 192 <= data[1] <= 223:
            lost = 1
            return
        await send(data)

    transport._send_rtp = lossy


async def speak_with_a_tail(client: GatewayClient, **commit: float) -> None:
    after = len(client.events)
    client.send("input_audio_buffer.clear")
    await client.expect("input_audio_buffer.cleared", after)
    await client.microphone.say(400.0, 8)
    await client.microphone.say(TAIL_HZ, TAIL_FRAMES)
    client.send("input_audio_buffer.commit", **commit)
    await client.expect("conversation.item.input_audio_transcription.completed", after)


@pytest.mark.parametrize("loss", [False, True], ids=["clean", "after a lost packet"])
@pytest.mark.parametrize("told", [False, True], ids=["end unknown", "end told"])
async def test_the_end_of_speech_is_heard(rig: Rig, loss: bool, told: bool) -> None:
    await rig.start()
    client = await rig.ready_client()
    await client.microphone.say(0.0, 5)
    if loss:
        lose_one_packet(client)
        await client.microphone.say(0.0, 5)
    end = client.microphone.frames + 8 + TAIL_FRAMES
    await speak_with_a_tail(client, **({"audio_end_ms": end * 20} if told else {}))
    assert tail_ms(rig.recogniser.utterances[-1].samples()) >= 50


async def test_where_the_newest_packet_cannot_be_seen_time_must_do(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.gateway.peer.watch_arrivals", lambda _: None)
    await rig.start()
    client = await rig.ready_client()
    await client.microphone.say(0.0, 5)
    await speak_with_a_tail(client)
    assert tail_ms(rig.recogniser.utterances[-1].samples()) >= 50


async def test_a_client_that_stops_sending_is_waited_for_no_longer_than_the_deadline(
    rig: Rig,
) -> None:
    await rig.start(audio_deadline=0.1)
    client = await rig.ready_client()
    client.send("input_audio_buffer.clear")
    await client.microphone.say(400.0, 15)
    client.sender.replaceTrack(None)
    client.send("input_audio_buffer.commit")
    await client.expect("input_audio_buffer.committed")

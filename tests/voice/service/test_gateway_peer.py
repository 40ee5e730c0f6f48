"""The gateway's end of a connection, without a gateway."""

from __future__ import annotations

import json

from tests.voice.service.gateway_client import GatewayClient
from voice_tui.gateway.audio import InputAudio
from voice_tui.gateway.peer import Peer


async def test_what_was_said_last_arrives_before_the_end() -> None:
    client, peer = GatewayClient(), Peer(InputAudio(lambda _: None), "s")
    try:
        await client.accept(await peer.answer(await client.offer()))
        assert await peer.wait_open()
        # Too much for one burst of SCTP: closing at once would cut it off.
        peer.send(json.dumps({"type": "last words", "words": "x" * 250_000}))
        await peer.close()
        await client.until(lambda: client.channel.readyState == "closed")
        assert client.types == ["last words"]
    finally:
        await client.close()
        await peer.close()

"""Words of a stranger, or of a voice server gone mad, in the panel on a screen."""

from __future__ import annotations

import json

from tests.hostile.corpus import ALL
from tests.hostile.oracle import forbidden
from tests.voice.ui.conftest import Enter
from voice_tui.core.events import ErrorEvent, TranscriptCompleted, decode_event
from voice_tui.services.http import Answer
from voice_tui.services.link import LinkState, LinkStatus

HEARD = "conversation.item.input_audio_transcription.completed"


async def test_the_panel_takes_all_of_it_as_text(enter: Enter) -> None:
    async with enter(size=(60, 40)) as booth:
        for text in (text for text in ALL if len(text) < 300):
            heard = decode_event(json.dumps({"type": HEARD, "transcript": text}))
            error = decode_event(json.dumps({"type": "error", "error": {"message": text}}))
            assert isinstance(heard, TranscriptCompleted)
            assert isinstance(error, ErrorEvent)
            booth.voice.hears(heard.transcript)
            told = Answer(500, json.dumps({"error": text}).encode(), "").sentence("The server")
            booth.voice.becomes(notice=error.message)
            booth.voice.becomes(link=LinkStatus(LinkState.FAILED, told))
            booth.dialogue.type_text(text)
            shown = await booth.text()
            assert forbidden(shown) == [], ascii(text)
            if "[" in text and text.isprintable() and len(text) < 40:
                assert text.replace(" ", "") in "".join(shown.split()), ascii(text)
        assert booth.app.is_running

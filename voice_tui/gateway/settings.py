"""What the gateway needs to know before it starts: where to listen, its limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Engine = Literal["both", "moonshine", "pocketsphinx", "whisper"]
"""The speech recognisers that can be chosen."""


class GatewaySettings(BaseModel):
    """The voice server that comes along, run by `voice-tui gateway`. All times are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """Address to listen on. Other machines need a token when it is not a loopback address."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 3002
    """TCP port to listen on. 0 takes a free one."""

    engine: Engine = "both"
    """Speech recogniser: both (two engines that are compared, so that it is known how sure they
    are), moonshine, pocketsphinx, or whisper (needs `whisper_model`)."""

    whisper_model: str = ""
    """Folder of a faster-whisper model, for the engine whisper."""

    moonshine_model: str = ""
    """Folder of Moonshine's model files. Empty takes those of the package."""

    restaurant_id: Annotated[str, Field(max_length=80)] = ""
    """The restaurant's id, as told to Restaurant OS clients."""

    max_sessions: Annotated[int, Field(ge=1, le=64)] = 4
    """Conversations at once. Each costs about a tenth of a core while it listens."""

    session_lifetime: Annotated[float, Field(gt=0, le=86_400)] = 3600.0
    """Longest life of a session, as OpenAI has it."""

    idle_timeout: Annotated[float, Field(gt=0, le=86_400)] = 900.0
    """A session whose client has said nothing for so long is ended."""

    sweep_interval: Annotated[float, Field(gt=0, le=600)] = 5.0
    """Between two looks for sessions that are over."""

    connect_deadline: Annotated[float, Field(gt=0, le=120)] = 15.0
    """From the answer to the open data channel; a client that takes longer is given up."""

    token_lifetime: Annotated[float, Field(gt=0, le=7200)] = 60.0
    """For so long a token opens one connection."""

    audio_deadline: Annotated[float, Field(gt=0, le=10)] = 0.8
    """Longest wait, after a commit, for the sound that the commit overtook."""

    transcript_deadline: Annotated[float, Field(gt=0, le=60)] = 8.0
    """Longest recognition after a commit; then it is told as failed. Clients wait 10 s."""

"""Settings of push-to-talk: the `[voice]` section."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from voice_tui.addresses import host_and_port_checked
from voice_tui.core.turn import Deadlines


class DialectName(StrEnum):
    """Which kind of voice server is talked to."""

    OPENAI = "openai"
    GATEWAY = "gateway"
    RESTAURANT_OS = "restaurant-os"
    LOCALAI = "localai"
    SPEACHES = "speaches"


DEFAULT_URLS: Final = {
    DialectName.OPENAI: "https://api.openai.com",
    DialectName.GATEWAY: "http://127.0.0.1:3002",
    DialectName.RESTAURANT_OS: "https://api.openai.com",
    DialectName.LOCALAI: "http://127.0.0.1:8080",
    DialectName.SPEACHES: "http://127.0.0.1:8000",
}
"""Where each kind is found when no address is set. Restaurant OS gives tokens for OpenAI."""


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


Seconds = Annotated[float, Field(gt=0, le=600)]


class VoiceSettings(BaseModel):
    """Push-to-talk. All times are in seconds where the name does not say otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    dialect: DialectName = DialectName.OPENAI
    """Kind of voice server: openai, gateway (the one that comes along), restaurant-os, localai,
    speaches."""

    url: Annotated[
        str, Field(pattern=r"^(https?://\S+)?$"), AfterValidator(host_and_port_checked)
    ] = ""
    """Address of the voice server without a path. Empty takes the dialect's usual one."""

    key: SecretStr = SecretStr("")
    """Key for the voice server: a project key, or an ephemeral one (ek_...). Empty takes the
    environment's OPENAI_API_KEY with openai, and none elsewhere."""

    model: Annotated[str, Field(min_length=1, max_length=200)] = "gpt-realtime"
    """Model that answers."""

    transcription_model: Annotated[str, Field(min_length=1, max_length=200)] = (
        "gpt-4o-mini-transcribe"
    )
    """Model that writes down what is said."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    """Language that is spoken, ISO 639."""

    backend_url: Annotated[
        str, Field(pattern=r"^https?://\S+$"), AfterValidator(host_and_port_checked)
    ] = "http://127.0.0.1:3001"
    """Address of the hub or Restaurant OS: the menu comes from there and orders go there; with the
    dialect restaurant-os, the token too."""

    backend_certificate: Annotated[
        Path | None, BeforeValidator(_empty_is_none), Field(json_schema_extra={"shown": ""})
    ] = None
    """PEM file with the certificate of backend_url, for one that no public authority vouches for;
    it counts for a voice server on the same port too. The display gives the one that
    `kds-tui enrol` keeps."""

    restaurant_id: Annotated[str, Field(max_length=100)] = ""
    """Restaurant at the backend. Empty takes the one of the token."""

    token: SecretStr = SecretStr("")
    """Token for the backend. Empty where the terminal gives its own."""

    device: Annotated[str, Field(max_length=200)] = ""
    """Microphone: its name or a part of it. Empty takes the system's own choice."""

    noise_floor_dbfs: Annotated[float, Field(ge=-90, le=0)] = -50.0
    """Level in dBFS under which nothing is taken for speech."""

    stun_url: Annotated[str, Field(pattern=r"^(stuns?:\S+)?$")] = ""
    """STUN server, such as stun:stun.example.org:3478. Empty uses none: OpenAI and servers in the
    same house need none, and a dead one costs 5 seconds with every connection."""

    connect_deadline: Seconds = 15.0
    """Longest connecting, from the token to the configured session."""

    recording_deadline: Seconds = 45.0
    """Longest recording; then it ends as if the key was released."""

    commit_deadline: Seconds = 5.0
    """Longest wait for the server to confirm that it has the recording."""

    transcript_deadline: Seconds = 10.0
    """Longest wait for what was said."""

    response_deadline: Seconds = 15.0
    """Longest wait for the answer."""

    answer_deadline: Annotated[float, Field(gt=0, le=30)] = 2.0
    """Silence of the server, after something that it has to answer, at which it is asked whether it
    is still there; twice that, and the connection is replaced."""

    commit_grace_ms: Annotated[int, Field(ge=0, le=1000)] = 200
    """Milliseconds for which the microphone stays open after the key is released, because words
    travel slower than commands. 300 to 400 for localai and speaches."""

    def server_url(self) -> str:
        """Give the voice server's address, without a slash at its end."""
        return (self.url or DEFAULT_URLS[self.dialect]).rstrip("/")

    def deadlines(self) -> Deadlines:
        """Give the turn machine its deadlines."""
        return Deadlines(
            recording=self.recording_deadline,
            commit=self.commit_deadline,
            transcript=self.transcript_deadline,
            response=self.response_deadline,
            commit_grace=self.commit_grace_ms / 1000,
        )

"""How the voice servers differ in what they are asked over HTTP, and in what they say afterwards.

Requests are made by hand, because no client library has all the forms right: OpenAI takes a raw
offer with an ephemeral key and only multipart with a project key (its own library sent JSON until
late), and an SDP that lost its last line end is refused.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, cast
from urllib.parse import quote

from aiohttp import FormData

from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.turn import Respond
from voice_tui.services.connect_errors import AnswerError, TokenError
from voice_tui.services.http import Answer, Request, json_body

Session = dict[str, object]

EPHEMERAL: Final = "ek_"
"""What a key begins with that opens sessions only."""

SECONDS_BELOW: Final = 1e12
"""An expiry below it is in seconds since 1970, from it on in milliseconds: Restaurant OS passes the
first through and makes the second itself."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens one session."""

    secret: str = field(repr=False)
    """Empty where none is needed. Goes into a header and nowhere else."""

    expires_at: float | None = None
    """Seconds since 1970, None when it is not told."""

    def bearer(self) -> dict[str, str]:
        """Give the header that shows it."""
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


class Dialect(Protocol):
    """One kind of server."""

    respond: Respond
    """Who asks for the answer to an utterance."""

    takes_end_position: bool
    """Whether a commit may say where the utterance ends."""

    strict: bool
    """Whether the server does what it acknowledges, so that anything else is an error."""

    def session(self, config: SessionConfig) -> Session:
        """Give the session object to ask for."""
        ...

    def token_request(self, settings: VoiceSettings, session: Session) -> Request | None:
        """Give the request for a token, None when the key itself is shown."""
        ...

    def credential(self, settings: VoiceSettings, found: object) -> Credential:
        """Give what opens the session.

        Args:
            settings: hold the key.
            found: the answer to the token request as JSON; None when there was none.

        Raises:
            TokenError: there is nothing that could.
        """
        ...

    def offer_request(
        self, settings: VoiceSettings, credential: Credential, session: Session, sdp: str
    ) -> Request:
        """Give the request that carries the offer."""
        ...


class OpenAi:
    """OpenAI's Realtime API as it is since May 2026 (GA)."""

    respond = Respond.EXPLICIT
    takes_end_position = False
    strict = True

    def session(self, config: SessionConfig) -> Session:
        """Give the nested session object."""
        return config.ga()

    def token_request(self, settings: VoiceSettings, session: Session) -> Request | None:
        """Ask for none: a key of either kind is taken with the offer."""
        return None

    def credential(self, settings: VoiceSettings, found: object) -> Credential:
        """Give the key of the settings."""
        key = settings.key.get_secret_value()
        if not key:
            raise TokenError(
                "There is no key for OpenAI: set OPENAI_API_KEY, or key under [voice].",
                can_retry=False,
            )
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise TokenError(
                "The key for the voice server holds a character that no key has: copy it again.",
                can_retry=False,
            )
        return Credential(key)

    def offer_request(
        self, settings: VoiceSettings, credential: Credential, session: Session, sdp: str
    ) -> Request:
        """Send the offer raw with an ephemeral key, in a form with the session otherwise.

        No `?model=`: it is refused, because an ephemeral key is bound to its model.
        """
        url = f"{settings.server_url()}/v1/realtime/calls"
        if credential.secret.startswith(EPHEMERAL):
            return _raw_offer(url, credential, sdp)
        form = FormData()
        form.add_field("sdp", sdp, content_type="application/sdp")
        whole = {**session, "model": settings.model}
        form.add_field("session", json.dumps(whole), content_type="application/json")
        return Request("POST", url, credential.bearer(), form)


class Gateway(OpenAi):
    """The gateway that comes along: OpenAI's API, with a token for everybody who may have one."""

    takes_end_position = True

    def token_request(self, settings: VoiceSettings, session: Session) -> Request:
        """Ask for an ephemeral key."""
        return Request(
            "POST",
            f"{settings.server_url()}/v1/realtime/client_secrets",
            {
                "Content-Type": "application/json",
                **Credential((settings.key or settings.token).get_secret_value()).bearer(),
            },
            json_body({"session": session}),
        )

    def credential(self, settings: VoiceSettings, found: object) -> Credential:
        """Read `value` and `expires_at`."""
        return _ephemeral(_object(found))


class RestaurantOs(OpenAi):
    """OpenAI's API with a token that a Restaurant OS server gives."""

    def token_request(self, settings: VoiceSettings, session: Session) -> Request:
        """Ask the backend; it wants its CSRF pair even here, and only compares the two."""
        csrf = secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json",
            "X-CSRF-Token": csrf,
            "Cookie": f"csrf_token={csrf}",
            **Credential(settings.token.get_secret_value()).bearer(),
        }
        if settings.restaurant_id:
            headers["X-Restaurant-ID"] = settings.restaurant_id
        url = f"{settings.backend_url.rstrip('/')}/api/v1/realtime/session"
        # The context of staff: the other one listens for pauses instead of for the key.
        return Request("POST", url, headers, json_body({"context": "server"}))

    def credential(self, settings: VoiceSettings, found: object) -> Credential:
        """Read `client_secret`, and refuse a session that has no menu."""
        body = _object(found)
        menu = body.get("menu_context")
        if not isinstance(menu, str) or not menu.strip():
            raise TokenError(
                "The backend has no menu for voice ordering: check that the restaurant's menu has"
                " available items."
            )
        # The inner expiry comes last and wins: it is always in seconds.
        secret = {"expires_at": body.get("expires_at"), **_object(body.get("client_secret"))}
        return _ephemeral(secret)


class LocalAi:
    """LocalAI: GA events, the offer in JSON, and an answer to every commit without being asked."""

    respond = Respond.AFTER_TRANSCRIPT
    takes_end_position = False
    strict = True

    def session(self, config: SessionConfig) -> Session:
        """Give the nested session object."""
        return config.ga()

    def token_request(self, settings: VoiceSettings, session: Session) -> Request | None:
        """Ask for none."""
        return None

    def credential(self, settings: VoiceSettings, found: object) -> Credential:
        """Give the key of the settings, if there is one."""
        return Credential(settings.key.get_secret_value())

    def offer_request(
        self, settings: VoiceSettings, credential: Credential, session: Session, sdp: str
    ) -> Request:
        """Send the offer in JSON."""
        return Request(
            "POST",
            f"{settings.server_url()}/v1/realtime/calls",
            {"Content-Type": "application/json", **credential.bearer()},
            json_body({"sdp": sdp, "model": settings.model}),
        )


class Speaches:
    """speaches: names and session of the retired beta; it cannot be told to leave pauses alone."""

    respond = Respond.SERVER
    takes_end_position = False
    strict = False

    def session(self, config: SessionConfig) -> Session:
        """Give the flat session object, without the null that it refuses the whole of it for."""
        session = config.beta()
        del session["turn_detection"]
        return session

    def token_request(self, settings: VoiceSettings, session: Session) -> Request | None:
        """Ask for none."""
        return None

    def credential(self, settings: VoiceSettings, found: object) -> Credential:
        """Give the key of the settings, if there is one."""
        return Credential(settings.key.get_secret_value())

    def offer_request(
        self, settings: VoiceSettings, credential: Credential, session: Session, sdp: str
    ) -> Request:
        """Send the offer raw, the model in the address."""
        url = f"{settings.server_url()}/v1/realtime?model={quote(settings.model)}"
        return _raw_offer(url, credential, sdp)


DIALECTS: Final[Mapping[DialectName, Callable[[], Dialect]]] = {
    DialectName.OPENAI: OpenAi,
    DialectName.GATEWAY: Gateway,
    DialectName.RESTAURANT_OS: RestaurantOs,
    DialectName.LOCALAI: LocalAi,
    DialectName.SPEACHES: Speaches,
}


def sdp_of(answer: Answer) -> str:
    """Find the SDP in an answer, by its looks: servers disagree on status, type and wrapping.

    Args:
        answer: one that is `ok`.

    Returns:
        The SDP as it came.

    Raises:
        AnswerError: there is none.
    """
    text = answer.text()
    if text.startswith("v=0"):
        return text
    sdp = _object(answer.json()).get("sdp")
    if isinstance(sdp, str) and sdp.startswith("v=0"):
        return sdp
    raise AnswerError("The voice server's answer is not a session description (SDP).")


def _raw_offer(url: str, credential: Credential, sdp: str) -> Request:
    headers = {"Content-Type": "application/sdp", **credential.bearer()}
    return Request("POST", url, headers, sdp.encode())


def _ephemeral(secret: Mapping[str, object]) -> Credential:
    value = secret.get("value")
    if not isinstance(value, str) or not value or not value.isprintable() or " " in value:
        raise TokenError("The server gave no token for the voice session.")
    expires_at = _seconds(secret.get("expires_at"))
    if expires_at is not None and expires_at <= time.time():
        raise TokenError(
            "The server gave a token that has already run out: check the clocks of this machine and"
            " of the server."
        )
    return Credential(value, expires_at)


def _object(found: object) -> Mapping[str, object]:
    """Take what should be a JSON object; anything else is an empty one."""
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _seconds(moment: object) -> float | None:
    if not isinstance(moment, int | float) or isinstance(moment, bool):
        return None
    return float(moment) if moment < SECONDS_BELOW else moment / 1000

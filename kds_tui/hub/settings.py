"""What the hub needs to know before it starts: where to listen and keep its data, its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _expand_home(path: Path) -> Path:
    return path.expanduser()


_OptionalFile = Annotated[
    Path | None,
    BeforeValidator(_empty_is_none),
    AfterValidator(lambda path: path and _expand_home(path)),
    Field(json_schema_extra={"shown": ""}),
]


def _origin(text: str) -> str:
    """Check one browser origin: scheme, host and port, as a browser sends it, and nothing else."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or f"{parts.scheme}://{parts.netloc}" != text:
        raise ValueError("should look like http://localhost:5173: no path, no slash at the end")
    return text


class HubSettings(BaseModel):
    """The order server that comes along, run by `kds-tui hub`. The display does not read these."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """Address to listen on. 0.0.0.0 lets displays on other machines connect."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 3001
    """TCP port to listen on. 0 takes a free one."""

    tls: bool = False
    """Whether to speak TLS: https. The first start makes a certificate of the hub's own, whose
    fingerprint `kds-tui enrol` compares on each terminal."""

    certificate: _OptionalFile = None
    """PEM file with another certificate than the hub's own, and those between it and its
    authority."""

    certificate_key: _OptionalFile = None
    """PEM file with the key of `certificate`, readable by the hub's user only."""

    data_dir: Annotated[
        Path,
        AfterValidator(_expand_home),
        Field(json_schema_extra={"shown": "~/.local/share/kds-tui"}),
    ] = Field(default_factory=lambda: user_data_path("kds-tui", appauthor=False))
    """Folder of the hub's database. Shown is Linux; the default is the platform's data folder."""

    menu: _OptionalFile = None
    """TOML file with the restaurant's own menu. Empty: the menu that comes along."""

    restaurant_name: Annotated[str, Field(min_length=1, max_length=80)] = "Kitchen"
    """Name of the restaurant made on the first start."""

    pin_digits: Annotated[int, Field(ge=4, le=8)] = 6
    """Digits of the PIN made on the first start. The PIN pad of the Restaurant OS web display takes
    four; longer ones are harder to guess."""

    protocol_ping_interval: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """Seconds between two websocket pings to a client; one that stays silent is cut."""

    heartbeat_interval: Annotated[float, Field(gt=0, le=60)] = 2.0
    """Seconds between two heartbeats (server time and last sequence number) to each display."""

    client_queue: Annotated[int, Field(ge=1, le=65_536)] = 256
    """Frames that may wait for one client. A client further behind is cut with code 1013."""

    max_body: Annotated[int, Field(ge=1024, le=67_108_864)] = 1_048_576
    """Largest request body, in bytes."""

    token_hours: Annotated[float, Field(gt=0, le=720)] = 12.0
    """Hours until a token got by PIN runs out."""

    close_ready_hours: Annotated[float, Field(ge=0, le=8760)] = 16.0
    """Hours after which an order is closed that stands ready or picked up and that nobody touches:
    a kitchen without a pass serves none. 16 is the longest shift there is. 0 closes none."""

    tax_rate: Annotated[float, Field(ge=0, lt=1)] = 0.0825
    """Sales tax as a fraction of the price: 0.0825 is 8.25 percent."""

    allowed_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = tuple(
        f"http://{host}:{port}"
        for host in ("localhost", "127.0.0.1")
        for port in (5173, 4173, 3000, 3001)
    )
    """Browser origins that may call the hub (CORS). Default: those of a Restaurant OS web client
    in development."""

    allowed_hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,253}$")], ...] = ()
    """More names by which the hub is called: that of a proxy which passes its own name on, or the
    one in the address of web pages that call the hub as their own origin."""

    @model_validator(mode="after")
    def _certificate_with_key(self) -> Self:
        if (self.certificate is None) != (self.certificate_key is None):
            raise ValueError("certificate and certificate_key are given together, or neither")
        return self

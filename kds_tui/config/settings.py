"""All settings of the program, and the list of every key that may be set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kds_tui.config.bump_bar_section import BumpBarSettings
from kds_tui.config.bump_section import BumpSettings
from kds_tui.config.expo_section import ExpoSettings
from kds_tui.config.metrics_section import MetricsSettings
from kds_tui.config.sections import (
    DisplaySettings,
    JournalSettings,
    KeySettings,
    LinkSettings,
    LogSettings,
    ServerSettings,
    UrgencyOverride,
    UrgencySettings,
)
from kds_tui.config.sound_section import SoundSettings
from kds_tui.config.stations_section import STATIONS_SAMPLE, StationsSettings, routing_of
from kds_tui.core.order import OrderType
from kds_tui.core.stations import Routing
from kds_tui.hub.settings import HubSettings
from voice_tui.config import VoiceSettings
from voice_tui.gateway.settings import GatewaySettings

ENV_PREFIX = "KDS_"
ENV_DELIMITER = "__"


class Settings(BaseSettings):
    """Every setting, checked. `kds_tui.config.load` makes it and knows where each value is from."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_DELIMITER,
    )

    server: ServerSettings = Field(default_factory=ServerSettings)
    link: LinkSettings = Field(default_factory=LinkSettings)
    journal: JournalSettings = Field(default_factory=JournalSettings)
    display: DisplaySettings = Field(default_factory=DisplaySettings)
    urgency: UrgencySettings = Field(default_factory=UrgencySettings)
    sound: SoundSettings = Field(default_factory=SoundSettings)

    expo: ExpoSettings = Field(default_factory=ExpoSettings)

    stations: Annotated[StationsSettings, Field(json_schema_extra={"sample": STATIONS_SAMPLE})] = (
        Field(default_factory=dict)
    )
    """The stations that have a screen, and what each takes, in one file for all displays. An item
    goes to the station that names it, else its category, else a word of its name, else its order's
    type alone; a table with order_types comes before one without, then the one further up. What no
    table names goes where the order server says, or where the words of its name say (steak to the
    grill); what belongs to no station of this list goes to the one with default = true, else to the
    first. Without any table there is no list: server and words decide."""
    bump: BumpSettings = Field(default_factory=BumpSettings)

    keys: Annotated[
        KeySettings, Field(json_schema_extra={"sample": '"board.bump" = "space,enter"'})
    ] = Field(default_factory=dict)
    """Other keys for an action: action id = keys with commas between. The action has these and no
    others, not those of a bump bar either; who had them by default is left without. `kds-tui keys
    show` lists the ids and their keys now."""

    bump_bar: BumpBarSettings = Field(default_factory=BumpBarSettings)

    voice: VoiceSettings = Field(default_factory=VoiceSettings)
    gateway: GatewaySettings = Field(default_factory=GatewaySettings)
    log: LogSettings = Field(default_factory=LogSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    hub: HubSettings = Field(default_factory=HubSettings)

    def routing(self) -> Routing:
        """Give the rules for which item goes to which station."""
        return routing_of(self.stations)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load` hands over and nothing else: it reads the sources one by one."""
        return (init_settings,)


def section_model(field: FieldInfo) -> type[BaseModel] | None:
    """Give the model of a field that is a section, or None for a plain setting."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a setting is a secret: it comes from the environment, never from the file.

    Args:
        field: Of a section.
    """
    return field.annotation is SecretStr


def setting_fields(
    model: type[BaseModel] = Settings, prefix: str = ""
) -> Iterator[tuple[str, FieldInfo]]:
    """Walk every setting with a name of its own.

    Yields:
        Dotted key and field; for `urgency.order_types` those of each order type.
    """
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        section = section_model(field)
        if section is not None:
            yield from setting_fields(section, f"{key}.")
            continue
        yield key, field
        if field.annotation == dict[OrderType, UrgencyOverride]:
            for order_type in OrderType:
                yield from setting_fields(UrgencyOverride, f"{key}.{order_type}.")

"""Settings: where they come from, which source wins, and what is said about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from kds_tui.config import ConfigError, LinkSettings, Settings, load, load_file, search_path
from kds_tui.config.stations_section import routing_of
from kds_tui.core.clock import Thresholds
from kds_tui.core.order import Item, OrderType
from kds_tui.core.ticket_order import SortMode
from kds_tui.hub.settings import HubSettings

pytestmark = pytest.mark.usefixtures("bare_machine")


def write(text: str, path: Path = Path("config.toml")) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def wrong(text: str) -> str:
    """Give what is said about a settings file."""
    with pytest.raises(ConfigError) as caught:
        load_file(write(text, Path("wrong.toml")))
    return str(caught.value)


def test_without_any_source_all_is_default() -> None:
    loaded = load(None, {})
    assert loaded.settings == Settings()
    assert loaded.file is None
    assert set(loaded.sources.values()) == {"default"}


def test_command_line_wins_over_environment_over_file_over_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = write("[link]\nping_interval = 1\nping_timeout = 1\nclose_timeout = 1\n")
    monkeypatch.setenv("KDS_LINK__PING_INTERVAL", "2")
    monkeypatch.setenv("KDS_LINK__PING_TIMEOUT", "2")
    loaded = load(None, {"link.ping_interval": 3})
    link = loaded.settings.link
    assert (link.ping_interval, link.ping_timeout, link.close_timeout) == (3, 2, 1)
    assert link.open_timeout == LinkSettings().open_timeout
    assert [
        loaded.sources[f"link.{name}"]
        for name in ("ping_interval", "ping_timeout", "close_timeout", "open_timeout")
    ] == [
        "command line",
        "environment KDS_LINK__PING_TIMEOUT",
        f"file {file.absolute()}",
        "default",
    ]


def test_only_the_first_file_found_is_read() -> None:
    here, platform = search_path()
    write("[display]\nrows = 2\n", platform)
    assert load(None, {}).settings.display.rows == 2
    write("[display]\ncolumns = 3\n", here)
    display = load(None, {}).settings.display
    assert (display.columns, display.rows) == (3, 0)
    named = write("[display]\nrows = 5\n", Path("other.toml"))
    assert load(named, {}).settings.display.rows == 5


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.toml", None, "there is no such file"),
        ("broken.toml", b"[link\n", "is not TOML: "),
        ("latin.toml", b'[display]\ntheme = "caf\xe9"\n', "is not TOML: "),
    ],
)
def test_a_named_file_that_can_not_be_read_is_an_error(
    bare_machine: Path, name: str, content: bytes | None, said: str
) -> None:
    write("")  # the searched file must not take its place
    path = bare_machine / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=f"^file {path}: {said}"):
        load(path, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[link]\nping_intervall = 5",
            "link.ping_intervall: is not a setting (did you mean link.p",
        ),
        ("[lnik]\nmax_size = 5000", "lnik: is not a setting (did you mean link?)"),
        ("ping_interval = 5", "ping_interval: is not a setting (did you mean link.ping_interval?)"),
        ("[display]\nlevel = 5", "display.level: is not a setting (did you mean log.level?)"),
        ("zzz = 5", "zzz: is not a setting"),
        ("server = 5", "server: should be a table of settings"),
        ("[link]\nping_interval = 0", "link.ping_interval: should be greater than 0"),
        ('[link]\nping_interval = "5"', "link.ping_interval: should be a number, without quotes"),
        ("[hub]\nport = true", "hub.port: should be a number, without quotes"),
        ("[hub]\nport = 70000", "hub.port: should be less than or equal to 65535"),
        ("[display]\ntheme = 5", "display.theme: should be a valid string"),
        ('[log]\nlevel = "loud"', "log.level: should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("[link]\nreplace_after = 1", "link: replace_after should not be smaller than stale_after"),
        ("[link]\nbackoff_cap = 0.1", "link: backoff_cap should not be smaller than backoff_in"),
        ("[urgency]\nlate_minutes = 9", "urgency: late_minutes (9) should not be smaller than"),
        (
            "[urgency.order_types.online]\nwarning_minutes = 20",
            "urgency: order_types.online: late_minutes (15) should not be smaller than warn",
        ),
        (
            "[urgency.order_types.dinein]\nlate_minutes = 20",
            "urgency.order_types.dinein: is not a setting (did you mean urgency.order_types.dine-",
        ),
        ('[server]\nurl = "ftp://x"', "server.url: should be an address such as http://"),
        ('[server]\nurl = "http://me:pw@x"', "server.url: should hold no user, password"),
        ('[server]\nurl = "http://x:99999"', "server.url: should have a port from 1 to 65535"),
        ('[server]\nurl = "http://x:abc"', "server.url: should have a port from 1 to 65535"),
        ('[server]\nurl = "http://a..b"', "server.url: should have a host name such as hub"),
        ('[server]\nproxy = "http://x:99999"', "server.proxy: should have a port from 1"),
        ('[voice]\nurl = "http://x:99999"', "voice.url: should have a port from 1 to 65535"),
        ('[voice]\nbackend_url = "http://a..b"', "voice.backend_url: should have a host name"),
        ('[server]\nrestaurant_id = "grow"', "server.restaurant_id: should be a UUID"),
        ('[server]\nproxy = "yes"', 'server.proxy: should be "auto", "none" or'),
        ('[hub]\nallowed_origins = ["http://x/"]', "hub.allowed_origins: entry 1 should look like"),
        ('[keys]\nbump = "b"', 'keys: "bump" is not an action id'),
        ('[keys]\n"board.bump" = "b,"', 'keys: "board.bump" needs keys'),
    ],
)
def test_a_wrong_setting_is_told_with_file_key_and_reason(text: str, said: str) -> None:
    assert wrong(text).startswith(f"file {Path('wrong.toml').absolute()}: {said}")


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ('[server]\npin = "4711-secret"', "kds-tui login"),
        ('[server]\ntoken = "4711-secret"', "server.token_file"),
        ('pin = "4711-secret"', "KDS_PIN"),
    ],
)
def test_a_secret_in_the_file_is_refused_with_its_right_place_and_not_repeated(
    text: str, instead: str
) -> None:
    said = wrong(text)
    assert instead in said
    assert "4711" not in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "KDS_LINK__PNG_INTERVAL",
            "5",
            "link.png_interval: is not a setting (did you mean KDS_LINK",
        ),
        ("KDS_LNIK__MAX_SIZE", "5", "is not a setting (did you mean KDS_LINK__MAX_SIZE?)"),
        ("KDS_URL", "http://x", "is not a setting (did you mean KDS_SERVER__URL?)"),
        ("KDS_HUB__PORT", "many", "hub.port: should be a valid integer"),
        ("KDS_KEYS", "space", "is not the JSON that this setting needs"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load(None, {})
    assert str(caught.value).startswith(f"environment {name}: {said}")


def test_variables_that_are_no_settings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KDS_PIN", "KDS_TOKEN", "KDS_GOLDEN_UPDATE"):
        monkeypatch.setenv(name, "1")
    assert load(None, {}).settings == Settings()


def test_tables_and_lists_come_from_the_environment_as_json(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KDS_KEYS", '{"board.bump": "b"}')
    monkeypatch.setenv("KDS_HUB__ALLOWED_ORIGINS", '["http://a:1"]')
    monkeypatch.setenv("KDS_URGENCY__ORDER_TYPES__ONLINE__LATE_MINUTES", "30")
    loaded = load(None, {})
    assert loaded.settings.keys == {"board.bump": "b"}
    assert loaded.settings.hub.allowed_origins == ("http://a:1",)
    assert loaded.settings.urgency.order_types[OrderType.ONLINE].late_minutes == 30
    assert loaded.sources["keys.board.bump"] == "environment KDS_KEYS"


def test_all_problems_of_all_sources_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    write('[link]\nmax_size = -1\nping_timeout = "5"\n[log]\nlevle = "INFO"\n')
    monkeypatch.setenv("KDS_HUB__PORT", "many")
    monkeypatch.setenv("KDS_NOTHING", "1")
    with pytest.raises(ConfigError) as caught:
        load(None, {"server.url": "nowhere"})
    assert {problem.key for problem in caught.value.problems} == {
        "link.max_size", "link.ping_timeout", "log.levle", "hub.port", "", "server.url",
    }  # fmt: skip


def test_a_key_may_be_written_with_or_without_quotes() -> None:
    quoted = load_file(write('[keys]\n"board.bump" = "b"')).settings
    bare = load_file(write('[keys]\nboard.bump = "b"')).settings
    assert quoted.keys == bare.keys == {"board.bump": "b"}


def test_urgency_of_an_order_type_falls_back_to_the_general_limits() -> None:
    text = "[urgency]\nwarning_minutes = 5\n[urgency.order_types.delivery]\nlate_minutes = 25\n"
    rules = load_file(write(text)).settings.urgency.rules()
    assert rules.default == Thresholds(300, 900)
    assert rules.by_type == {OrderType.DELIVERY: Thresholds(300, 1500)}


def test_home_is_expanded_and_an_empty_menu_is_the_one_that_comes_along(tmp_path: Path) -> None:
    text = '[server]\ntoken_file = "~/t"\n[hub]\ndata_dir = "~/d"\nmenu = ""\n'
    settings = load_file(write(text)).settings
    assert settings.server.token_file == tmp_path / "home/t"
    assert settings.hub.data_dir == tmp_path / "home/d"
    assert settings.hub.menu is None


def test_settings_do_not_change_after_the_start() -> None:
    with pytest.raises(ValidationError):
        HubSettings().port = 1  # pyright: ignore[reportAttributeAccessIssue]


def test_stations_are_listed_with_what_they_take() -> None:
    loaded = load_file(
        write(
            '[display]\nstation = ["Grill", "fry"]\nsort = "table"\n'
            '[stations.Grill]\n[stations.fry]\nwords = "fries"\norder_types = ["takeout"]\n'
            "[stations.pack]\ncopies = true\n"
        )
    )
    display, routing = loaded.settings.display, routing_of(loaded.settings.stations)
    assert (display.station, display.sort) == ("Grill, fry", SortMode.TABLE)
    assert routing.names == ("grill", "fry", "pack")
    fries = Item("1", "1", "Fries")
    assert routing.stations_of(fries, OrderType.TAKEOUT) == ("fry", "pack")
    assert routing.stations_of(fries, OrderType.DINE_IN) == ("grill", "pack")
    assert routing_of({}).names == ()


FRY = "[stations.fry]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FRY + 'item = ["x"]', "stations.fry.item: is not a setting (did you mean stations.fry.it"),
        (FRY + "zzz = 1", "stations.fry.zzz: is not a setting\n"),
        (FRY + 'words = ["a", "(b"]', 'stations.fry.words: "(b" is not a regular expression: miss'),
        (FRY + 'order_types = ["to go"]', "stations.fry.order_types: entry 1 should be 'dine-in'"),
        ("[stations]\nfry = 1", "stations.fry: should be a table of settings"),
        ("[stations.All]", 'stations: "All" is no name for a station: it stands for all of them'),
        ('[stations."a, b"]', 'stations: "a, b" should be a name of 1 to 40 characters without a'),
        (FRY + "[stations.Fry]", 'stations: "Fry" is listed twice'),
        (
            FRY + "default = true\n[stations.grill]\ndefault = true",
            "stations: only one station can be the default, not fry and grill",
        ),
        (
            FRY + "default = true\ncopies = true",
            'stations: "fry" gets copies: it can not be the default',
        ),
        (
            '[display]\nstation = "fry, gril"\n[stations.fry]\n[stations.grill]',
            'display.station: "gril" is not in [stations], which lists fry, grill (did you mean gr',
        ),
        ("[display]\nstation = []", "display.station: should be a valid string"),
        ('[display]\nsort = "price"', "display.sort: should be 'urgency', 'age', 'number' or"),
    ],
)
def test_a_wrong_station_is_told_by_its_key_and_the_nearest_one(text: str, said: str) -> None:
    told = wrong(text) + "\n"
    assert f"wrong.toml: {said}" in told


@pytest.mark.parametrize(
    ("station", "folder"),
    [
        ("Grill", "grill"),
        ("grill, FRY", "fry+grill"),
        ("fry,grill", "fry+grill"),
        ("a+b", "a%2Bb"),
        ("../x", "%2E%2E%2Fx"),
        ("grill, all", "all"),
    ],
)
def test_each_set_of_stations_has_a_folder_of_its_own(station: str, folder: str) -> None:
    journal = Settings().journal
    assert journal.folder_of(station) == journal.folder / folder

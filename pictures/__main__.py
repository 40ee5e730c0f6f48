"""Make docs/features.md and its pictures: each feature, where to find it, the running program.

python -m pictures            everything
python -m pictures NAME ...   these pictures, and the list
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from kds_tui.ui.keymap import ACTIONS, key_words
from pictures.display import display
from pictures.evening import evening
from pictures.feature_list import NOT_THERE, SECTIONS, Feature
from pictures.scenes import SCENES, Scene

DOCS: Final = Path(__file__).parents[1] / "docs"

_HEAD: Final = """# What it does for a kitchen

Made by `make features` from the running program: a hub with an evening's orders, a display on its
websocket, keys. Keys are the defaults; `[keys]` in the config and learn mode change them. What
stands in [brackets] is a section of the config, which `kds-tui config example` explains.
"""


async def take(name: str, scene: Scene) -> None:
    """Take a picture.

    Args:
        name: of its file.
        scene: what is done.

    Raises:
        LookupError: the screen does not show what it should.
    """
    with TemporaryDirectory(prefix="kds-tui-pictures-") as folder:
        hub, terminal = Path(folder) / "hub", Path(folder) / "terminal"
        hub.mkdir()
        async with (
            evening(hub) as orders,
            display(orders, terminal, scene.size, **scene.settings) as taker,
        ):
            await taker.shows(*scene.before)
            await taker.press(*scene.keys)
            await taker.shows(*scene.shows)
            (DOCS / "pictures" / f"{name}.svg").write_text(taker.picture(scene.title))


def text() -> str:
    """Write the list.

    Returns:
        Markdown.
    """
    lines = [_HEAD]
    for title, features in SECTIONS:
        lines += [f"## {title}\n", "| what | where |", "| --- | --- |"]
        lines += [_row(feature) for feature in features]
        scenes = dict.fromkeys(feature.scene for feature in features if feature.scene)
        lines += [f"\n### {SCENES[name].title}\n\n![](pictures/{name}.svg)" for name in scenes]
        lines.append("")
    lines += ["## Not there\n", *(f"- {what}" for what in NOT_THERE), ""]
    return "\n".join(lines)


def _row(feature: Feature) -> str:
    where = re.sub(r"\{([\w.]+)\}", lambda found: _keys(found[1]), feature.where)
    return f"| {feature.what} | {where} |"


def _keys(action_id: str) -> str:
    (action,) = (action for action in ACTIONS if action.id == action_id)
    return " or ".join(f"`{key_words(key)}`" for key in action.keys.split(","))


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(tuple(SCENES)), metavar="[NAME]...")
def main(names: Sequence[str]) -> None:
    """Make the pictures that are named, or all, and the list."""
    (DOCS / "pictures").mkdir(exist_ok=True)
    for name in names or SCENES:
        click.echo(name)
        asyncio.run(take(name, SCENES[name]))
    (DOCS / "features.md").write_text(text())


if __name__ == "__main__":
    main()

"""The commands that look after a hub, in words for its owner: tokens listed, revoked, a new PIN."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from kds_tui.hub.certificate import HubCertificate, certificate_of, make_certificate
from kds_tui.hub.console import Console, TokenSeen, console
from kds_tui.hub.errors import HubError
from kds_tui.hub.settings import HubSettings
from voice_tui.pinning import in_groups

ALL: Final = "all"

T = TypeVar("T")

_COLUMNS: Final = ("id", "terminal", "role", "from", "last used", "until", "now")


def tokens_table(folder: Path) -> str:
    """List the tokens that are out.

    Args:
        folder: the hub's.

    Returns:
        A table, or a sentence when there is none.

    Raises:
        HubError: in words for the person.
    """
    listed = _with_hub(folder, lambda hub: hub.tokens())
    if not listed:
        return "Nobody is signed in."
    rows = [_COLUMNS, *(_row(token) for token in listed)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def revoke(folder: Path, token_id: str) -> str:
    """Sign a terminal out, or all.

    Args:
        folder: the hub's.
        token_id: as listed, or `all`.

    Returns:
        What was done.

    Raises:
        HubError: no such token, or as above.
    """
    count = _with_hub(folder, lambda hub: hub.revoke(None if token_id == ALL else token_id))
    if not count and token_id != ALL:
        raise HubError(f"no token is called {token_id!r}: kds-tui hub tokens list")
    return f"{count} terminal{'' if count == 1 else 's'} signed out"


def set_pin(folder: Path, pin: str) -> str:
    """Set the PIN.

    Args:
        folder: the hub's.
        pin: as typed.

    Returns:
        What was done.

    Raises:
        HubError: it is too weak, or as above.
    """
    _with_hub(folder, lambda hub: hub.set_pin(pin))
    return "The new PIN is in force."


def certificate(settings: HubSettings) -> str:
    """Show the certificate, which is made now if there is none.

    Args:
        settings: the hub's folder, or other files.

    Returns:
        Its fingerprint, its names, its end and its file.

    Raises:
        HubError: in words for the person.
    """
    return _told(certificate_of(settings))


def new_certificate(settings: HubSettings, names: Sequence[str]) -> str:
    """Make a new certificate of the hub's own.

    Args:
        settings: the hub's folder.
        names: more host names or addresses.

    Returns:
        What was made, and what to do now.

    Raises:
        HubError: the hub shows another one than its own, or as above.
    """
    if settings.certificate is not None:
        raise HubError(f"the hub shows {settings.certificate}: that one is not made here")
    made = make_certificate(settings, names)
    return (
        f"{_told(made)}\nRestart the hub, and on each terminal run: kds-tui enrol\n"
        "(until then a terminal that was enrolled says NOT TRUSTED, and tells the hub nothing)"
    )


def _told(certificate: HubCertificate) -> str:
    first, second = in_groups(certificate.fingerprint)
    return (
        f"SHA-256   {first}\n          {second}\n"
        f"names     {', '.join(certificate.names)}\n"
        f"until     {certificate.ends:%Y-%m-%d}\n"
        f"file      {certificate.file}"
    )


def _with_hub(folder: Path, act: Callable[[Console], Awaitable[T]]) -> T:
    async def acted() -> T:
        async with console(folder) as hub:
            return await act(hub)

    return asyncio.run(acted())


def _row(token: TokenSeen) -> tuple[str, ...]:
    return (
        token.id,
        token.label,
        token.role,
        token.address,
        _local(token.used_at),
        _local(token.expires_at),
        "connected" if token.connected else "",
    )


def _local(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment).astimezone():%Y-%m-%d %H:%M}"

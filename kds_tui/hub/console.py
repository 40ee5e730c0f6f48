"""What the hub's owner does on its own machine: see and revoke tokens, set the PIN.

A running hub is asked over its REST interface. It leaves its address and a token in a file that
only its owner can read, and takes the file away when it ends; the token dies with the process. A
stopped hub's database is opened instead: whoever holds the folder's lock is the only one.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import aiohttp
import msgspec
from msgspec import Struct

from kds_tui.core.clock import parse_time
from kds_tui.core.text import clean
from kds_tui.hub.auth import hash_pin, weak_pin
from kds_tui.hub.certificate import HubCertificate
from kds_tui.hub.errors import FolderInUse, HubError, JournalUnavailable
from kds_tui.hub.identity import keep_pin
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Ledger
from voice_tui.pinning import PinError, ServerTrust
from voice_tui.private_files import FileRefused, read_private, store_private

T = TypeVar("T")

ADDRESS_FILE: Final = "hub.console"

DEADLINE: Final = 10.0
"""Seconds for a running hub to answer."""

_MAX_WORD: Final = 64 * 1024
_CSRF: Final = "console"


class TokenSeen(Struct, frozen=True):
    """A token as it is listed. Moments are in seconds since the epoch."""

    id: str
    role: str
    label: str
    address: str
    used_at: float
    expires_at: float
    connected: bool = False


class Console(Protocol):
    """A hub, running or not, in its owner's hands. Each method raises HubError."""

    async def tokens(self) -> list[TokenSeen]:
        """List the tokens that are good."""
        ...

    async def revoke(self, token_id: str | None) -> int:
        """Take a token back, or all of them; tells how many."""
        ...

    async def set_pin(self, pin: str) -> None:
        """Set the PIN."""
        ...


@asynccontextmanager
async def console(folder: Path) -> AsyncGenerator[Console]:
    """Take a hub in hand.

    Args:
        folder: where it keeps its data.

    Yields:
        The hub.

    Raises:
        HubError: no hub was ever run on the folder, or it does not answer.
    """
    if not (folder / "hub.db").exists():
        raise HubError(f"{folder}: there is no hub's database. Is it another folder? (--data-dir)")
    journal = Journal(folder, lambda event: None)
    try:
        await journal.open()
    except FolderInUse:
        async with _running(folder) as hub:
            yield hub
        return
    try:
        yield _Stopped(journal)
    finally:
        await journal.close()


def leave_address(folder: Path, url: str, token: str, certificate: HubCertificate | None) -> None:
    """Leave word for the commands on this machine.

    Args:
        folder: the hub's.
        url: where it listens.
        token: for them alone.
        certificate: what it shows, if it speaks TLS.
    """
    shown = str(certificate.file.absolute()) if certificate is not None else ""
    word = {"url": url, "token": token, "certificate": shown}
    store_private(folder / ADDRESS_FILE, json.dumps(word).encode())


def remove_address(folder: Path) -> None:
    """Take the word back: the hub ends."""
    (folder / ADDRESS_FILE).unlink(missing_ok=True)


class _Address(Struct):
    url: str
    token: str
    certificate: str = ""


@asynccontextmanager
async def _running(folder: Path) -> AsyncGenerator[Console]:
    try:
        word = read_private(folder / ADDRESS_FILE, "The hub's word to its commands", _MAX_WORD)
        address = msgspec.json.decode(word, type=_Address)
        trust = ServerTrust(address.url, Path(address.certificate) if address.certificate else None)
        checked = await trust.context_for(address.url)
    except (FileRefused, PinError) as error:
        raise HubError(str(error)) from error
    except (OSError, msgspec.DecodeError) as error:
        raise HubError(f"{folder}: a hub runs there, but is not ready or is another user's") from (
            error
        )
    headers = {
        "Authorization": f"Bearer {address.token}",
        "Cookie": f"csrf_token={_CSRF}",
        "X-CSRF-Token": _CSRF,
    }
    timeout = aiohttp.ClientTimeout(total=DEADLINE)
    async with aiohttp.ClientSession(
        headers=headers,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(ssl=checked),
    ) as session:
        yield _Running(address.url, session)


class _Listed(Struct):
    id: str
    role: str
    label: str
    address: str
    last_used_at: str
    expires_at: str
    connected: bool

    def seen(self) -> TokenSeen:
        return TokenSeen(
            self.id,
            self.role,
            clean(self.label),
            self.address,
            parse_time(self.last_used_at) or 0.0,
            parse_time(self.expires_at) or 0.0,
            self.connected,
        )


class _List(Struct):
    tokens: list[_Listed]


class _Running:
    """A hub in another process."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = f"{url}/api/v1/auth"
        self._session = session

    async def tokens(self) -> list[TokenSeen]:
        body = await self._ask("GET", "/tokens")
        return [one.seen() for one in msgspec.json.decode(body, type=_List).tokens]

    async def revoke(self, token_id: str | None) -> int:
        path = "/tokens"
        if token_id is not None:
            # Looked for first: what a person types is no part of an address. "../tokens" is all.
            if token_id not in {token.id for token in await self.tokens()}:
                return 0
            path = f"/tokens/{token_id}"
        body = await self._ask("DELETE", path, missing=b'{"revoked": 0}')
        return int(json.loads(body)["revoked"])

    async def set_pin(self, pin: str) -> None:
        _refuse_weak(pin)
        await self._ask("PUT", "/pin", {"pin": pin})

    async def _ask(
        self, method: str, path: str, body: Any = None, missing: bytes | None = None
    ) -> bytes:
        try:
            async with self._session.request(method, self._url + path, json=body) as answer:
                content = await answer.read()
        except aiohttp.ClientConnectorCertificateError as error:
            raise HubError(
                "the hub shows another certificate than the one that is in its file now: a new one"
                " was made while it ran. Restart the hub, and try again"
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            why = str(error) or f"nothing came in {DEADLINE:g} s"
            raise HubError(f"the hub on {self._url} does not answer: {why}") from error
        if answer.status == 404 and missing is not None:
            return missing
        if answer.status != 200:
            raise HubError(f"the hub answered {answer.status}")
        return content


def _refuse_weak(pin: str) -> None:
    wrong = weak_pin(pin)
    if wrong:
        raise HubError(f"a PIN {wrong}")


class _Stopped:
    """A hub's database, with nobody else at it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def tokens(self) -> list[TokenSeen]:
        now = time.time()
        kept = await self._do(lambda ledger: ledger.tokens())
        return [
            TokenSeen(one.id, one.role, one.label, one.address, one.used_at, one.expires_at)
            for one in kept
            if one.expires_at > now
        ]

    async def revoke(self, token_id: str | None) -> int:
        listed = [one.id for one in await self.tokens()]
        chosen = [one for one in listed if token_id in (None, one)]

        def drop(ledger: Ledger) -> None:
            for one in chosen:
                ledger.drop_token(one)

        await self._do(drop)
        return len(chosen)

    async def set_pin(self, pin: str) -> None:
        _refuse_weak(pin)
        pin_hash = await asyncio.to_thread(hash_pin, pin)
        await self._do(lambda ledger: keep_pin(ledger, pin_hash))

    async def _do(self, work: Callable[[Ledger], T]) -> T:
        try:
            return await self._journal.run(work)
        except JournalUnavailable as error:
            raise HubError(f"the database did not take it: {error}") from error

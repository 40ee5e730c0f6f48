"""The tokens that are out: listed, revoked, and forgotten when they have run out.

A signature alone cannot be taken back, so a token is good only while the hub knows its id. All of
them are in memory: a check costs no read of the disk. When a token was last used is written down
now and then, not with every request.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from kds_tui.hub.auth import CONSOLE_SCOPE, BadToken, Caller, Role, TokenMint
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Ledger, TokenKept

logger = logging.getLogger("kds_tui.hub.tokens")

MAX_TOKENS: Final = 500
"""Tokens out at once: ten sign-ins for each terminal of the largest kitchen. With one more, the one
that was not used for longest is revoked."""

RENEW_BEFORE: Final = 600.0
"""Seconds before its end at which a token of the hub's own process is replaced."""

_NO_END: Final = 10 * 365 * 86_400.0
"""Seconds; the console's token ends with the process, which knows it by heart only."""


class TokenRegister:
    """Issues tokens, and knows which are good.

    Args:
        mint: signs and reads them.
        journal: keeps them.
    """

    def __init__(self, mint: TokenMint, journal: Journal) -> None:
        self._mint = mint
        self._journal = journal
        self._kept: dict[str, TokenKept] = {}
        self._unwritten: set[str] = set()  # used since the last writing
        self._inside: dict[str, float] = {}  # of this process: id -> end; never kept or listed
        self._own: dict[Role, tuple[str, float]] = {}
        self.on_revoked: Callable[[str], None] = lambda token_id: None
        """Called with the id of each token that is not good any more."""

    @property
    def lifetime(self) -> int:
        """Seconds until a token runs out."""
        return self._mint.lifetime

    async def load(self) -> None:
        """Read the tokens that are out; call it before anything else."""
        kept = await self._journal.run(lambda ledger: ledger.tokens())
        self._kept = {token.id: token for token in kept}

    async def issue(self, role: Role, label: str, address: str, now: float) -> tuple[str, Caller]:
        """Issue a token to somebody who signed in.

        Args:
            role: what it may do.
            label: what the terminal calls itself, cleaned.
            address: where it signed in from.
            now: seconds since the epoch.

        Returns:
            The token, and whom it speaks for.
        """
        text, caller = self._mint.issue(role, now, self._new_id())
        token = TokenKept(caller.token_id, role, label, address, now, now, caller.expires_at)
        await self._journal.run(lambda ledger: ledger.put_token(token))
        self._kept[token.id] = token
        if len(self._kept) > MAX_TOKENS:
            oldest = min(self._kept.values(), key=lambda one: (one.used_at, one.issued_at))
            logger.warning("more than %d tokens: %s is revoked", MAX_TOKENS, oldest.id)
            await self.revoke([oldest.id])
        return text, caller

    def issue_inside(self, role: Role, now: float) -> str:
        """Give a token to a part of the hub's own process; the same one until it nears its end.

        Args:
            role: what it may do.
            now: seconds since the epoch.
        """
        text, end = self._own.get(role, ("", 0.0))
        if end - now < min(RENEW_BEFORE, self.lifetime / 2):
            text, caller = self._mint.issue(role, now, self._new_id())
            self._own[role] = text, caller.expires_at
            self._inside[caller.token_id] = caller.expires_at
        return text

    def issue_to_console(self, now: float) -> str:
        """Give a token to the commands on this machine, good until the hub ends.

        Args:
            now: seconds since the epoch.
        """
        text, caller = self._mint.issue(
            "manager", now, self._new_id(), more_scopes=(CONSOLE_SCOPE,), lifetime=_NO_END
        )
        self._inside[caller.token_id] = caller.expires_at
        return text

    def read(self, text: str, now: float) -> Caller:
        """Check a token, and note that it was used.

        Args:
            text: as received.
            now: seconds since the epoch.

        Returns:
            Whom it speaks for.

        Raises:
            BadToken: it is expired, forged, another restaurant's, or revoked.
        """
        caller = self._mint.read(text)
        if caller.token_id in self._inside:
            return caller
        token = self._kept.get(caller.token_id)
        if token is None:
            raise BadToken("Token revoked")
        self._kept[token.id] = replace(token, used_at=now)
        self._unwritten.add(token.id)
        return caller

    def listed(self, now: float) -> list[TokenKept]:
        """List the tokens that are good, the first issued first; not those of this process."""
        return [token for token in self._kept.values() if token.expires_at > now]

    async def revoke(self, token_ids: Iterable[str]) -> list[str]:
        """Take tokens back.

        Args:
            token_ids: of `listed`; others are passed over.

        Returns:
            The ids that were good until now.

        Raises:
            JournalUnavailable: nothing is revoked; it would be good again after a restart.
        """
        revoked = [token_id for token_id in token_ids if token_id in self._kept]

        def drop(ledger: Ledger) -> None:
            for token_id in revoked:
                ledger.drop_token(token_id)

        await self._journal.run(drop)
        for token_id in revoked:
            self._kept.pop(token_id, None)
            self._unwritten.discard(token_id)
            self.on_revoked(token_id)
        if revoked:
            logger.info("%d tokens revoked: %s", len(revoked), " ".join(revoked))
        return revoked

    async def write_down(self, now: float) -> None:
        """Write down when tokens were last used, and forget those that have run out.

        Args:
            now: seconds since the epoch.

        Raises:
            JournalUnavailable: the uses are told later than they were; nothing else is lost.
        """
        for token in [token for token in self._kept.values() if token.expires_at <= now]:
            del self._kept[token.id]
            self._unwritten.discard(token.id)
            self.on_revoked(token.id)
        self._inside = {one: end for one, end in self._inside.items() if end > now}
        used, self._unwritten = [self._kept[one] for one in self._unwritten], set()

        def note(ledger: Ledger) -> None:
            for token in used:
                ledger.note_use(token.id, token.used_at)

        if used:
            await self._journal.run(note)

    def _new_id(self) -> str:
        while (token_id := secrets.token_hex(4)) in self._kept or token_id in self._inside:
            pass
        return token_id

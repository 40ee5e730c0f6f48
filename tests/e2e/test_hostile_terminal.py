"""A server that means harm, the real display, a pty: no byte of it reaches the terminal.

The same scenes are played with a harmless server. What the display writes against the hostile one
may hold no control sequence of a kind that it does not write for harmless words.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.doubles.restaurant_os import PIN, RESTAURANT_ID, RestaurantOS
from tests.e2e.hub_process import PROGRAM, clean_home
from tests.e2e.pty_terminal import DEADLINE_S, PtyTerminal
from tests.hostile.corpus import ALL
from tests.hostile.oracle import forbidden

SEQUENCE = re.compile(
    rb"\x1b\[(?P<private>[<=>?]?)(?P<given>[\d;:]*)(?P<between>[ -/]*)(?P<last>[@-~])"
    rb"|\x1b(?P<string>[\]PX^_])(?P<content>.*?)(?:\x07|\x1b\\)"
    rb"|\x1b(?P<short>[ -/]*[0-~])"
    rb"|(?P<torn>\x1b)",
    re.DOTALL,
)
WHERE_AND_COLOUR = (b"H", b"m")
"""Sequences whose parameters are different on every screen."""

NOW_AND_THEN = {(b"CSI", b"?", b"2026", b"", last) for last in (b"h", b"l")}
"""Synchronised output: Textual writes it, or not, by what it is about when it ends."""

SIZE = (200, 50)


class Talker(RestaurantOS):
    """A Restaurant OS that says some texts wherever it can say anything.

    Args:
        texts: what it says.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.texts = texts
        self.refuses_tokens = False
        for text in texts:
            self.add(**order_saying(text))

    @property
    def words(self) -> str:
        """Some of the texts, as one."""
        return " ".join(text for text in self.texts if len(text) < 60)

    async def _restaurant(self, request: web.Request) -> web.Response:
        return web.json_response({"id": RESTAURANT_ID, "name": self.words})

    async def _patch(self, request: web.Request) -> web.Response:
        return web.json_response({"error": {"message": f"refused {self.words}"}}, status=422)

    async def _pin_login(self, request: web.Request) -> web.Response:
        if (await request.json())["pin"] == PIN:
            return await super()._pin_login(request)
        return web.json_response({"error": f"wrong {self.words}"}, status=401)

    async def _authenticate(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        if self.refuses_tokens:
            await socket.send_json({"type": "auth:failed", "error": f"refused {self.words}"})
            await socket.close(code=1008, message=self.words.encode("utf-8", "replace")[:100])
        else:
            await super()._authenticate(socket, frame)
            error = {"type": "error", "payload": {"message": self.words}}
            await socket.send_json(error)

    async def refuse_all(self) -> None:
        """Close every connection, and let nobody in any more."""
        self.refuses_tokens = True
        for socket in list(self.sockets):
            await socket.close(code=1001, message=b"restart")


def order_saying(text: str) -> dict[str, Any]:
    """Make an order that says a text in every field."""
    soup = {"id": text, "menu_item_id": text, "name": text, "quantity": 1, "notes": text}
    soup |= {"modifiers": [text, {"name": f"No {text}"}], "special_instructions": text}
    return {
        "items": [soup],
        "order_number": text,
        "table_number": text,
        "customer_name": text,
        "notes": text,
        "metadata": {"serverName": text, "uiType": text},
    }


@contextmanager
def serving(server: Talker) -> Iterator[asyncio.AbstractEventLoop]:
    """Serve from a thread of its own: the test waits for the terminal."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="talker", daemon=True)
    thread.start()

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(DEADLINE_S)

    run(server.__aenter__())
    try:
        yield loop
    finally:
        run(server.__aexit__())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_S)
        loop.close()


def play(folder: Path, texts: Sequence[str]) -> bytes:
    """Play all scenes with a server that says the texts.

    Returns:
        What the programs wrote on their terminals.
    """
    server = Talker(texts)
    home = clean_home(folder)
    written = b""
    with serving(server) as loop:
        home |= {"KDS_SERVER__URL": server.url, "KDS_SERVER__RESTAURANT_ID": RESTAURANT_ID}
        for pin, code in (("0000", 1), (PIN, 0)):
            env = {**home, "KDS_PIN": pin}
            with PtyTerminal([PROGRAM, "login"], env=env) as terminal:
                assert terminal.exit_code() == code, terminal.screen_text()
                written += terminal.raw
        with PtyTerminal([PROGRAM, "run"], size=SIZE, env=home) as terminal:
            terminal.wait_for("● LIVE")
            terminal.wait_for(f"{len(texts)} open")
            terminal.send("?")
            terminal.wait_for("Esc closes")
            # Not a bare ESC: on a busy machine that and the next key are alt and that key.
            terminal.send("\x1b[27u")
            terminal.wait_for(lambda: "Esc closes" not in terminal.screen_text())
            terminal.send("1\r")
            terminal.wait_for("refused")
            page = 1
            while match := re.search(rf"page {page}/(\d+)", terminal.screen_text()):
                if page == int(match[1]):
                    break
                page += 1
                terminal.send("]")
                terminal.wait_for(f"page {page}/")
            asyncio.run_coroutine_threadsafe(server.refuse_all(), loop).result(DEADLINE_S)
            terminal.wait_for("Login refused: the server does not accept this display: refused")
            terminal.send("q")
            assert terminal.exit_code() == 0, terminal.screen_text()
            assert terminal.not_restored() == []
            written += terminal.raw
    return written


def kinds(written: bytes) -> set[tuple[bytes, ...]]:
    """List the kinds of control sequences in what a program wrote."""
    found: set[tuple[bytes, ...]] = set()
    for each in SEQUENCE.finditer(written):
        if each["last"] in WHERE_AND_COLOUR and not each["private"]:
            found.add((b"CSI", each["between"], each["last"]))
        elif each["last"]:
            found.add((b"CSI", each["private"], each["given"], each["between"], each["last"]))
        elif each["string"]:
            found.add((b"string", each["string"], each["content"]))
        else:
            found.add((b"ESC", each["short"] or each["torn"]))
    return found


@pytest.mark.timeout(300)
def test_a_hostile_server_writes_nothing_on_the_terminal(tmp_path: Path) -> None:
    hostile = [text for text in ALL if len(text) < 1000]
    # Words of the same shape, so that as many cards are drawn.
    harmless = [re.sub(r"[^\w ]", "x", text, flags=re.ASCII) for text in hostile]
    allowed = kinds(play(tmp_path / "harmless", harmless))
    written = play(tmp_path / "hostile", hostile)

    assert kinds(written) - allowed - NOW_AND_THEN == set()
    words = SEQUENCE.sub(b"", written).decode("utf-8")
    assert forbidden(words, breaks="\r\n") == []
    for kept in ("[@click=app.quit]free[/]", "burger [no cheese]", "no onion [/]"):
        assert kept in words
    logs = list((tmp_path / "hostile").rglob("*.log*"))
    assert logs
    for log in logs:
        text = log.read_text(encoding="utf-8")
        assert forbidden(text) == [], log
        if "stderr" not in log.name:
            assert [json.loads(line) for line in text.splitlines()]

"""A relay before a server that writes down everything a client says: what, and in which place."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from tests.e2e.pty_terminal import DEADLINE_S


@dataclass
class Said:
    """One request, or one frame of a websocket."""

    where: str
    """Method and address with its query; `frame` for a frame."""

    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


class Relay:
    """What was said so far."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.said: list[Said] = []
        self.url = ""

    def places_of(self, secret: str) -> set[str]:
        """Tell where a secret was said: header names, `body of ...`, `address`, `frame ...`."""
        places: set[str] = set()
        for one in self.said:
            if secret in one.where:
                places.add(f"address {one.where}")
            places |= {f"header {name}" for name, value in one.headers.items() if secret in value}
            if secret in one.body:
                frame = one.where == "frame"
                kind = json.loads(one.body).get("type") if frame else one.where
                places.add(f"{'frame' if frame else 'body of'} {kind}")
        return places

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        where = f"{request.method} {request.raw_path}"
        body = await request.read()
        self.said.append(Said(where, dict(request.headers), body.decode("utf-8", "replace")))
        if not self.upstream:
            return web.json_response({"error": {"message": "not today"}}, status=503)
        if request.headers.get("Upgrade", "").casefold() == "websocket":
            return await self._relay_frames(request)
        skipped = {"host", "content-length", "transfer-encoding"}
        headers = {n: v for n, v in request.headers.items() if n.casefold() not in skipped}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
            client.request(
                request.method, self.upstream + request.raw_path, headers=headers, data=body
            ) as answer,
        ):
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                content_type=answer.content_type,
            )

    async def _relay_frames(self, request: web.Request) -> web.StreamResponse:
        near = web.WebSocketResponse()
        await near.prepare(request)
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(self.upstream + request.raw_path) as far,
        ):

            async def down() -> None:
                async for frame in far:
                    await near.send_str(frame.data)
                await near.close()

            back = asyncio.create_task(down())
            async for frame in near:
                self.said.append(Said("frame", body=frame.data))
                await far.send_str(frame.data)
            back.cancel()
        return near


@contextmanager
def recording_relay(upstream: str = "") -> Iterator[Relay]:
    """Run a relay on a thread of its own; without an upstream it answers 503 to everything."""
    relay, started, loop = Relay(upstream), threading.Event(), asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", relay._serve)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        relay.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        await end.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(DEADLINE_S)
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(DEADLINE_S)
        loop.close()

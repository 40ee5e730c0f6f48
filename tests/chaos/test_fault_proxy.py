"""The proxy does what the runs believe that it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.fault_proxy import FaultProxy

DEADLINE = 20.0


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A server that sends everything back, and its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def proxy(echo: int) -> AsyncIterator[FaultProxy]:
    async with FaultProxy.before(echo, seed=1) as proxy:
        yield proxy


async def dial(proxy: FaultProxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))


async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: bytes) -> bytes:
    writer.write(words)
    async with asyncio.timeout(DEADLINE):
        return await reader.readexactly(len(words))


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends, by a reset or otherwise, with nothing more said."""
    async with asyncio.timeout(DEADLINE):
        try:
            return await reader.read(1) == b""
        except ConnectionError:
            return True


async def test_a_calm_proxy_is_a_wire(proxy: FaultProxy) -> None:
    reader, writer = await dial(proxy)
    assert await say(reader, writer, b"hello" * 1000) == b"hello" * 1000
    writer.close()


@pytest.mark.parametrize("fault", ["latency", "jitter", "rate", "one_byte"])
async def test_a_slow_or_crumbling_line_loses_nothing(proxy: FaultProxy, fault: str) -> None:
    setattr(proxy, fault, {"latency": 0.01, "jitter": 0.01, "rate": 20_000.0}.get(fault, True))
    reader, writer = await dial(proxy)
    words = bytes(range(256)) * 4
    assert await say(reader, writer, words) == words
    writer.close()


async def test_what_slows_a_line_takes_its_time(proxy: FaultProxy) -> None:
    reader, writer = await dial(proxy)
    loop = asyncio.get_running_loop()
    for proxy.latency, proxy.rate, least in ((0.05, 0.0, 0.1), (0.0, 1000.0, 0.1)):
        begun = loop.time()
        await say(reader, writer, b"x" * 100)
        assert loop.time() - begun >= least  # there and back
    writer.close()


async def test_a_reset_cuts_every_connection(proxy: FaultProxy) -> None:
    lines = [await dial(proxy) for _ in range(3)]
    for reader, writer in lines:
        await say(reader, writer, b"x")
    proxy.reset()
    for reader, writer in lines:
        assert await ended(reader)
        writer.close()


async def test_refused_connections_are_counted_and_the_open_ones_stay(proxy: FaultProxy) -> None:
    first = await dial(proxy)
    await say(*first, b"x")
    proxy.refuse = True
    reader, writer = await dial(proxy)
    assert await ended(reader)
    writer.close()
    assert await say(*first, b"y") == b"y"
    assert proxy.accepted == 2
    first[1].close()


async def test_half_open_says_nothing_until_it_is_over_and_then_resets(proxy: FaultProxy) -> None:
    reader, writer = await dial(proxy)
    await say(reader, writer, b"x")
    proxy.swallow = True
    writer.write(b"lost")
    loop = asyncio.get_running_loop()
    heard = loop.create_task(reader.read(1))
    async with asyncio.timeout(DEADLINE):
        while not proxy._holed:  # noqa: ASYNC110 - the proxy tells nobody: that is the point
            await asyncio.sleep(0.01)
    assert not heard.done()
    proxy.calm()
    async with asyncio.timeout(DEADLINE):
        (end,) = await asyncio.gather(heard, return_exceptions=True)
    assert end == b"" or isinstance(end, ConnectionError)
    writer.close()
    reader, writer = await dial(proxy)
    assert await say(reader, writer, b"again") == b"again"
    writer.close()


async def test_nobody_behind_it_is_a_reset() -> None:
    spare = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = spare.sockets[0].getsockname()[1]
    spare.close()
    await spare.wait_closed()
    async with FaultProxy.before(port) as proxy:
        reader, writer = await dial(proxy)
        assert await ended(reader)
        writer.close()


async def test_the_same_seed_gives_the_same_jitter(echo: int) -> None:
    async with FaultProxy.before(echo, 7) as one, FaultProxy.before(echo, 7) as other:
        assert [one._random.random() for _ in range(5)] == [
            other._random.random() for _ in range(5)
        ]

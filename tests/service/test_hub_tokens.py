"""Tokens are listed, and taken back: by REST, by the owner's commands, by logging out."""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
import sys
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from kds_tui.cli import main
from kds_tui.hub import owner
from kds_tui.hub import tokens as tokens_module
from kds_tui.hub.auth import BadToken, TokenMint
from kds_tui.hub.console import ADDRESS_FILE, console
from kds_tui.hub.errors import HubError
from kds_tui.hub.tokens import TokenRegister
from tests.service.hub_kitchen import Kitchen, eventually, kitchen

GONE = 1008


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path) as running:
        yield running


async def sign_in(here: Kitchen, pin: str | None, **headers: str) -> str:
    """Sign a terminal in; its token."""
    url = f"{here.hub.url}/api/v1/auth/pin-login"
    async with (
        aiohttp.ClientSession() as stranger,
        stranger.post(url, json={"pin": pin}, headers=headers) as answer,
    ):
        assert answer.status == 200
        return (await answer.json())["token"]


async def listed(here: Kitchen) -> list[dict[str, Any]]:
    return (await here.ask("GET", "/auth/tokens"))[1]["tokens"]


async def is_good(here: Kitchen, token: str) -> bool:
    status, _, _ = await here.ask("GET", "/orders", Authorization=f"Bearer {token}")
    assert status in (200, 401)
    return status == 200


async def test_a_token_is_listed_by_what_the_terminal_calls_itself(here: Kitchen) -> None:
    hostile = "grill \x9b31m<b>" + "x" * 200
    token = await sign_in(here, here.hub.first_run_pin, **{"X-Terminal-Name": hostile})
    await sign_in(here, here.hub.first_run_pin, **{"User-Agent": "Mozilla/5.0"})
    first, second = await listed(here)
    assert first["label"].startswith("grill ")
    assert first["label"].isprintable()
    assert len(first["label"]) == 60
    assert (first["role"], first["address"]) == ("manager", "127.0.0.1")
    assert (first["connected"], first["current"]) == (False, False)
    assert second["label"] == "Mozilla/5.0"
    bearer = {"Authorization": f"Bearer {token}"}
    _, seen, _ = await here.ask("GET", "/auth/tokens", **bearer)
    assert [one["current"] for one in seen["tokens"]] == [True, False]
    assert token not in json.dumps(seen), "a list of tokens must not give one away"


async def test_a_revoked_token_is_refused_at_once_and_its_terminal_is_cut(here: Kitchen) -> None:
    kept = await sign_in(here, here.hub.first_run_pin)
    taken = await sign_in(here, here.hub.first_run_pin)
    displays = []
    for token in (kept, taken):
        display = await here.stranger()
        await display.socket.send_json({"type": "auth", "token": token})
        assert (await display.next())["type"] == "auth:success"
        displays.append(display)
    first, second = await listed(here)
    assert (first["connected"], second["connected"]) == (True, True)
    status, told, _ = await here.ask("DELETE", f"/auth/tokens/{second['id']}")
    assert (status, told) == (200, {"revoked": 1})
    assert await displays[1].close_code() == GONE
    assert not await is_good(here, taken)
    assert await is_good(here, kept)
    row = await here.order()
    event = await displays[0].until(lambda frame: frame["type"] == "order:created")
    assert event["payload"]["order"]["id"] == row["id"]
    late = await here.stranger()
    await late.socket.send_json({"type": "auth", "token": taken})
    assert await late.close_code() == GONE
    assert (await here.ask("DELETE", f"/auth/tokens/{second['id']}"))[0] == 404


async def test_all_can_be_revoked(here: Kitchen) -> None:
    tokens = [await sign_in(here, here.hub.first_run_pin) for _ in range(3)]
    assert (await here.ask("DELETE", "/auth/tokens"))[1] == {"revoked": 3}
    assert [await is_good(here, token) for token in tokens] == [False] * 3
    assert await listed(here) == []


async def test_logging_out_revokes(here: Kitchen) -> None:
    token = await sign_in(here, here.hub.first_run_pin)
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await here.ask("POST", "/auth/logout", **bearer))[0] == 200
    assert not await is_good(here, token)
    assert (await here.ask("POST", "/auth/logout", **bearer))[0] == 200, "twice is once"


async def test_what_is_revoked_stays_so_and_what_is_not_stays_good(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        pin = here.hub.first_run_pin
        kept, taken = [await sign_in(here, pin) for _ in range(2)]
        await here.ask("DELETE", f"/auth/tokens/{(await listed(here))[1]['id']}")
    async with kitchen(tmp_path) as here:
        assert (await is_good(here, kept), await is_good(here, taken)) == (True, False)


async def test_when_a_token_was_used_is_kept_and_one_that_ran_out_is_forgotten(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path) as here:
        token = await sign_in(here, here.hub.first_run_pin)
        display = await here.stranger()
        await display.socket.send_json({"type": "auth", "token": token})
        assert (await display.next())["type"] == "auth:success"
        (before,) = await here.hub.journal.run(lambda ledger: ledger.tokens())
        assert await is_good(here, token)
        register = here.hub._tokens
        assert register is not None
        await register.write_down(time.time())
        (after,) = await here.hub.journal.run(lambda ledger: ledger.tokens())
        assert after.used_at > before.used_at
        await register.write_down(after.expires_at)
        assert await display.close_code() == GONE, "a live socket does not outlive its token"
        assert register.listed(0.0) == []


async def test_tokens_are_bounded_and_the_one_longest_unused_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "MAX_TOKENS", 3)
    async with kitchen(tmp_path) as here:
        register = TokenRegister(TokenMint("ab" * 32, "r", 3600), here.hub.journal)
        now = time.time()
        fresh = [(await register.issue("kitchen", "", "", now + n))[0] for n in range(4)]
        assert len(register.listed(now)) == 3
        with pytest.raises(BadToken, match="revoked"):
            register.read(fresh[0], now)
        assert [register.read(text, now).role for text in fresh[1:]] == ["kitchen"] * 3


async def test_only_a_manager_sees_tokens_and_only_the_console_sets_the_pin(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path, role="kitchen") as here:
        for method, path in (("GET", ""), ("DELETE", ""), ("DELETE", "/x")):
            assert (await here.ask(method, f"/auth/tokens{path}"))[0] == 403
        manager = {"Authorization": f"Bearer {await here.hub.issue_token('manager')}"}
        assert (await here.ask("GET", "/auth/tokens", **manager))[0] == 200
        assert (await here.ask("PUT", "/auth/pin", {"pin": "482915"}, **manager))[0] == 403


async def test_the_owner_has_a_running_hub_in_hand(here: Kitchen, tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    mode = stat.S_IMODE((folder / ADDRESS_FILE).stat().st_mode)
    assert mode == 0o600
    token = await sign_in(here, here.hub.first_run_pin, **{"X-Terminal-Name": "fry"})
    async with console(folder) as hub:
        (seen,) = await hub.tokens()
        assert seen.label == "fry"
        for nonsense in ("nonsense", "", ".", "..", "../tokens", "?", "../pin"):
            assert await hub.revoke(nonsense) == 0
        with pytest.raises(HubError, match="counts up"):
            await hub.set_pin("123456")
        await hub.set_pin("482915")
        assert await hub.revoke(seen.id) == 1
    assert not await is_good(here, token)
    await sign_in(here, "482915")


async def test_the_owner_has_a_stopped_hub_in_hand(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    async with kitchen(tmp_path) as here:
        taken = await sign_in(here, here.hub.first_run_pin, **{"X-Terminal-Name": "fry"})
        epoch = here.hub.journal.epoch
    assert not (folder / ADDRESS_FILE).exists()
    table = await asyncio.to_thread(owner.tokens_table, folder)
    assert "fry" in table
    token_id = table.splitlines()[1].split()[0]
    assert "1 terminal signed" in await asyncio.to_thread(owner.revoke, folder, token_id)
    assert await asyncio.to_thread(owner.tokens_table, folder) == "Nobody is signed in."
    with pytest.raises(HubError, match="kds-tui hub tokens list"):
        await asyncio.to_thread(owner.revoke, folder, token_id)
    await asyncio.to_thread(owner.set_pin, folder, "482915")
    async with kitchen(tmp_path) as here:
        assert not await is_good(here, taken)
        assert here.hub.journal.epoch == epoch, "looking after it is no crash"
        await sign_in(here, "482915")


async def test_a_question_without_an_answer_leaves_the_pin_as_it_was(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        former = here.hub.first_run_pin
    arguments = ["hub", "pin", "--data-dir", str(tmp_path / "hub")]
    invoke = partial(CliRunner().invoke, main, arguments, "482915\n482915\n")
    ended = await asyncio.to_thread(invoke)
    assert ended.exit_code == 1
    assert "in force" not in ended.output
    async with kitchen(tmp_path) as here:
        await sign_in(here, former)


async def test_a_folder_without_a_hub_is_told(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="no hub's database"):
        await asyncio.to_thread(owner.tokens_table, tmp_path)
    assert not (tmp_path / "hub.db").exists(), "and none is made"


async def test_a_database_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        row = await here.order()

        def age(ledger: Any) -> None:
            ledger._connection.execute("DROP TABLE tokens")
            ledger._connection.execute("DROP TABLE stock")
            ledger._connection.execute("PRAGMA user_version = 1")

        await here.hub.journal.run(age)
    async with kitchen(tmp_path) as here:
        assert (await here.ask("GET", f"/orders/{row['id']}"))[0] == 200
        await sign_in(here, await _new_pin(tmp_path / "hub"))


async def _new_pin(folder: Path) -> str:
    async with console(folder) as hub:
        await hub.set_pin("482915")
    return "482915"


async def test_a_pin_does_not_go_into_the_systems_log(tmp_path: Path) -> None:
    """As systemd runs it: standard output is its stream, and it says so."""
    with (tmp_path / "journal").open("w") as stream:
        status = os.fstat(stream.fileno())
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kds_tui", "hub", "--port", "0"),
            *("--data-dir", str(tmp_path / "hub")),
            stdout=stream,
            env={
                **os.environ,
                "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}",
                "PYTHONUNBUFFERED": "1",
                "KDS_LOG__FILE": str(tmp_path / "kds.log"),
            },
        )
        try:
            await eventually(lambda: "connect a display" in (tmp_path / "journal").read_text())
        finally:
            process.terminate()
            await process.wait()
    said = (tmp_path / "journal").read_text()
    assert "kds-tui hub pin" in said
    assert not re.search(r"PIN +\d", said)

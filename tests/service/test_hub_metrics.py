"""The hub's figures for Prometheus count what really happens."""

from __future__ import annotations

from pathlib import Path

from kds_tui.hub.self_check import digest_of
from tests.service.hub_kitchen import Kitchen, eventually, kitchen
from tests.service.test_display_watch import samples


async def figures(here: Kitchen) -> dict[str, float]:
    status, text, headers = await here.ask_at("GET", "/metrics")
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return samples(text)


async def test_what_happens_is_counted(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        before = await figures(here)
        assert before["websocket_connections_attempted"] == 0
        assert before["process_resident_memory_bytes"] > 10e6
        assert before['kds_hub_commands_total{outcome="done",verb="bump"}'] == 0

        display = await here.display()
        stranger = await here.stranger()
        await stranger.socket.send_json({"type": "auth", "token": "a.b.c"})
        await stranger.close_code()
        row = await here.order()
        once = {"Idempotency_Key": "the-same"}
        for _ in range(2):  # the second one is answered as before, and done once
            assert (await here.ask("POST", "/orders", {"items": row["items"]}, **once))[0] == 201
        for _ in range(2):
            bump = f"/orders/{row['id']}/bump"
            key = {"Idempotency_Key": "bump"}
            assert (await here.ask("POST", bump, {"base_version": 1}, **key))[0] == 200
        await here.walk(row["id"], "cancelled")
        assert (await here.ask("POST", f"/orders/{row['id']}/recall", {}))[0] == 409
        await display.until(lambda frame: frame.get("seq") == 4)

        told = await figures(here)
        assert told["websocket_connections_attempted"] == 2
        assert told["websocket_connections_successful"] == 1
        assert told["kds_hub_orders_total"] == 2
        assert told["kds_hub_events_total"] == 4
        assert told['kds_hub_commands_total{outcome="done",verb="bump"}'] == 1
        assert told['kds_hub_commands_total{outcome="refused",verb="recall"}'] == 1
        assert told["kds_hub_change_seconds_count"] == 5
        assert told["kds_hub_clients"] == 1
        assert told["kds_hub_orders_open"] == 1
        assert told["kds_hub_clients_cut_total"] == 0
        assert told["kds_hub_fanout_queued"] == 0

        for client in tuple(here.hub.fanout.clients):
            for _ in range(client.queue.maxsize + 1):
                client.offer(b"{}")
        await eventually(lambda: not here.hub.fanout.clients)
        await display.close_code()
        assert (await figures(here))["kds_hub_clients_cut_total"] == 1

        here.hub.fanout.open_orders = await here.hub.journal.run(digest_of)
        await here.hub.housekeep()
        assert (await figures(here))["kds_hub_digests_mended_total"] == 0

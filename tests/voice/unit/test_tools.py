from __future__ import annotations

from typing import Any

import pytest

from voice_tui.core.tools import (
    AddToOrder,
    AskedItem,
    BumpOrder,
    CancelOrder,
    ChangeQuantity,
    ConfirmOrder,
    CookCall,
    MarkUnavailable,
    RecallOrder,
    RemoveFromOrder,
    TicketWork,
    ToolCall,
    ToolError,
    WhatIsAllDay,
    WorkOnTicket,
    decode_call,
    needs_confirmation,
    tool_definitions,
)


def objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [each for part in schema for each in objects(part)]
    if not isinstance(schema, dict):
        return []
    inner = [each for part in schema.values() for each in objects(part)]
    return [schema, *inner] if schema.get("type") == "object" else inner


def test_ten_tools_are_published_and_none_takes_unknown_arguments() -> None:
    tools = tool_definitions()
    assert len(tools) == 10
    for tool in tools:
        assert set(tool) == {"type", "name", "description", "parameters"}
        assert tool["description"]
        for schema in objects(tool["parameters"]):
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) <= set(schema["properties"])


@pytest.mark.parametrize(
    ("name", "arguments", "call"),
    [
        (
            "add_to_order",
            '{"items":[{"name":"Coke","quantity":"2","modifiers":["no ice"]}]}',
            AddToOrder((AskedItem("Coke", 2, ("no ice",)),)),
        ),
        (
            "add_to_order",
            '{"items":[{"name":"Coke","quantity":"two","modifications":"no ice",'
            '"allergyNotes":"nuts","extra":1}],"tableNumber":5,"seat_number":"3"}',
            AddToOrder((AskedItem("Coke", 2, ("no ice", "Allergy: nuts")),), "5", 3),
        ),
        (
            "add_to_order",
            '{"items":{"name":"Coke","modifiers":[{"name":"No ice"},null,7]},"order_type":"x"}',
            AddToOrder((AskedItem("Coke", 1, ("No ice", "7")),)),
        ),
        ("add_to_order", '{"items":["Coke"]}', AddToOrder((AskedItem("Coke"),))),
        ("remove_from_order", '{"itemName":"Coke"}', RemoveFromOrder("Coke")),
        ("remove_from_order", '{"name":"Coke","quantity":1.0}', RemoveFromOrder("Coke", 1)),
        ("change_quantity", '{"item_name":"Coke","quantity":0}', ChangeQuantity("Coke", 0)),
        ("confirm_order", '{"action":"checkout"}', ConfirmOrder()),
        ("confirm_order", '{"action":"review"}', ConfirmOrder(review=True)),
        ("confirm_order", '{"action":"cancel"}', CancelOrder()),
        ("cancel_order", "", CancelOrder()),
        ("bump_order", '{"order_number":42}', BumpOrder("42")),
        ("recall_order", "{}", RecallOrder()),
        (
            "work_on_ticket",
            '{"action":"fire","table_number":5,"course":"mains"}',
            WorkOnTicket(TicketWork.FIRE, None, "5", "mains"),
        ),
        ("work_on_ticket", '{"action":"hold"}', WorkOnTicket(TicketWork.HOLD)),
        ("mark_unavailable", '{"itemName":"Coke"}', MarkUnavailable("Coke")),
        ("what_is_all_day", "{}", WhatIsAllDay()),
    ],
)
def test_arguments_are_read_as_models_write_them(name: str, arguments: str, call: ToolCall) -> None:
    assert decode_call(name, arguments) == call


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("drop_tables", "{}"),
        ("add_to_order", '{"items":[{"name":"Burger","modifications":["no nu'),
        ("add_to_order", "[]"),
        ("add_to_order", '{"items":"two cokes"}'),
        ("add_to_order", '{"items":[{"quantity":1}]}'),
        ("add_to_order", '{"items":[{"name":"Coke","quantity":0}]}'),
        ("add_to_order", '{"items":[{"name":"Coke","quantity":2.5}]}'),
        ("add_to_order", '{"items":[{"name":"Coke","quantity":"many"}]}'),
        ("add_to_order", '{"items":[{"name":"Coke","quantity":true}]}'),
        ("add_to_order", '{"items":[{"name":"Coke","quantity":1e400}]}'),
        ("add_to_order", "[" * 5000),
        ("add_to_order", " " * 30_000),
        ("remove_from_order", "{}"),
        ("change_quantity", '{"itemName":"Coke"}'),
        ("confirm_order", '{"action":"explode"}'),
        ("bump_order", "{}"),
        ("work_on_ticket", '{"action":"burn"}'),
        ("work_on_ticket", '{"order_number":"1"}'),
        ("bump_order", '{"order_number":"1","table_number":"2"}'),
        ("cancel_order", "\ud800"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(name: str, arguments: str) -> None:
    with pytest.raises(ToolError):
        decode_call(name, arguments)


@pytest.mark.parametrize(
    ("call", "alone", "agreed"),
    [
        (BumpOrder("42"), True, False),
        (RecallOrder(), True, False),
        (WorkOnTicket(TicketWork.FIRE, "42"), True, False),
        (MarkUnavailable("Coke"), True, True),
        (WhatIsAllDay(), False, False),
    ],
)
def test_what_one_engine_heard_is_confirmed_first(
    call: CookCall, alone: bool, agreed: bool
) -> None:
    assert needs_confirmation(call, engines_agreed=False) is alone
    assert needs_confirmation(call, engines_agreed=True) is agreed

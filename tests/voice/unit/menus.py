"""Two menus as `GET /api/v1/menu` answers them: the hub's, and a quite different one."""

from __future__ import annotations

import json

import msgspec

from kds_tui.hub.menu import load_menu
from voice_tui.core.matcher import Matcher
from voice_tui.core.menu import menu_of

_CANTINA = [
    ("Cheeseburger", 12.0, ["burger"], ["No onion", "No tomato", "Extra cheese:1.5", "Double:4"]),
    ("Veggie Burger", 12.5, [], ["No mayo", "Vegan bun"]),
    ("Margherita Pizza", 11.0, [], ["Small", "Large:4", "Extra basil", "Gluten-free base:2"]),
    ("Pepperoni Pizza", 13.0, [], ["Small", "Large:4", "Extra cheese:2", "No olives"]),
    ("Carne Asada Burrito", 11.5, [], ["No beans", "No rice", "Add guacamole:2", "Make it wet:1"]),
    ("Chicken Quesadilla", 10.0, ["quesadilla"], ["Sour cream on the side", "Add jalapeños:0.5"]),
    ("Pad Thai", 14.0, [], ["Mild", "Medium", "Spicy", "No peanuts", "Add tofu:2", "Add shrimp:4"]),
    ("Tom Yum Soup", 8.0, ["tom yum"], ["No cilantro", "Add shrimp:4"]),
    ("Salmon Teriyaki", 19.0, [], ["No sesame", "Brown rice"]),
    ("Mac & Cheese", 9.0, [], ["Add bacon:2", "No breadcrumbs"]),
    ("Fries", 4.0, ["french fries"], ["Small", "Large:1.5", "No salt"]),
    ("Onion Rings", 5.0, [], []),
    ("Jalapeño Poppers 6 pcs", 7.5, [], ["Ranch on the side"]),
    ("Side Salad", 6.0, [], ["Ranch dressing", "Dressing on the side"]),
    ("Coke", 3.0, ["coca cola"], ["Small", "Large:1", "No ice"]),
    ("Diet Coke", 3.0, [], ["Large:1", "No ice"]),
    ("Sprite", 3.0, [], ["Large:1", "No ice"]),
    ("7 Up", 3.0, [], ["No ice"]),
    ("Iced Latte", 4.5, ["latte"], ["Oat milk:0.75", "Decaf", "Extra shot:1"]),
    ("Tiramisu", 7.0, [], []),
    ("Chocolate Cake", 6.5, [], ["Add ice cream:2"]),
    ("Carrot Cake", 6.5, [], ["No nuts"]),
]


def hub_answer() -> dict[str, object]:
    """The menu that comes along with the hub."""
    menu = load_menu(None)
    items = [
        {
            **msgspec.to_builtins(item),
            "modifiers": [
                {"id": f"{item.id}-{place}", "name": each.name, "price": each.price}
                for place, each in enumerate(item.modifiers, 1)
            ],
        }
        for item in menu.items
    ]
    return json.loads(json.dumps({"categories": [], "items": items}))


def cantina_answer() -> dict[str, object]:
    """A menu with UUIDs for ids, hardly any alias, sizes, a number in a name, and one item off."""
    items: list[dict[str, object]] = []
    for place, (name, price, aliases, modifiers) in enumerate(_CANTINA, 1):
        parts = [modifier.partition(":") for modifier in modifiers]
        items.append(
            {
                "id": f"00000000-0000-4000-8000-{place:012}",
                "menu_item_id": f"00000000-0000-4000-8000-{place:012}",
                "category_id": "c",
                "name": name,
                "price": price,
                "active": True,
                "available": name != "Tiramisu",
                "aliases": aliases,
                "modifiers": [
                    {"id": f"{place}-{at}", "name": label, "price": float(cost or 0)}
                    for at, (label, _, cost) in enumerate(parts, 1)
                ],
            }
        )
    return {"categories": [{"id": "c", "name": "All"}], "items": items}


MATCHERS = {
    "hub": Matcher(menu_of(hub_answer())),
    "cantina": Matcher(menu_of(cantina_answer())),
}

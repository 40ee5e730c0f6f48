"""Every place where text leaves the program is one of those that are known to be safe.

Strings of strangers are cleaned when they are decoded, but what is clean text may still be markup:
`[no cheese]` vanishes and `[/]` ends the app in a widget that parses it. So widgets are told not
to, and a new way to show or print text has to be looked at here first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kds_tui
import voice_tui

ROOTS = [Path(package.__path__[0]) for package in (kds_tui, voice_tui)]

WIDGETS = {"Static", "Input", "OptionList"}
"""Widgets of Textual that are used; what each shows of a markup string has been looked at."""

TAKE_MARKUP = {"Static", "Label", "Button", "OptionList", "RadioButton", "Checkbox"}
PARSE_MARKUP = {"from_markup", "render_markup", "to_content", "parse_markup"}
TITLES = {"border_title", "border_subtitle", "title", "sub_title", "tooltip"}
STANDARD_STREAMS = {
    "voice_tui/terminal": "draws, and says where the log is",
    "kds_tui/services/sound_player.py": "answers the display over a pipe",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            yield str(path.relative_to(root.parent)), ast.parse(path.read_text(encoding="utf-8"))


SOURCES = dict(sources())


def name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def is_off(call: ast.Call, keyword: str) -> bool:
    return any(
        each.arg == keyword and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in call.keywords
    )


def is_our_own(value: ast.expr) -> bool:
    """Whether a value is text that stands in the source, without a bracket that could be markup."""
    match value:
        case ast.Constant(value=str(text)):
            return "[" not in text
        case ast.IfExp(body=one, orelse=other):
            return is_our_own(one) and is_our_own(other)
        case _:
            return False


def found(wrong: Callable[[ast.AST], bool], tree: ast.Module) -> list[int]:
    return [getattr(node, "lineno", 0) for node in ast.walk(tree) if wrong(node)]


def places(wrong: Callable[[ast.AST], bool], spare: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{line}"
        for name, tree in SOURCES.items()
        if not name.startswith(spare)
        for line in found(wrong, tree)
    ]


def toasts_markup(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "notify"
        and bool(node.args)
        and not is_off(node, "markup")
    )


def shows_markup(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or name_of(node.func) not in TAKE_MARKUP:
        return False
    return not is_off(node, "markup") and not (node.args and all(map(is_our_own, node.args)))


def inherits_markup(node: ast.AST) -> bool:
    """Whether a class is such a widget and does not turn markup off."""
    if not isinstance(node, ast.ClassDef):
        return False
    if not {name_of(base) for base in node.bases} & TAKE_MARKUP:
        return False
    calls = (each for each in ast.walk(node) if isinstance(each, ast.Call))
    return not any(name_of(call.func) == "__init__" and is_off(call, "markup") for call in calls)


def is_content(value: ast.expr) -> bool:
    """Whether a value is text with its styles beside it, which nothing parses."""
    if not isinstance(value, ast.Call):
        return False
    of_class = isinstance(value.func, ast.Attribute) and name_of(value.func.value) == "Content"
    return name_of(value.func) == "Content" or (of_class and name_of(value.func) == "assemble")


def titles_markup(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Attribute)
        and target.attr in TITLES
        and not (is_our_own(node.value) or is_content(node.value))
        for target in node.targets
    )


def options_markup(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or name_of(node.func) != "Option" or not node.args:
        return False
    first = node.args[0]
    return not is_content(first) and not is_our_own(first)


def parses_markup(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and name_of(node) in PARSE_MARKUP


def imports_a_widget(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module == "textual.widgets"
        and not {each.name for each in node.names} <= WIDGETS
    )


def prints(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or name_of(node.func) not in {"print", "echo", "secho"}:
        return False
    first = node.args[0] if node.args else None
    # Our own text, to be redirected into a file.
    return not (isinstance(first, ast.Call) and name_of(first.func) == "render_example")


def refuses(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "ClickException"


def writes(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"write", "writelines", "buffer"}
        and name_of(node.value) in {"stdout", "stderr", "__stdout__", "__stderr__"}
    )


RULES = {
    "a toast": (toasts_markup, ()),
    "a widget": (shows_markup, ()),
    "a class of widgets": (inherits_markup, ()),
    "a title": (titles_markup, ()),
    # Choices of the filters are values; what draws them is under `kds_tui/ui`.
    "an option": (options_markup, ("kds_tui/core",)),
    "markup": (parses_markup, ()),
    "another widget": (imports_a_widget, ()),
    "a command's output": (
        prints,
        (
            "voice_tui/say.py",
            "kds_tui/order_table.py",  # Rich's Text, of what was decoded
            "kds_tui/sound_commands.py",  # the bell
        ),
    ),
    "a command's error": (refuses, ("voice_tui/say.py",)),
    "a stream": (writes, tuple(STANDARD_STREAMS)),
}


@pytest.mark.parametrize("rule", RULES)
def test_no_text_leaves_by_a_way_that_nobody_looked_at(rule: str) -> None:
    wrong, spare = RULES[rule]
    assert places(wrong, spare) == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("a toast", "self.notify(words)"),
        ("a toast", "self.app.notify(words, markup=True)"),
        ("a widget", "Static(name)"),
        ("a widget", "Label('a [b]')"),
        ("a class of widgets", "class A(Static):\n    pass"),
        (
            "a class of widgets",
            "class A(Static):\n    def __init__(self):\n        super().__init__()",
        ),
        ("a title", "self.border_title = name"),
        ("a title", "box.border_title = f'{name}'"),
        ("a title", "app.title = 'a [b]'"),
        ("an option", "Option(name)"),
        ("markup", "Content.from_markup(name)"),
        ("another widget", "from textual.widgets import Static, DataTable"),
        ("a command's output", "click.echo(name)"),
        ("a command's output", "print(name)"),
        ("a command's error", "raise click.ClickException(name)"),
        ("a stream", "sys.stdout.write(name)"),
    ],
)
def test_the_rules_see_what_they_are_for(rule: str, line: str) -> None:
    assert found(RULES[rule][0], ast.parse(line))

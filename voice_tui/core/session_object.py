"""The session object of the Realtime API (GA): what may stand in it, and how updates merge.

One field that the API does not know refuses the whole update, as OpenAI does: a client that gets
this wrong against the gateway would get it wrong there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from voice_tui.core.request_error import RequestError

JsonObject = dict[str, object]

MAX_TEXT: Final = 100_000
"""Characters of instructions, which may carry a whole menu."""

MAX_TOOLS: Final = 64
MAX_KEYWORDS: Final = 2_000

DEFAULT_MODEL: Final = "voice-tui-gateway"

Check = Callable[[object], str | None]
"""Says what a value should have been, or None where it is right."""


@dataclass(frozen=True)
class _Section:
    """An object with known fields; `nullable` ones are cleared with null."""

    fields: Mapping[str, Check | _Section]
    nullable: bool = False


def _text(limit: int) -> Check:
    def check(value: object) -> str | None:
        fits = isinstance(value, str) and len(value) <= limit
        return None if fits else f"a string of at most {limit} characters"

    return check


def _one_of(*allowed: str) -> Check:
    def check(value: object) -> str | None:
        return None if value in allowed else " or ".join(f"'{one}'" for one in allowed)

    return check


def _list_of(check_one: Check, limit: int, what: str) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, list):
            return f"a list of {what}"
        entries = cast("list[object]", value)
        if len(entries) > limit or any(check_one(entry) for entry in entries):
            return f"a list of at most {limit} {what}"
        return None

    return check


def _number(value: object) -> str | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return None if fits else "a number"


def _truth(value: object) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _anything(_: object) -> str | None:
    return None


def _nothing(value: object) -> str | None:
    return None if value is None else "null: this server listens only while told to (push to talk)"


def _output_tokens(value: object) -> str | None:
    if value == "inf" or (type(value) is int and 1 <= value <= 4096):
        return None
    return "a whole number from 1 to 4096, or 'inf'"


def _modalities(value: object) -> str | None:
    return None if value in (["text"], ["audio"]) else "['text'] or ['audio']"


def _tool(value: object) -> str | None:
    if not isinstance(value, dict):
        return "an object"
    tool = cast("JsonObject", value)
    name = tool.get("name")
    known = tool.keys() <= {"type", "name", "description", "parameters"}
    named = isinstance(name, str) and 0 < len(name) <= 64
    return None if known and named and tool.get("type") == "function" else "a function"


def _tool_choice(value: object) -> str | None:
    if isinstance(value, dict) or value in ("auto", "none", "required"):
        return None
    return "'auto', 'none', 'required' or a function"


_TOOLS: Final = _list_of(_tool, MAX_TOOLS, "functions")

_FORMAT: Final = _Section(
    {"type": _one_of("audio/pcm", "audio/pcmu", "audio/pcma"), "rate": _number}
)

_TRANSCRIPTION: Final = _Section(
    {
        "model": _text(100),
        "language": _text(20),
        "languages": _list_of(_text(20), 20, "languages"),
        "prompt": _text(MAX_TEXT),
        "keywords": _list_of(_text(100), MAX_KEYWORDS, "words"),
        "delay": _anything,
    },
    nullable=True,
)

_SESSION: Final = _Section(
    {
        "type": _one_of("realtime"),
        "model": _text(100),
        "instructions": _text(MAX_TEXT),
        "output_modalities": _modalities,
        "audio": _Section(
            {
                "input": _Section(
                    {
                        "format": _FORMAT,
                        "transcription": _TRANSCRIPTION,
                        "turn_detection": _nothing,
                        "noise_reduction": _Section(
                            {"type": _one_of("near_field", "far_field")}, nullable=True
                        ),
                    }
                ),
                "output": _Section({"format": _FORMAT, "voice": _anything, "speed": _number}),
            }
        ),
        "include": _list_of(_text(100), 20, "names"),
        "tools": _TOOLS,
        "tool_choice": _tool_choice,
        "parallel_tool_calls": _truth,
        "max_output_tokens": _output_tokens,
        "truncation": _anything,
        "reasoning": _anything,
        "tracing": _anything,
        "prompt": _anything,
    }
)

_RESPONSE: Final = _Section(
    {
        "conversation": _one_of("auto", "none"),
        "instructions": _text(MAX_TEXT),
        "output_modalities": _modalities,
        "tools": _TOOLS,
        "tool_choice": _tool_choice,
        "parallel_tool_calls": _truth,
        "max_output_tokens": _output_tokens,
        "metadata": _anything,
        "input": _anything,
        "audio": _anything,
        "prompt": _anything,
        "reasoning": _anything,
    }
)


def new_session(model: str = DEFAULT_MODEL) -> JsonObject:
    """Make the session that a client gets which asks for nothing.

    Args:
        model: the name to answer with.

    Returns:
        A session object. As in the API, transcription is off until it is asked for; unlike there,
        nobody listens for pauses: `turn_detection` is null and stays so.
    """
    return {
        "type": "realtime",
        "model": model,
        "output_modalities": ["text"],
        "instructions": "",
        "audio": {
            "input": {"transcription": None, "turn_detection": None, "noise_reduction": None}
        },
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
    }


def start_session(asked: JsonObject) -> JsonObject:
    """Make a session as it is asked for with the connection or with its token.

    Args:
        asked: a session object from outside.

    Returns:
        The whole session.

    Raises:
        RequestError: a field is unknown, missing or wrong.
    """
    _require_type(asked)
    return _merged(new_session(), asked, _SESSION, "session")


def update_session(session: JsonObject, asked: JsonObject) -> JsonObject:
    """Merge a `session.update`: only the fields in it change.

    Args:
        session: as it is; stays untouched.
        asked: the update's session object.

    Returns:
        The session as it should be from now on.

    Raises:
        RequestError: a field is unknown, missing or wrong; then nothing of it counts.
    """
    _require_type(asked)
    if asked.get("model", session["model"]) != session["model"]:
        raise RequestError(
            "invalid_value", "The model of a running session cannot change.", "session.model"
        )
    return _merged(session, asked, _SESSION, "session")


def response_settings(session: JsonObject, asked: JsonObject) -> JsonObject:
    """Read what a `response.create` asks for.

    Args:
        session: fills in what the response leaves out.
        asked: its `response` object, perhaps empty.

    Returns:
        The fields of both: those of the response before the session's.

    Raises:
        RequestError: a field is unknown or wrong.
    """
    return {**session, **_merged({}, asked, _RESPONSE, "response")}


def transcribes(session: JsonObject) -> bool:
    """Whether the client asked to be told what was heard."""
    sound = cast("JsonObject", cast("JsonObject", session["audio"])["input"])
    return sound.get("transcription") is not None


def tool_names(settings: JsonObject) -> frozenset[str]:
    """Which functions may be called, by the session's or a response's `tools` and `tool_choice`."""
    if settings.get("tool_choice") == "none":
        return frozenset()
    tools = cast("list[JsonObject]", settings.get("tools", []))
    return frozenset(str(tool["name"]) for tool in tools)


def _require_type(asked: JsonObject) -> None:
    if "type" not in asked:
        raise RequestError(
            "missing_required_parameter",
            "Missing required parameter: 'session.type'.",
            "session.type",
        )


def _merged(current: JsonObject, asked: JsonObject, section: _Section, path: str) -> JsonObject:
    merged = dict(current)
    for name, value in asked.items():
        where = f"{path}.{name}"
        rule = section.fields.get(name)
        if rule is None:
            raise RequestError("unknown_parameter", f"Unknown parameter: '{where}'.", where)
        if not isinstance(rule, _Section):
            wanted = rule(value)
            if wanted is not None:
                raise _wrong(where, wanted)
            merged[name] = value
        elif value is None and rule.nullable:
            merged[name] = None
        elif isinstance(value, dict):
            inner = cast("JsonObject", merged.get(name) or {})
            merged[name] = _merged(inner, cast("JsonObject", value), rule, where)
        else:
            raise _wrong(where, "an object or null" if rule.nullable else "an object")
    return merged


def _wrong(where: str, wanted: str) -> RequestError:
    return RequestError("invalid_value", f"Invalid value for '{where}': expected {wanted}.", where)

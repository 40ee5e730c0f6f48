"""The hub's REST interface, described: served at `GET /api/v1/openapi.json` (OpenAPI 3.1).

Bodies and rows come from the structs that check and write them, so that they cannot differ.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from kds_tui import __version__
from kds_tui.hub.answers import raw_json
from kds_tui.hub.openapi_answers import EnvelopeA, EnvelopeB
from kds_tui.hub.openapi_routes import OPERATIONS, JsonObject, Operation

PATH: Final = "/api/v1/openapi.json"

_REF: Final = "#/components/schemas/{name}"

_EVERYWHERE: Final = (403, 421, 429)
"""Errors of every route: a page of a foreign origin, a foreign name, too many requests."""

_HEADERS: Final[dict[int, JsonObject]] = {
    429: {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}},
    503: {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}},
}

_ABOUT: Final = """The order server of a kitchen; speaks the protocol of Restaurant OS.

Every request may carry `X-Restaurant-ID`: another restaurant's id is refused (403). A request that
changes something carries the same value of its own choice in the cookie `csrf_token` and in the
header `X-CSRF-Token`. docs/protocol.md tells the rest, and the websocket."""


class DescriptionRoutes:
    """Serves the description."""

    def __init__(self) -> None:
        self._body = msgspec.json.encode(describe())

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [web.get(PATH, self._description)]

    async def _description(self, _: web.Request) -> web.Response:
        return raw_json(self._body)


def describe() -> JsonObject:
    """Describe the interface.

    Returns:
        An OpenAPI 3.1 document.
    """
    shapes = [
        EnvelopeA,
        EnvelopeB,
        *(operation.answer for operation in OPERATIONS if operation.answer is not None),
        *(operation.body for operation in OPERATIONS if operation.body is not None),
    ]
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    error = {"anyOf": [schemas[0], schemas[1]]}
    named = dict(zip(map(str, shapes), schemas, strict=True))
    paths: dict[str, JsonObject] = {}
    for operation in OPERATIONS:
        described = _operation(operation, named, error)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "kds-tui hub", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "csrfHeader": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
                "csrfCookie": {"type": "apiKey", "in": "cookie", "name": "csrf_token"},
            },
        },
    }


def _operation(operation: Operation, named: dict[str, Any], error: JsonObject) -> JsonObject:
    changes = operation.method != "GET"
    security: JsonObject = {}
    errors = {*_EVERYWHERE, *operation.errors}
    if operation.scope is not None:
        security["token"] = [operation.scope] if operation.scope else []
        errors.add(401)
    if changes and operation.csrf:
        security["csrfHeader"] = security["csrfCookie"] = []
    described: JsonObject = {
        "operationId": _name(operation),
        "summary": operation.summary,
        "tags": list(operation.tags),
        "security": [security] if security else [],
        "parameters": [*_path_parameters(operation.path), *operation.parameters],
        "responses": {str(operation.status): _answer(operation, named)},
    }
    if operation.body is not None or operation.parameters:
        errors.add(400)
    if operation.body is not None:
        errors |= {408, 413}
        content = {"application/json": {"schema": named[str(operation.body)]}}
        described["requestBody"] = {"required": _is_required(operation.body), "content": content}
    for status in sorted(errors):
        answer: JsonObject = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"schema": error}},
        }
        if status in _HEADERS:
            answer["headers"] = _HEADERS[status]
        described["responses"][str(status)] = answer
    return described


def _answer(operation: Operation, named: dict[str, Any]) -> JsonObject:
    described: JsonObject = {"description": HTTPStatus(operation.status).phrase}
    if operation.answer is not None:
        schema = named[str(operation.answer)]
        described["content"] = {operation.content: {"schema": schema}}
    return described


def _path_parameters(path: str) -> list[JsonObject]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _is_required(body: type) -> bool:
    """An empty body stands for an empty object: it will do where nothing must be given."""
    return any(one.required for one in msgspec.structs.fields(body))


def _name(operation: Operation) -> str:
    words = re.findall(r"\w+", operation.path)
    return "_".join([operation.method.lower(), *words]).replace("-", "_")

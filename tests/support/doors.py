"""Every door of the house, read from the running apps' own routes and OpenAPI documents, so that none is forgotten when one is added."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from gateway.access.service import service as gateway_service
from services.kit.http import _Public, _Requires, _running, _writing
from services.kit.operations import operations_router
from services.kit.service import Service, create_app

NAMES = ("survey", "feedback", "routing", "knowledge", "customers", "insight")
SERVICES: dict[str, Service] = {**{name: import_module(f"services.{name}.app").service for name in NAMES}, "gateway": gateway_service}
SOME_ID = "018f3b1c-9d1e-7a44-8c1e-2b1f6a3c5d7e"
_ZONE = "Europe/Berlin"
_CANDIDATES = ("example", "en", "EUR", "DE", "1.5", "2026-11-23", "09:00", "18:00", "+4930123456", "anna@example.org", _ZONE, "2026-W47")
_CHOICE = re.compile(r"^\^\((\w+)\|")
"""The first of the words that a pattern such as ^(open|closed)$ allows."""
_STORING = {_running.__name__, _writing.__name__}
_MOMENT = "2026-11-23T09:00:00Z"
_FORMATS = {
    "uuid": SOME_ID,
    "date-time": _MOMENT,
    "date": "2026-11-23",
    "time": "09:00:00",
    "email": "anna@example.org",
    "uri": "https://example.org",
}


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    service: str
    method: str
    path: str
    scopes: tuple[str, ...]
    """Any of these opens it."""
    why: str | None
    """Why nobody is asked for a key; None where somebody is."""
    guards: int
    """How many `requires` and `public` stand before it; exactly one is right."""
    body: Mapping[str, Any] | None
    """JSON schema of the body; None where none is read."""
    needs_body: bool
    parameters: tuple[Mapping[str, Any], ...]
    """As in OpenAPI; empty for pages, which are not in the document."""
    is_given_the_database: bool
    """Whether its handler holds anything through which it could store something."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def address(self, **values: str) -> str:
        """Return the path with its parameters filled in, from `values` or well-formed ones."""

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            return values.get(name, self._well_formed(name))

        return re.sub(r"\{(\w+)\}", fill, self.path)

    def _well_formed(self, name: str) -> str:
        schema: Mapping[str, Any] = next((one["schema"] for one in self.parameters if one["name"] == name and one["in"] == "path"), {})
        return str(example(schema)) if schema else "x"


@cache
def document(service: str) -> Mapping[str, Any]:
    """Return the OpenAPI document of a service."""
    return create_app(SERVICES[service]).openapi()


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


def _doors_of(service: Service) -> Iterator[Door]:
    described = document(service.name)
    for router in [*service.routers, *service.root_routers, operations_router(service.name)]:
        start = "" if router in service.root_routers else f"/{service.name}"
        for route in router.routes:
            assert isinstance(route, APIRoute)
            calls = list(_calls(route.dependant))
            guards = [call for call in calls if isinstance(call, _Requires | _Public)]
            stores = not _STORING.isdisjoint(getattr(call, "__name__", "") for call in calls)
            why = next((guard.why for guard in guards if isinstance(guard, _Public)), None)
            scopes = tuple(scope for guard in guards if isinstance(guard, _Requires) for scope in guard.scopes)
            for method in sorted(route.methods or ()):
                path = start + route.path_format
                operation = described["paths"].get(path, {}).get(method.lower(), {})
                content = operation.get("requestBody", {}).get("content", {})
                body = whole(service.name, content["application/json"]["schema"]) if "application/json" in content else None
                parameters = tuple({**one, "schema": whole(service.name, one["schema"])} for one in operation.get("parameters", ()))
                required = bool(operation.get("requestBody", {}).get("required"))
                yield Door(service.name, method, path, scopes, why, len(guards), body, required, parameters, stores)


@cache
def doors() -> tuple[Door, ...]:
    """Return every method of every route of every service."""
    return tuple(door for service in SERVICES.values() for door in _doors_of(service))


def whole(service: str, schema: Any) -> Any:
    """Return the schema with every reference put in."""
    if isinstance(schema, list):
        return [whole(service, one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return whole(service, document(service)["components"]["schemas"][name])
    return {name: whole(service, part) for name, part in schema.items()}


def plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first way to fill the schema that is not null."""
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return plain(next(one for one in schema[choice] if one.get("type") != "null"))
    if len(schema.get("allOf", ())) == 1:
        return plain(schema["allOf"][0])
    return schema


def example(schema: Mapping[str, Any]) -> Any:
    """Return a value that the schema allows, with every optional field; raises LookupError where no candidate fits a pattern."""
    found = plain(schema)
    if "const" in found:
        return found["const"]
    if "enum" in found:
        return found["enum"][0]
    kind = found.get("type")
    if kind == "object":
        named = {name: _ZONE if name == "time_zone" else example(part) for name, part in found.get("properties", {}).items()}
        more = values_of(found)
        return named if named or not more else {_key(found): example(more)}
    if kind == "array":
        return [example(found["items"])] * max(1, found.get("minItems", 1)) if "items" in found else []
    if kind in {"integer", "number"}:
        return found.get("minimum", found.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in found else min(1, found.get("maximum", 1)))
    return {"boolean": True, "string": None}.get(str(kind), "example") if kind != "string" else _text(found)


def values_of(schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema of the values under names of the client's choice; None where there are none or they may be anything."""
    found = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    return found if isinstance(found, dict) and found else None


def _key(schema: Mapping[str, Any]) -> str:
    named = {"pattern": next(iter(schema["patternProperties"]))} if "patternProperties" in schema else schema.get("propertyNames", {})
    return str(example({"type": "string", **named}))


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") in _FORMATS:
        return str(_FORMATS[schema["format"]])
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
    for candidate in (*_CHOICE.findall(schema.get("pattern", "")), *_CANDIDATES):
        if least <= len(candidate) <= most and re.search(schema.get("pattern", ""), candidate):
            return str(candidate)
    if "pattern" not in schema:
        return "x" * max(int(least), 1)
    raise LookupError(f"no candidate fits {schema}")

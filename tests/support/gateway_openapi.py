"""OpenAPI documents of the fixed upstream, typed down to the leaves: what a gateway that composes REST services reads.

The documents that the services publish leave the data of a section open (each section has its own type), so that nothing below it could be selected.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tests.support.gateway_upstream import SECTIONS

REF = "#/components/schemas/{model}"
NULL = {"type": "null"}
WORDS = frozenset({"title", "default", "examples", "description"})
"""What is said for people."""


def openapi_of(service: str) -> dict[str, Any]:
    """Return the document of one service's door for the view of one customer."""
    sections = SECTIONS[service]
    _, models = models_json_schema([(kind, "serialization") for kind, _ in sections.values()], ref_template=REF)
    parts = {name: _section(kind, many) for name, (kind, many) in sections.items()}
    schemas = {**models["$defs"], f"{service}View": _object({"sections": _object(parts)})}
    parameter = {"name": "customer_id", "in": "path", "required": True, "schema": {"type": "string"}}
    answer = {"description": "The sections.", "content": {"application/json": {"schema": {"$ref": REF.format(model=f"{service}View")}}}}
    door = {"operationId": f"{service}_view", "parameters": [parameter], "responses": {"200": answer}}
    return {
        "openapi": "3.0.3",
        "info": {"title": service, "version": "1"},
        "paths": {f"/{service}/internal/v1/customers/{{customer_id}}/view": {"get": door}},
        "components": {"schemas": {name: _plain(one) for name, one in schemas.items()}},
    }


def _section(kind: type[BaseModel], many: int) -> dict[str, Any]:
    one = {"$ref": REF.format(model=kind.__name__)}
    data = {"type": "array", "items": one} if many else one
    return _object({"version": {"type": "integer"}, "as_of": {"type": "string", "format": "date-time"}, "data": data})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def _plain(schema: Any) -> Any:
    """Return the schema in the words of OpenAPI 3.0: `X or null` becomes an X that may be missing, which costs a reader less than a union."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = [one for one in schema.get("anyOf", ()) if one != NULL]
    if len(kept) == 1:
        return _plain(kept[0])
    found = {name: _plain(one) for name, one in schema.items() if name not in WORDS or isinstance(one, dict)}
    if "required" in schema:
        found["required"] = [name for name in schema["required"] if NULL not in schema["properties"][name].get("anyOf", ())]
    return found

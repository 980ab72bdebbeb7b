"""The promises in the repository against the code: OpenAPI of every service, JSON Schema of every event.

`python -m infra.contracts` exits 1 when a committed document differs from the code or a change would break a reader; `--write` renews the documents.
Breaking is: a path, method, event or field that is gone; a field that became required in a request; an event field whose type changed.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from services.kit.events import Event
from services.kit.service import Service, create_app

FOLDER = Path(__file__).parent / "contracts"
SERVICES = ("survey", "feedback", "routing", "knowledge", "customers", "insight")


def documents() -> dict[str, dict[str, Any]]:
    """Return file name → document, as the code has it now."""
    found: dict[str, dict[str, Any]] = {}
    for name in SERVICES:
        service: Service = import_module(f"services.{name}.app").service
        found[f"{name}.openapi.json"] = create_app(service).openapi()
        contract = import_module(f"services.{name}.contract")
        events = [kind for kind in vars(contract).values() if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event]
        own = sorted((kind for kind in events if kind.__module__ == contract.__name__), key=lambda kind: kind.subject)
        found[f"{name}.events.json"] = {kind.subject: kind.model_json_schema() for kind in own}
    return found


def breaking(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what would break somebody who relied on `before`."""
    if name.endswith("openapi.json"):
        return [
            f"{name}: {method.upper()} {path} is gone"
            for path, methods in before["paths"].items()
            for method in methods
            if method not in after["paths"].get(path, {})
        ] + _newly_required(name, before, after)
    gone = [f"{name}: {subject} is gone" for subject in before if subject not in after]
    fields = [
        f"{name}: {subject}.{field} is gone or of another type"
        for subject, schema in before.items()
        if subject in after
        for field, shape in schema.get("properties", {}).items()
        if _bare(after[subject].get("properties", {}).get(field)) != _bare(shape)
    ]
    return gone + fields


def _newly_required(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    old, new = (document.get("components", {}).get("schemas", {}) for document in (before, after))
    inputs = {
        body["content"]["application/json"]["schema"].get("$ref", "").rsplit("/", 1)[-1]
        for methods in after["paths"].values()
        for operation in methods.values()
        if "application/json" in (body := operation.get("requestBody", {"content": {}}))["content"]
    }
    return [
        f"{name}: {schema}.{field} became required"
        for schema in sorted(inputs & set(old) & set(new))
        for field in new[schema].get("required", [])
        if field not in old[schema].get("required", [])
    ]


def _bare(shape: Any) -> Any:
    """Drop the words of a schema: a better description breaks nobody."""
    if isinstance(shape, dict):
        return {key: _bare(value) for key, value in shape.items() if key not in {"description", "title"}}
    return shape


def main(*, write: bool) -> int:
    """Compare, or write; return the exit code."""
    FOLDER.mkdir(exist_ok=True)
    problems: list[str] = []
    for name, document in documents().items():
        path = FOLDER / name
        text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        if write:
            path.write_text(text)
        elif not path.exists():
            problems.append(f"{name} is not committed")
        elif path.read_text() != text:
            problems.append(f"{name} differs from the code: read the change, then `make contracts`")
            problems += breaking(name, json.loads(path.read_text()), document)
    sys.stdout.write("".join(f"{line}\n" for line in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv))

"""The configuration table in docs/settings.md, read from the settings classes.

`python -m infra.settings_table` exits 1 when the document differs from the code; `--write` renews it.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from infra.event_table import SERVICES, between
from services.kit.settings import ServiceSettings

PATH = Path(__file__).parent.parent / "docs" / "settings.md"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"
SECRET = ("secret_key", "token_public_key", "token_private_key")
"""Made by development at its first start; production must be given them."""


def settings_table() -> str:
    """Return one table: what everybody reads, then what each room reads for itself."""
    lines = ["| variable | read by | default | what it is |", "|---|---|---|---|"]
    lines += [_row("everybody", ServiceSettings, name, field) for name, field in ServiceSettings.model_fields.items()]
    for room in ("gateway", *SERVICES):
        kind = settings_of(room)
        own = {name: field for name, field in kind.model_fields.items() if name not in ServiceSettings.model_fields}
        lines += [_row(room, kind, name, field) for name, field in own.items()]
    return "\n".join(lines)


def settings_of(room: str) -> type[ServiceSettings]:
    """Return the settings class of a service or of the gateway."""
    module = import_module("gateway.settings" if room == "gateway" else f"services.{room}.settings")
    found: type[ServiceSettings] = getattr(module, f"{room.capitalize()}Settings")
    return found


def _row(reader: str, kind: type[ServiceSettings], name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    variable = alias if isinstance(alias, str) else f"{kind.model_config.get('env_prefix', '')}{name}".upper()
    told = (field.description or "").replace("|", "\\|")
    return f"| `{variable}` | {reader} | {_default(name, field)} | {told} |"


def _default(name: str, field: FieldInfo) -> str:
    if name == "token_private_key":
        return "**required in production**, at the gateway"
    if name in SECRET:
        return "**required in production**"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or isinstance(value, SecretStr):
        return "**required**"
    if value is None:
        return "none"
    if isinstance(value, (list, tuple, dict, bool, BaseModel)):
        return f"`{json.dumps(to_jsonable_python(value, exclude_none=True))}`"
    return f"`{value}`"


def main() -> int:
    """Check, or write with --write; return the exit code."""
    document = PATH.read_text()
    wanted = between(document, BEGIN, END, settings_table())
    if "--write" in sys.argv:
        PATH.write_text(wanted)
    elif document != wanted:
        sys.stderr.write("docs/settings.md differs from the code: python -m infra.settings_table --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

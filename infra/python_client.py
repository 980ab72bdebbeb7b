"""`python -m infra.python_client FOLDER [SERVICE …]`: typed Python clients of the public REST doors, made from the committed OpenAPI documents.

Each becomes a package of its own, `FOLDER/antiphon-customers/antiphon_customers` and so on, which `pip install FOLDER/antiphon-customers` takes.
Doors for the inside of the house and for operators are left out. The work is done by openapi-python-client, a development dependency.
`infra/python_client_example.py` is a program that uses one.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.contracts import FOLDER as CONTRACTS
from infra.contracts import SERVICES

LEFT_OUT = frozenset({"internal", "operations"})
"""Tags, and first steps behind the service's name, of doors that no third party can use, or should."""


def public(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with its public doors alone, each under the plain name of what it does (`put_by_key`)."""
    paths: dict[str, Any] = {}
    for path, methods in document["paths"].items():
        first = path.split("/")[2:3]
        kept = {method: _named(path, method, door) for method, door in methods.items() if not LEFT_OUT & {*door.get("tags", ()), *first}}
        if kept:
            paths[path] = kept
    return {**document, "paths": paths}


def _named(path: str, method: str, door: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's own name says the path and the method, too: unique in a document, and unreadable in a program."""
    name = door["operationId"].removesuffix(re.sub(r"\W", "_", f"{path}_{method}"))
    return {**door, "operationId": name}


def generate(service: str, folder: Path) -> Path:
    """Write the client of one service into the folder; return the project. Raises RuntimeError with what the generator said."""
    project = folder / f"antiphon-{service}"
    document = json.loads((CONTRACTS / f"{service}.openapi.json").read_text(encoding="utf-8"))
    settings = {
        "project_name_override": project.name,
        "package_name_override": f"antiphon_{service}",
        "post_hooks": [],
        "content_type_overrides": {"image/svg+xml": "text/plain"},  # a picture that is a text
    }
    with tempfile.TemporaryDirectory() as made:
        source, config = Path(made) / "openapi.json", Path(made) / "config.json"
        source.write_text(json.dumps(public(document)), encoding="utf-8")
        config.write_text(json.dumps(settings), encoding="utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "setup", "--overwrite", "--fail-on-warning"]
        ran = subprocess.run(
            [*command, "--path", str(source), "--config", str(config), "--output-path", str(project)], check=False, capture_output=True, text=True
        )
    if ran.returncode != 0:
        raise RuntimeError(f"{service}: {ran.stdout}{ran.stderr}")
    return project


def main(arguments: list[str]) -> int:
    """Generate the wanted clients; exit 2 when nothing says where."""
    if not arguments or set(arguments[1:]) - set(SERVICES):
        sys.stderr.write(f"{__doc__}\nServices: {', '.join(SERVICES)}\n")
        return 2
    for service in arguments[1:] or SERVICES:
        print(generate(service, Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

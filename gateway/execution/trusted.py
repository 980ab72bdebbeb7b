"""Trusted documents: operations that were registered when a client was built, asked for by their hash.

python -m gateway.execution.trusted build OUT FILE_OR_FOLDER...    check every .graphql file against the schema and the limits, write {hash: document}
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
from graphql import OperationDefinitionNode

from gateway.execution.problems import RequestRefused

PREFIX = "sha256:"


class TrustMode(StrEnum):
    """What documents are taken."""

    OFF = "off"
    """Any text; hashes are not looked up."""
    ALLOW = "allow"
    """Any text, and registered hashes."""
    ONLY = "only"
    """Registered hashes alone."""


class Trusted:
    """The registered documents."""

    def __init__(self, mode: TrustMode, documents: Mapping[str, str]) -> None:
        self.mode = mode
        self._documents = documents

    def text(self, found: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Return (document, hash) of a request's JSON; (None, None) when it names no hash. Raises RequestRefused."""
        name = _hash_of(found)
        if name is None:
            if self.mode == TrustMode.ONLY:
                raise RequestRefused("DOCUMENT_NOT_FOUND", message="Only registered documents are taken here: send `documentId`.")
            return None, None
        document = self._documents.get(name) if self.mode != TrustMode.OFF else None
        if document is None:
            raise RequestRefused("DOCUMENT_NOT_FOUND", message="No document is registered under this hash.")
        return document, name


def _hash_of(found: Mapping[str, Any]) -> str | None:
    """Return the hash in `documentId`, or in Apollo's `extensions.persistedQuery`, which is looked up and never registered."""
    name = found.get("documentId")
    if isinstance(name, str):
        return name.removeprefix(PREFIX)
    extensions = found.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    hashed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return hashed if isinstance(hashed, str) else None


def hash_of(document: str) -> str:
    """Return the name of a document."""
    return hashlib.sha256(document.encode()).hexdigest()


def load(mode: TrustMode, path: Path | None) -> Trusted:
    """Read the manifest, ours or the one that graphql-codegen's client preset writes.

    Raises ValueError when the mode needs one and there is none, or a hash is not its document's.
    """
    if mode == TrustMode.OFF:
        return Trusted(mode, {})
    if path is None:
        raise ValueError("ANTIPHON_GATEWAY_DOCUMENTS_FILE must name the manifest of trusted documents")
    documents: dict[str, str] = {name.removeprefix(PREFIX): text for name, text in orjson.loads(path.read_bytes()).items()}
    wrong = [name for name, text in documents.items() if hash_of(text) != name]
    if wrong:
        raise ValueError(f"{path} is damaged: {wrong[0]} is not the hash of its document")
    return Trusted(mode, documents)


def build(paths: Sequence[Path]) -> dict[str, str]:
    """Return {hash: document} of all .graphql files; raises ValueError, naming the file, when one is not valid or too dear."""
    from gateway.execution.documents import Documents
    from gateway.schema.build import core_schema

    documents, found = Documents(core_schema(), suggestions=True), {}
    for path in sorted(file for given in paths for file in ([given] if given.is_file() else given.rglob("*.graphql"))):
        text = path.read_text(encoding="utf-8")
        try:
            prepared = documents.prepare(text, reads_schema=False)
        except RequestRefused as refused:
            raise ValueError(f"{path}: {refused.errors[0].message}") from None
        if not any(isinstance(node, OperationDefinitionNode) for node in prepared.document.definitions):
            raise ValueError(f"{path} has no operation")
        found[hash_of(text)] = text
    return found


def main(arguments: list[str]) -> int:
    """Build a manifest; return the exit code."""
    if len(arguments) < 3 or arguments[0] != "build":  # noqa: PLR2004  build, where to, from where
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        found = build([Path(one) for one in arguments[2:]])
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    Path(arguments[1]).write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    sys.stdout.write(f"{len(found)} documents in {arguments[1]}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The size of a document, counted on its syntax tree in one pass before it is validated: validation itself can be made dear."""

from collections import Counter
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

SOURCE_BYTES = 64 * 1024
TOKENS = 2_000
DEPTH = 12
SCHEMA_DEPTH = 24
"""Introspection nests deeper than any data does; who may not read the schema never gets here with it."""
ALIASES = 30
ROOT_FIELDS = 20
DIRECTIVES = 50
FIELDS = 600
"""Fields after every fragment is put in its places: fragments must not multiply."""
SAME_NAME = 20
"""Times that one answer name may stand in one selection: comparing them costs the square of it."""
FRAGMENTS = 50
NESTING = 60


class TooBig(Exception):
    """The document is over a limit; the text names it."""


@dataclass(slots=True)
class Size:
    """How big a selection is, fragments put in."""

    fields: int = 0
    depth: int = 0
    direct: int = 0
    """Fields at its own top level."""


@dataclass(slots=True)
class _Count:
    """The pass over one document."""

    fragments: dict[str, FragmentDefinitionNode]
    known: dict[str, Size] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    aliases: int = 0
    directives: int = 0

    def selection(self, node: SelectionSetNode | None, level: int) -> Size:
        size = Size()
        if node is None:
            return size
        if level > NESTING:
            raise TooBig(f"The document nests more than {NESTING} levels.")
        names: Counter[str] = Counter()
        for part in node.selections:
            self.directives += len(part.directives or ())
            self._add(size, self._part(part, names, level))
        if names and max(names.values()) > SAME_NAME:
            raise TooBig(f"One selection names the same field more than {SAME_NAME} times.")
        return size

    def _part(self, part: object, names: Counter[str], level: int) -> Size:
        if isinstance(part, FieldNode):
            self.aliases += part.alias is not None
            names[part.alias.value if part.alias else part.name.value] += 1
            inner = self.selection(part.selection_set, level + 1)
            return Size(fields=1 + inner.fields, depth=1 + inner.depth, direct=1)
        if isinstance(part, InlineFragmentNode):
            return self.selection(part.selection_set, level + 1)
        if isinstance(part, FragmentSpreadNode):
            return self.fragment(part.name.value, level)
        return Size()

    def fragment(self, name: str, level: int) -> Size:
        """Measure each fragment once; a circle or an unknown name counts nothing here, validation refuses it."""
        if name in self.known:
            return self.known[name]
        found = self.fragments.get(name)
        if found is None or name in self.under_way:
            return Size()
        self.under_way.add(name)
        self.directives += len(found.directives or ())
        self.known[name] = self.selection(found.selection_set, level + 1)
        self.under_way.discard(name)
        return self.known[name]

    def _add(self, size: Size, other: Size) -> None:
        size.fields += other.fields
        size.depth = max(size.depth, other.depth)
        size.direct += other.direct
        if size.fields > FIELDS:
            raise TooBig(f"The document selects more than {FIELDS} fields.")


def judge_shape(document: DocumentNode) -> None:
    """Raise TooBig when the document is over a limit of depth, aliases, root fields, directives, fields or fragments."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    if len(document.definitions) > FRAGMENTS:
        raise TooBig(f"The document has more than {FRAGMENTS} operations and fragments.")
    count = _Count(fragments)
    for name in fragments:
        count.fragment(name, 0)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            count.directives += len(node.directives or ()) + sum(len(part.directives or ()) for part in node.variable_definitions or ())
            size = count.selection(node.selection_set, 0)
            if size.direct > ROOT_FIELDS:
                raise TooBig(f"An operation has at most {ROOT_FIELDS} root fields.")
            deepest = SCHEMA_DEPTH if _reads_schema(node) else DEPTH
            if size.depth > deepest:
                raise TooBig(f"The document is deeper than {DEPTH} levels.")
    if count.aliases > ALIASES:
        raise TooBig(f"The document has more than {ALIASES} aliases.")
    if count.directives > DIRECTIVES:
        raise TooBig(f"The document has more than {DIRECTIVES} directives.")


def _reads_schema(node: OperationDefinitionNode) -> bool:
    """Tell whether every root field asks about the schema itself; the names begin with two underscores and no field of ours can."""
    parts = node.selection_set.selections
    return all(isinstance(part, FieldNode) and part.name.value in {"__schema", "__type", "__typename"} for part in parts)

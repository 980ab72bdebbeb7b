"""A guide is a graph of pages, each with one thing on it; it is checked whole before it is stored.

Kinds: question (one of several options), instruction (do this, then go on), check (did it help: yes or no), decision (by what was answered before),
article (read this, then go on), handover (to a person, with everything tried), end (solved or not).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_NODES = 150
"""Nodes of one guide; more should be several guides (Zingtree's advice)."""
MOST_OPTIONS = 12
LONGEST_WALK = 300
"""Steps of one run: a loop (try again) is allowed, walking in it for ever is not."""


class NodeKind(StrEnum):
    """What a node does."""

    QUESTION = "question"
    INSTRUCTION = "instruction"
    CHECK = "check"
    DECISION = "decision"
    ARTICLE = "article"
    HANDOVER = "handover"
    END = "end"


LAST = frozenset({NodeKind.HANDOVER, NodeKind.END})
ASKING = frozenset({NodeKind.QUESTION, NodeKind.CHECK})


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a node: the option's key and words, and where it leads. For a decision `when` names an earlier node and its answer."""

    key: str
    label: str
    to: str
    when: tuple[str, str] | None = None
    """None: the way that is taken when no other fits."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node."""

    id: str
    kind: NodeKind
    text: str
    ways: tuple[Way, ...]
    article_id: str | None = None
    solved: bool | None = None
    """Of an end alone."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole guide."""

    start: str
    nodes: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a graph cannot be walked, and at which node."""

    node: str
    says: str


def faults(graph: Graph) -> list[Fault]:
    """Return everything that is wrong with a graph, in the order of its nodes; an empty list when it can be walked from every node to an end."""
    found = [] if graph.start in graph.nodes else [Fault(graph.start, "the start is no node of this guide")]
    for node in graph.nodes.values():
        found += [Fault(node.id, says) for says in _wrong_with(node)]
        found += [Fault(node.id, f"leads to {way.to}, which is no node of this guide") for way in node.ways if way.to not in graph.nodes]
        found += [Fault(node.id, says) for says in _wrong_decision(node, graph)]
    if found:
        return found
    reached = _reached(graph, [graph.start], forward=True)
    found += [Fault(node, "cannot be reached from the start") for node in graph.nodes if node not in reached]
    ending = _reached(graph, [node.id for node in graph.nodes.values() if node.kind in LAST], forward=False)
    found += [Fault(node, "has no way to an end: whoever comes here never gets out") for node in graph.nodes if node not in ending]
    return found + [Fault(node, "decides in a circle without asking anything") for node in _deciding_for_ever(graph)]


def next_node(graph: Graph, at: str, key: str | None, answers: Mapping[str, str]) -> str | None:
    """Return where an answer leads, passing through decisions; None when the node has no such option."""
    node = graph.nodes[at]
    ways = [way for way in node.ways if node.kind not in ASKING or way.key == key]
    if not ways or (node.kind not in ASKING and key is not None):
        return None
    to = ways[0].to
    while graph.nodes[to].kind is NodeKind.DECISION:
        to = _decided(graph.nodes[to], answers)
    return to


def first_node(graph: Graph) -> str:
    """Return the first page of a guide."""
    at = graph.start
    while graph.nodes[at].kind is NodeKind.DECISION:
        at = _decided(graph.nodes[at], {})
    return at


def steps_left(graph: Graph, at: str) -> int:
    """Return the fewest pages from here to an end, this one included."""
    distance, layer, seen = 1, [at], {at}
    while layer:
        if any(graph.nodes[node].kind in LAST for node in layer):
            return distance
        layer = [way.to for node in layer for way in graph.nodes[node].ways if way.to not in seen]
        seen.update(layer)
        distance += 1
    return distance


def _decided(node: Node, answers: Mapping[str, str]) -> str:
    for way in node.ways:
        if way.when is not None and answers.get(way.when[0]) == way.when[1]:
            return way.to
    return next(way.to for way in node.ways if way.when is None)


def _wrong_with(node: Node) -> Iterator[str]:
    kind, ways = node.kind, node.ways
    if not node.text.strip() and kind is not NodeKind.DECISION:
        yield "has no text"
    if kind in LAST and ways:
        yield "is an end and leads on"
    if kind in {NodeKind.INSTRUCTION, NodeKind.ARTICLE} and len(ways) != 1:
        yield "needs exactly one way on"
    if kind is NodeKind.QUESTION and not 2 <= len(ways) <= MOST_OPTIONS:  # noqa: PLR2004  a question with one answer asks nothing
        yield f"needs 2 to {MOST_OPTIONS} options"
    if kind is NodeKind.CHECK and sorted(way.key for way in ways) != ["no", "yes"]:
        yield "needs the options yes and no"
    if len({way.key for way in ways}) != len(ways):
        yield "has two options with one key"
    if kind is NodeKind.ARTICLE and node.article_id is None:
        yield "needs an article"
    if (kind is NodeKind.END) != (node.solved is not None):
        yield "an end says whether it is solved, and nothing else does"


def _wrong_decision(node: Node, graph: Graph) -> Iterator[str]:
    if node.kind is not NodeKind.DECISION:
        if any(way.when is not None for way in node.ways):
            yield "only a decision has conditions"
        return
    if sum(way.when is None for way in node.ways) != 1:
        yield "needs exactly one way without a condition"
    for way in node.ways:
        if way.when is None:
            continue
        asked = graph.nodes.get(way.when[0])
        if asked is None or asked.kind not in ASKING:
            yield f"looks at {way.when[0]}, which asks nothing"
        elif way.when[1] not in {option.key for option in asked.ways}:
            yield f"looks for the answer {way.when[1]}, which {way.when[0]} does not have"


def _reached(graph: Graph, begin: Sequence[str], *, forward: bool) -> set[str]:
    edges: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for way in node.ways:
            source, target = (node.id, way.to) if forward else (way.to, node.id)
            edges.setdefault(source, []).append(target)
    seen, waiting = set(begin), list(begin)
    while waiting:
        for target in edges.get(waiting.pop(), []):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _deciding_for_ever(graph: Graph) -> list[str]:
    deciding = {node.id: [way.to for way in node.ways if graph.nodes[way.to].kind is NodeKind.DECISION] for node in graph.nodes.values()}
    circular = []
    for node in graph.nodes.values():
        if node.kind is not NodeKind.DECISION:
            continue
        seen: set[str] = set()
        waiting = list(deciding[node.id])
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += deciding[at]
        if node.id in seen:
            circular.append(node.id)
    return circular

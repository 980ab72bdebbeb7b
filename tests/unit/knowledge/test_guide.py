"""Guides are checked whole, walked page by page, and drawn."""

import xml.etree.ElementTree as ET

import pytest

from services.knowledge.domain.drawing import Arrow, Box, mermaid, svg
from services.knowledge.domain.guide import Graph, Node, NodeKind, Way, faults, first_node, next_node, steps_left
from services.knowledge.domain.shares import difference, share


def end(name: str, *, solved: bool = True) -> Node:
    return Node(name, NodeKind.END, name, (), solved=solved)


def question(name: str, *ways: tuple[str, str]) -> Node:
    return Node(name, NodeKind.QUESTION, name, tuple(Way(key, key, to) for key, to in ways))


def tell(name: str, to: str) -> Node:
    return Node(name, NodeKind.INSTRUCTION, name, (Way("next", "", to),))


def graph(*nodes: Node) -> Graph:
    return Graph(nodes[0].id, {node.id: node for node in nodes})


def test_a_guide_that_reaches_an_end_from_everywhere_is_good_and_may_loop() -> None:
    good = graph(question("light", ("red", "reset"), ("green", "done")), tell("reset", "light"), end("done"))
    assert faults(good) == []
    assert (steps_left(good, "light"), steps_left(good, "reset")) == (2, 3)


@pytest.mark.parametrize(
    ("broken", "node", "says"),
    [
        (graph(question("a", ("x", "b"), ("y", "gone")), end("b")), "a", "leads to gone"),
        (graph(tell("a", "b"), end("b"), end("c")), "c", "cannot be reached"),
        (graph(question("a", ("x", "b"), ("y", "c")), end("b"), tell("c", "d"), tell("d", "c")), "c", "no way to an end"),
        (graph(question("a", ("x", "b")), end("b")), "a", "2 to 12 options"),
        (graph(Node("a", NodeKind.CHECK, "?", (Way("yes", "", "b"), Way("maybe", "", "b"))), end("b")), "a", "yes and no"),
        (graph(Node("a", NodeKind.END, "x", ())), "a", "whether it is solved"),
        (graph(Node("a", NodeKind.ARTICLE, "x", (Way("next", "", "b"),)), end("b")), "a", "needs an article"),
        (graph(Node("a", NodeKind.DECISION, "", (Way("x", "", "b", ("b", "x")), Way("y", "", "b"))), end("b")), "a", "asks nothing"),
        (graph(Node("a", NodeKind.DECISION, "", (Way("x", "", "b", ("q", "x")),)), end("b")), "a", "exactly one way without"),
        (Graph("gone", {"b": end("b")}), "gone", "no node of this guide"),
        (graph(question("a", ("x", "b"), ("x", "b")), end("b")), "a", "one key"),
    ],
)
def test_a_guide_in_which_somebody_gets_stuck_is_refused(broken: Graph, node: str, says: str) -> None:
    assert any(fault.node == node and says in fault.says for fault in faults(broken))


def test_a_decision_is_made_by_what_was_answered_before() -> None:
    choose = Node("choose", NodeKind.DECISION, "", (Way("mobile", "", "reboot", ("kind", "mobile")), Way("else", "", "cable")))
    whole = graph(
        question("kind", ("mobile", "light"), ("fixed", "light")),
        question("light", ("on", "choose"), ("off", "done")),
        choose,
        tell("reboot", "done"),
        tell("cable", "done"),
        end("done"),
    )
    assert faults(whole) == []
    assert next_node(whole, "light", "on", {"kind": "mobile", "light": "on"}) == "reboot"
    assert next_node(whole, "light", "on", {"kind": "fixed", "light": "on"}) == "cable"
    assert next_node(whole, "light", "blue", {}) is None
    assert next_node(whole, "reboot", "x", {}) is None
    assert first_node(whole) == "kind"


def test_a_decision_that_only_leads_to_decisions_is_refused() -> None:
    one = Node("one", NodeKind.DECISION, "", (Way("x", "", "done", ("ask", "a")), Way("y", "", "two")))
    two = Node("two", NodeKind.DECISION, "", (Way("x", "", "done", ("ask", "a")), Way("y", "", "one")))
    whole = graph(question("ask", ("a", "one"), ("b", "done")), one, two, end("done"))
    assert [(fault.node, fault.says) for fault in faults(whole)] == [
        ("one", "decides in a circle without asking anything"),
        ("two", "decides in a circle without asking anything"),
    ]


def test_pictures_hold_every_box_and_arrow_and_no_markup_of_the_texts() -> None:
    boxes = [Box("a", 'Is it "on"? <b>', "question"), Box("b", "Done", "end", "end")]
    arrows = [Arrow("a", "b", "yes"), Arrow("b", "a", "again")]
    drawn = mermaid(boxes, arrows)
    assert drawn.splitlines()[:3] == ["flowchart TD", '    n0["Is it #quot;on#quot;? &lt;b&gt;<br>question"]', '    n1(["Done<br>end"])']
    assert drawn.splitlines()[3:] == ['    n0 -->|"yes"| n1', '    n1 -->|"again"| n0']
    root = ET.fromstring(svg("A <guide>", boxes, arrows))  # noqa: S314  our own text
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert (names.count("rect"), names.count("path")) == (2, 3)


def test_a_share_comes_with_wilsons_interval_and_a_difference_with_newcombes() -> None:
    assert share(0, 0).share is None
    one = share(56, 70)
    assert (one.share, one.low, one.high) == (0.8, 0.691834, 0.876953)
    told = difference(one, share(48, 80))  # Newcombe 1998, table II (a): 0.2, 0.0524 to 0.3339
    assert told is not None
    assert (round(told.value, 4), round(told.low, 4), round(told.high, 4), told.shown) == (0.2, 0.0524, 0.3339, True)
    assert difference(one, share(0, 0)) is None

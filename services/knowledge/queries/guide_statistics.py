"""Where people leave a guide, and which pages they passed who were not helped."""

from typing import NamedTuple
from uuid import UUID

from services.kit.db import Tx
from services.knowledge.contract import GuideStatistics, NodeStatistics, ShareView
from services.knowledge.domain.guide import NodeKind
from services.knowledge.domain.shares import Share, share
from services.knowledge.repository.guides import graph_from, guide_by_id, standing_at, version_of, visits


def shown(one: Share) -> ShareView:
    """Return a share as it goes out."""
    return ShareView(part=one.part, whole=one.whole, share=one.share, low=one.low, high=one.high)


class Noted(NamedTuple):
    """What a picture says of one page."""

    short: str
    sentence: str
    is_worst: bool
    """Whether more people left the guide here than on any other page."""


def noted(figures: GuideStatistics) -> dict[str, Noted]:
    """Return what is to be said of each page that somebody came to."""
    worst = max(figures.nodes, key=lambda one: one.left.part, default=None)
    notes = {}
    for one in figures.nodes:
        if not one.came:
            continue
        is_worst = worst is one and one.left.part > 0
        short = f"{one.came} came, left {_percent(one.left)}, unsolved {_percent(one.unsolved)}"
        told = f"{one.came} came, {one.left.part} left here" + (", more than on any other page" if is_worst else "")
        told += f"; {one.unsolved.part} of {one.unsolved.whole} who passed and came to an end were not helped"
        notes[one.node] = Noted(short, told, is_worst)
    return notes


def _percent(one: ShareView) -> str:
    return "-" if one.share is None else f"{100 * one.share:.0f}%"


async def guide_statistics(tx: Tx, guide_id: UUID, version: int | None) -> GuideStatistics:
    """Return the figures of a version, of the published one when none is named; raises GuideNotFound."""
    guide = await guide_by_id(tx, guide_id)
    chosen = version or guide.published_version or guide.version
    graph = graph_from((await version_of(tx, guide_id, chosen)).graph)
    passed, standing = await visits(tx, guide_id, chosen), await standing_at(tx, guide_id, chosen)
    nodes = []
    for node in graph.nodes.values():
        if node.kind is NodeKind.DECISION:
            continue
        here = [row for row in standing if row["at_node"] == node.id]
        ends = passed.get(node.id, {})
        went_on = sum(ends.values())
        idle = sum(int(row["idle"]) for row in here if row["state"] == "open")
        stands = sum(row["runs"] for row in here)
        ended = went_on - ends.get("open", 0)
        failed = ends.get("unsolved", 0) + ends.get("handed_over", 0)
        came = went_on + stands
        nodes.append(
            NodeStatistics(
                node=node.id, kind=node.kind.value, text=node.text, came=came, left=shown(share(idle, came)), unsolved=shown(share(failed, ended))
            ),
        )
    by_state = {state: sum(row["runs"] for row in standing if row["state"] == state) for state in ("open", "solved", "unsolved", "handed_over")}
    left = sum(int(row["idle"]) for row in standing if row["state"] == "open")
    finished = by_state["solved"] + by_state["unsolved"] + by_state["handed_over"] + left
    return GuideStatistics(
        guide_id=guide_id,
        version=chosen,
        driver=guide.driver,
        walks=sum(by_state.values()),
        solved=shown(share(by_state["solved"], finished)),
        handed_over=by_state["handed_over"],
        left=left,
        nodes=nodes,
    )

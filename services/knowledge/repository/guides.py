"""Statements about guides and the walks through them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.knowledge.domain.guide import Graph, Node, NodeKind, Way
from services.knowledge.domain.lifecycle import IDLE, Audience
from services.knowledge.models import Guide, GuideRun, GuideStep, GuideVersion


class GuideNotFound(NotFound):
    """There is no guide with this id, or it is not meant for you."""

    code = "guide_not_found"


class RunNotFound(NotFound):
    """There is no walk with this id."""

    code = "guide_run_not_found"


async def guide_by_id(tx: Tx, guide_id: UUID, *, for_customers: bool = False) -> Guide:
    """Return a guide; raises GuideNotFound, for customers also when it is not published for them."""
    wanted = select(Guide).where(col(Guide.id) == guide_id)
    if for_customers:
        wanted = wanted.where(col(Guide.state) == "published", col(Guide.audience) == Audience.CUSTOMER.value)
    found = await tx.first(wanted, Guide)
    if found is None:
        raise GuideNotFound(f"There is no guide {guide_id}.")
    return found


async def guides(tx: Tx, *, state: str | None, product: str | None, before: UUID | None, limit: int) -> list[Guide]:
    """Return guides, newest first."""
    wanted = select(Guide).order_by(col(Guide.id).desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(col(Guide.state) == state)
    if product is not None:
        wanted = wanted.where(col(Guide.product) == product)
    if before is not None:
        wanted = wanted.where(col(Guide.id) < before)
    return await tx.all(wanted, Guide)


async def version_of(tx: Tx, guide_id: UUID, version: int) -> GuideVersion:
    """Return one graph; raises GuideNotFound."""
    wanted = select(GuideVersion).where(col(GuideVersion.guide_id) == guide_id, col(GuideVersion.version) == version)
    found = await tx.first(wanted, GuideVersion)
    if found is None:
        raise GuideNotFound(f"Guide {guide_id} has no version {version}.")
    return found


def graph_from(stored: Mapping[str, Any]) -> Graph:
    """Return a stored graph as the rules see it."""
    nodes = {}
    for name, node in stored["nodes"].items():
        ways = tuple(
            Way(way["key"], way["label"], way["to"], (way["when"]["node"], way["when"]["answer"]) if way["when"] else None) for way in node["ways"]
        )
        nodes[name] = Node(name, NodeKind(node["kind"]), node["text"], ways, node["article_id"], node["solved"])
    return Graph(stored["start"], nodes)


async def run_by_id(tx: Tx, run_id: UUID) -> GuideRun:
    """Return a walk; raises RunNotFound."""
    found = await tx.first(select(GuideRun).where(col(GuideRun.id) == run_id), GuideRun)
    if found is None:
        raise RunNotFound(f"There is no walk {run_id}.")
    return found


async def steps_of(tx: Tx, run_ids: Sequence[UUID]) -> dict[UUID, list[GuideStep]]:
    """Return the steps of each walk that still count, in order."""
    wanted = select(GuideStep).where(col(GuideStep.run_id).in_(run_ids), col(GuideStep.undone).is_(False))
    found: dict[UUID, list[GuideStep]] = {}
    for step in await tx.all(wanted.order_by(col(GuideStep.run_id), col(GuideStep.number)), GuideStep):
        found.setdefault(step.run_id, []).append(step)
    return found


async def trails_of(tx: Tx, session_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return what each self-service session answered in guides, in words."""
    runs = await tx.rows(
        select(col(GuideRun.id), col(GuideRun.session_id)).where(col(GuideRun.session_id).in_(session_ids)).order_by(col(GuideRun.id))
    )
    steps = await steps_of(tx, [row["id"] for row in runs])
    found: dict[UUID, list[str]] = {}
    for row in runs:
        found.setdefault(row["session_id"], []).extend(told(steps.get(row["id"], [])))
    return found


def told(steps: Sequence[GuideStep]) -> list[str]:
    """Return steps in words: what was shown, and what was answered."""
    return [f"{step.shown['text']} {step.shown['answer']}".strip() for step in steps]


async def move_run(uow: UnitOfWork, run: GuideRun, **values: object) -> bool:
    """Change a walk unless somebody else moved it meanwhile."""
    moved = update(GuideRun).where(col(GuideRun.id) == run.id, col(GuideRun.version) == run.version)
    return bool(await uow.execute(moved.values(version=run.version + 1, last_at=uow.now, **values)))


async def undo_step(uow: UnitOfWork, step_id: UUID) -> None:
    """Note that the visitor went back behind a step."""
    await uow.execute(update(GuideStep).where(col(GuideStep.id) == step_id).values(undone=True))


async def visits(tx: Tx, guide_id: UUID, version: int) -> dict[str, dict[str, int]]:
    """Return per node how many walks passed it, and per state how many of these ended so."""
    passed = select(col(GuideStep.node), col(GuideRun.state), func.count(func.distinct(col(GuideRun.id))).label("runs"))
    joined = passed.join(GuideRun, col(GuideRun.id) == col(GuideStep.run_id))
    mine = (col(GuideRun.guide_id) == guide_id, col(GuideRun.guide_version) == version)
    rows = await tx.rows(joined.where(*mine, col(GuideStep.undone).is_(False)).group_by(col(GuideStep.node), col(GuideRun.state)))
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["node"], {})[row["state"]] = row["runs"]
    return found


async def standing_at(tx: Tx, guide_id: UUID, version: int) -> list[Mapping[str, Any]]:
    """Return per node and state how many walks stand there, and how many of them nobody moved for a while."""
    old = func.sum(case((col(GuideRun.last_at) < tx.now - IDLE, 1), else_=0))
    counted = select(col(GuideRun.at_node), col(GuideRun.state), func.count().label("runs"), old.label("idle"))
    mine = counted.where(col(GuideRun.guide_id) == guide_id, col(GuideRun.guide_version) == version)
    return [dict(row) for row in await tx.rows(mine.group_by(col(GuideRun.at_node), col(GuideRun.state)))]


async def failed_walks(tx: Tx, since: datetime, limit: int) -> list[Mapping[str, Any]]:
    """Return the walks since then that helped nobody (unsolved, handed over, or left where they stood), the latest first."""
    left = and_(col(GuideRun.state) == "open", col(GuideRun.last_at) < tx.now - IDLE)
    columns = (col(GuideRun.guide_id), col(Guide.title), col(Guide.language), col(Guide.driver), col(GuideRun.session_id))
    walks = select(*columns).join(Guide, col(Guide.id) == col(GuideRun.guide_id))
    failed = walks.where(col(GuideRun.begun_at) >= since, or_(col(GuideRun.state).in_(["unsolved", "handed_over"]), left))
    return [dict(row) for row in await tx.rows(failed.order_by(col(GuideRun.begun_at).desc(), col(GuideRun.id)).limit(limit))]

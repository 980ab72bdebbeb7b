"""Walk through a guide: begin, answer, go back; it can be resumed at any time by its id."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, Refused, StaleVersion
from services.kit.fields import Code, Command
from services.kit.ids import new_id
from services.knowledge.contract import GuideEnded, OptionView, PageView, RunView
from services.knowledge.domain.guide import LAST, LONGEST_WALK, Graph, NodeKind, first_node, next_node, steps_left
from services.knowledge.models import Guide, GuideRun, GuideStep, GuideVersion
from services.knowledge.repository.guides import graph_from, guide_by_id, move_run, run_by_id, steps_of, told, undo_step, version_of
from services.knowledge.repository.self_service import change_session, note_driver, session, touch_session
from services.knowledge.use_cases.keep_article import actor
from services.knowledge.use_cases.report_help_failure import ReportHelpFailure, report_help_failure


class NotAnOption(Refused):
    """The page does not have this option."""

    code = "guide_no_such_option"


class WalkEnded(Conflict):
    """The walk has come to its end; begin a new one."""

    code = "guide_walk_ended"


class BeginWalk(Command):
    """For whom: a visitor of self-service, or a case that an agent works on."""

    session_id: UUID | None = None
    case_id: UUID | None = None
    customer_id: UUID | None = None


class AnswerPage(Command):
    """What was chosen; nothing where there is nothing to choose."""

    page: Annotated[int, Field(ge=1, le=LONGEST_WALK + 1)]
    """The `version` of the walk that the answer is for."""
    key: Code | None = None


async def begin_walk(uow: UnitOfWork, guide_id: UUID, command: BeginWalk, *, for_customers: bool) -> RunView:
    """Begin at the first page of the published version; agents may try a draft. Raises GuideNotFound."""
    guide = await guide_by_id(uow, guide_id, for_customers=for_customers)
    version = await version_of(uow, guide_id, guide.published_version or guide.version)
    run = GuideRun(
        id=new_id(),
        guide_id=guide_id,
        guide_version=version.version,
        session_id=command.session_id,
        case_id=None if for_customers else command.case_id,
        customer_id=None if for_customers else command.customer_id,
        at_node=first_node(graph_from(version.graph)),
        state="open",
        version=1,
        begun_by="visitor" if for_customers else actor(uow),
        begun_at=uow.now,
        last_at=uow.now,
    )
    await uow.insert(GuideRun, run.model_dump())
    if command.session_id is not None:
        await touch_session(uow, command.session_id, guide.language)
        await note_driver(uow, command.session_id, guide.driver)
    return _view(run, version, [])


async def walk(tx: Tx, run_id: UUID, *, for_customers: bool) -> RunView:
    """Return where a walk stands; raises RunNotFound and, for customers, GuideNotFound when the guide is not theirs."""
    run, _, version = await _of(tx, run_id, for_customers=for_customers)
    return _view(run, version, (await steps_of(tx, [run_id])).get(run_id, []))


async def answer_page(uow: UnitOfWork, run_id: UUID, command: AnswerPage, *, for_customers: bool) -> RunView:
    """Take the answer and go on; at the end tell the others. Raises StaleVersion, WalkEnded and NotAnOption."""
    run, guide, version = await _of(uow, run_id, for_customers=for_customers)
    _may_move(run, command.page)
    graph = graph_from(version.graph)
    steps = (await steps_of(uow, [run_id])).get(run_id, [])
    answers = {step.node: step.answer for step in steps if step.answer is not None}
    node = graph.nodes[run.at_node]
    to = next_node(graph, run.at_node, command.key, answers | ({node.id: command.key} if command.key else {}))
    if to is None:
        raise NotAnOption(f"This page has no option {command.key}.", pointer="/key")
    label = next((way.label for way in node.ways if way.key == command.key), "")
    step = GuideStep(
        id=new_id(),
        run_id=run_id,
        number=run.version,
        guide_id=run.guide_id,
        guide_version=run.guide_version,
        node=node.id,
        answer=command.key,
        undone=False,
        shown={"text": node.text, "answer": label},
        at=uow.now,
    )
    await uow.insert(GuideStep, step.model_dump())
    moved = await _move(uow, run, at_node=to, state=_state_at(graph, to))
    if moved.state != "open":
        await _ended(uow, moved, guide)
    return _view(moved, version, [*steps, step])


async def go_back(uow: UnitOfWork, run_id: UUID, *, for_customers: bool) -> RunView:
    """Return to the page before; at the first page nothing happens. Raises WalkEnded."""
    run, _, version = await _of(uow, run_id, for_customers=for_customers)
    _may_move(run, run.version)
    steps = (await steps_of(uow, [run_id])).get(run_id, [])
    if not steps:
        return _view(run, version, [])
    await undo_step(uow, steps[-1].id)
    moved = await _move(uow, run, at_node=steps[-1].node, state="open")
    return _view(moved, version, steps[:-1])


def _may_move(run: GuideRun, page: int) -> None:
    if run.state != "open":
        raise WalkEnded(f"Walk {run.id} ended {run.state}.")
    if run.version != page:
        raise StaleVersion(f"Walk {run.id} is at page {run.version}, not {page}. Read it again.")
    if run.version > LONGEST_WALK:
        raise WalkEnded(f"Walk {run.id} has gone on for {LONGEST_WALK} pages. Begin a new one, or ask us.")


async def _move(uow: UnitOfWork, run: GuideRun, *, at_node: str, state: str) -> GuideRun:
    if not await move_run(uow, run, at_node=at_node, state=state):
        raise StaleVersion(f"Walk {run.id} was moved meanwhile. Read it again.")
    return run.model_copy(update={"at_node": at_node, "state": state, "version": run.version + 1, "last_at": uow.now})


async def _of(tx: Tx, run_id: UUID, *, for_customers: bool) -> tuple[GuideRun, Guide, GuideVersion]:
    run = await run_by_id(tx, run_id)
    guide = await guide_by_id(tx, run.guide_id, for_customers=for_customers)
    return run, guide, await version_of(tx, run.guide_id, run.guide_version)


def _state_at(graph: Graph, node: str) -> str:
    if graph.nodes[node].kind is NodeKind.HANDOVER:
        return "handed_over"
    if graph.nodes[node].kind is NodeKind.END:
        return "solved" if graph.nodes[node].solved else "unsolved"
    return "open"


async def _ended(uow: UnitOfWork, run: GuideRun, guide: Guide) -> None:
    """Tell the outcome; a visitor whom the guide did not help has failed in self-service, and everything tried goes along."""
    visitor = await session(uow, run.session_id) if run.session_id else None
    uow.emit(
        GuideEnded(
            run_id=run.id,
            guide_id=run.guide_id,
            guide_version=run.guide_version,
            driver=guide.driver,
            session_id=run.session_id,
            case_id=run.case_id,
            customer_id=run.customer_id or (visitor.customer_id if visitor else None),
            outcome=run.state,
            ended_at=uow.now,
        ),
    )
    if run.session_id is None:
        return
    if run.state == "solved":
        await change_session(uow, run.session_id, solved_at=uow.now)
        return
    await report_help_failure(uow, ReportHelpFailure(session_id=run.session_id, language=guide.language, wants_contact=False))


def _view(run: GuideRun, version: GuideVersion, steps: list[GuideStep]) -> RunView:
    graph, node = graph_from(version.graph), version.graph["nodes"][run.at_node]
    kind = NodeKind(node["kind"])
    options = [OptionView(key=way["key"], label=way["label"]) for way in node["ways"]] if kind in {NodeKind.QUESTION, NodeKind.CHECK} else []
    return RunView(
        id=run.id,
        guide_id=run.guide_id,
        title=version.title,
        guide_version=run.guide_version,
        state=run.state,
        version=run.version,
        about=len(steps) + steps_left(graph, run.at_node),
        page=PageView(
            node=run.at_node,
            kind=kind.value,
            html=node["html"],
            article_id=node["article_id"],
            options=options,
            solved=node["solved"] if kind in LAST else None,
        ),
        steps=told(steps),
    )

"""Cells of a sample: counting under their locks, stopping when precise, spreading the budget anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.kit.db import UnitOfWork
from services.survey.contract import SurveyAnswered
from services.survey.domain.cells import CellPlan, CellState, is_precise, neyman
from services.survey.models import Cell
from services.survey.repository import asking, planning
from services.survey.use_cases.gather_facts import Knowledge
from services.survey.use_cases.rules_of import rules_of

ALLOCATE = "allocate_cells"
ALLOCATE_EVERY = timedelta(hours=1)
SATISFIED_FROM = 4
"""Of 5: the top two boxes."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A cell that a decision was counted in."""

    programme: str
    name: str


async def count_cells(uow: UnitOfWork, known: Knowledge, sampled: Sequence[Sampled]) -> None:
    """Write the counts of a batch."""
    for key in sorted({(each.programme, each.name) for each in sampled}):
        await planning.store_cell(uow, known.cells[key])


async def count_answer(uow: UnitOfWork, event: SurveyAnswered) -> None:
    """Count an answer in the cell of its invitation; a cell that is precise now stops. Flagged answers and forced asks count nowhere."""
    score = next((answer.score for answer in event.answers if answer.kind == "csat5" and answer.score is not None), None)
    told_again = getattr(event, "revision", 1) > 1
    if event.invitation_id is None or score is None or event.flagged or told_again or not event.inclusion_probability:
        return
    invitation = await asking.invitation(uow, event.invitation_id)
    programme = await asking.current_programme(uow, invitation.programme)
    if invitation.cell is None or programme is None or (plan := rules_of(programme).cells) is None:
        return
    cell = (await planning.lock_cells(uow, [(invitation.programme, invitation.cell, plan.first_share)]))[invitation.programme, invitation.cell]
    if invitation.invited_at < cell.period_start:
        return
    cell.answered += 1
    cell.satisfied += score >= SATISFIED_FROM
    if cell.stopped_at is None and is_precise(plan, cell.answered, cell.satisfied):
        cell.stopped_at = uow.now
    await planning.store_cell(uow, cell)


async def allocate_cells(uow: UnitOfWork, programme_key: str) -> None:
    """Begin new periods where the old one is over, and spread what is left of the budget by Neyman's rule; comes round every hour."""
    programme = await asking.current_programme(uow, programme_key)
    plan = rules_of(programme).cells if programme and programme.state == "active" else None
    if plan is None:
        return
    names = [(cell.programme, cell.name, cell.share) for cell in await planning.cells_of(uow, programme_key)]
    cells = list((await planning.lock_cells(uow, names)).values())
    for cell in cells:
        _begin_anew(uow, cell, plan)
    if plan.budget is not None:
        remaining = plan.budget - sum(cell.asked for cell in cells)
        shares = neyman(plan, [expected(uow, cell, plan) for cell in cells], remaining)
        for cell in cells:
            cell.share = shares[cell.name] if cell.stopped_at is None else cell.share
    for cell in cells:
        await planning.store_cell(uow, cell)
    await uow.schedule(ALLOCATE, key=programme_key, at=uow.now + ALLOCATE_EVERY)


def expected(uow: UnitOfWork, cell: Cell, plan: CellPlan) -> CellState:
    """Return the cell with the occasions that are still to be expected in its period, at the rate so far."""
    elapsed = max(ALLOCATE_EVERY, uow.now - cell.period_start)
    left = max(timedelta(), timedelta(days=plan.period_days) - elapsed)
    return CellState(cell.name, round(cell.eligible * (left / elapsed)) if cell.eligible else 1, cell.asked, cell.answered, cell.satisfied)


def _begin_anew(uow: UnitOfWork, cell: Cell, plan: CellPlan) -> None:
    if uow.now >= cell.period_start + timedelta(days=plan.period_days):
        cell.period_start, cell.stopped_at = uow.now, None
        cell.eligible = cell.asked = cell.answered = cell.satisfied = 0

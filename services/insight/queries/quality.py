"""Critical errors: accuracy, what to coach, whether reviewers agree, and what an error does to satisfaction."""

import random
from collections import defaultdict
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.insight.contract import AccuracyView, CalibrationView, CoachingView, QualityReportView
from services.insight.domain.definitions import CSAT
from services.insight.domain.figures import share
from services.insight.domain.intervals import newcombe, wilson
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.agreement import cohens_kappa
from services.insight.models import AnswerFact, ContactFact, QualityForm, QualityReview
from services.insight.queries.metrics import interval_view, share_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import compared_with, period_of, quoted, within
from services.insight.queries.placed import reviews as reviews_in
from services.kit.db import Tx
from services.kit.errors import NotFound

KINDS = ("customer", "business", "compliance")
MOST_REVIEWS = 20_000
COACHED = 10
DEFINED = {
    "per_unit": "accuracy_per_unit@1", "per_opportunity": "accuracy_per_opportunity@1", "rate": "accuracy_per_opportunity@1",
    "csat_difference": CSAT.definition_id,
}  # fmt: skip
Reviews = list[QualityReview]


async def _lines(tx: Tx, form: str) -> dict[str, dict[str, str]]:
    """Return every line that the form ever had, newest wording first."""
    rows = await tx.all(select(QualityForm).where(col(QualityForm.key) == form).order_by(col(QualityForm.version)), QualityForm)
    if not rows:
        raise NotFound("There is no quality form of that name.")
    return {line["key"]: line for row in rows for line in row.lines}


def _units(reviews: Reviews) -> Reviews:
    """Return one review a contact, the newest: a calibration counts once."""
    return list({one.contact_id: one for one in sorted(reviews, key=lambda one: (one.reviewed_at, one.id))}.values())


def accuracy(units: Reviews, lines: dict[str, dict[str, str]], kind: str, minimum: int) -> AccuracyView:
    """Return accuracy per unit and per opportunity for one kind of error."""
    mine = {key for key, line in lines.items() if line["kind"] == kind}
    marks = [[mark for key, mark in one.lines.items() if key in mine and mark != "na"] for one in units]
    wrong = sum("error" in found for found in marks)
    opportunities, errors = sum(map(len, marks)), sum(found.count("error") for found in marks)
    unit, chance = share(len(units) - wrong, len(units), minimum=minimum), share(opportunities - errors, opportunities, minimum=minimum)
    return AccuracyView(
        kind=kind,
        units=len(units),
        units_with_error=wrong,
        per_unit=unit.value,
        per_unit_interval=interval_view(unit.interval) if unit.interval else None,
        opportunities=opportunities,
        errors=errors,
        per_opportunity=chance.value,
        per_opportunity_interval=interval_view(chance.interval) if chance.interval else None,
        withheld=unit.withheld,
        per_unit_change=None,
        per_opportunity_change=None,
    )


def _against(was: AccuracyView, now: AccuracyView) -> AccuracyView:
    """Add how far accuracy moved."""
    unit = moved((was.per_unit, was.per_unit_interval), (now.per_unit, now.per_unit_interval))
    chance = moved((was.per_opportunity, was.per_opportunity_interval), (now.per_opportunity, now.per_opportunity_interval))
    return now.model_copy(update={"per_unit_change": unit, "per_opportunity_change": chance})


async def _reviews(tx: Tx, form: str, period: Period, asked: Asked) -> Reviews:
    when = (col(QualityReview.reviewed_at) >= period.start, col(QualityReview.reviewed_at) < period.end)
    conditions = [*when, *reviews_in(tx, asked), col(QualityReview.form) == form]
    order = col(QualityReview.reviewed_at)
    return await tx.all(select(QualityReview).where(*conditions).order_by(order).limit(MOST_REVIEWS), QualityReview)


def coaching(units: Reviews, lines: dict[str, dict[str, str]]) -> list[CoachingView]:
    """Return the lines that surely go wrong most often, by the lower end of their interval."""
    found = []
    for key, line in lines.items():
        marks = [one.lines[key] for one in units if one.lines.get(key, "na") != "na"]
        errors = marks.count("error")
        if errors:
            low = wilson(errors / len(marks), len(marks)).low
            numbers = {"errors": errors, "opportunities": len(marks), "rate": errors / len(marks), "lower": low}
            found.append(CoachingView.model_validate({"line": key, "name": line["name"], "kind": line["kind"], **numbers}))
    return sorted(found, key=lambda one: (-one.lower, one.line))[:COACHED]


def calibration(reviews: Reviews) -> list[CalibrationView]:
    """Return the agreement of every two reviewers who judged the same contacts, line by line."""
    by: dict[str, dict[UUID, dict[str, str]]] = defaultdict(dict)
    for one in reviews:
        by[one.reviewer][one.contact_id] = one.lines
    found = []
    for first, second in combinations(sorted(by), 2):
        both = sorted(by[first].keys() & by[second].keys())
        judged = [(by[first][contact], by[second][contact]) for contact in both]
        pairs = [(one[line], other[line]) for one, other in judged for line in sorted(one.keys() & other.keys())]
        if pairs:
            agreed = cohens_kappa([one for one, _ in pairs], [other for _, other in pairs])
            view = {"first": first, "second": second, "n": agreed.n, "observed": agreed.observed, "kappa": agreed.kappa}
            found.append(CalibrationView.model_validate({**view, "interval": interval_view(agreed.interval)}))
    return found


async def _satisfaction(tx: Tx, units: Reviews, lines: dict[str, dict[str, str]]) -> dict[bool, tuple[int, int]]:
    """Return (satisfied, answers) of contacts with and without a customer error."""
    mine = {key for key, line in lines.items() if line["kind"] == "customer"}
    erred = {one.contact_id: any(one.lines.get(key) == "error" for key in mine) for one in units}
    kept = (col(AnswerFact.kind) == CSAT.question_kind, col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    sides: dict[bool, tuple[int, int]] = {True: (0, 0), False: (0, 0)}
    ids = list(erred)
    for first in range(0, len(ids), 500):
        some = col(AnswerFact.contact_id).in_(ids[first : first + 500])
        for row in await tx.rows(select(col(AnswerFact.contact_id), col(AnswerFact.mark)).where(some, *kept)):
            good, n = sides[erred[row["contact_id"]]]
            sides[erred[row["contact_id"]]] = (good + (row["mark"] in CSAT.good), n + 1)
    return sides


async def quality(tx: Tx, form: str, asked: Asked, minimum: int) -> QualityReportView:
    """Return the report of a form over a period; raises NotFound."""
    lines = await _lines(tx, form)
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    reviews, old = await _reviews(tx, form, period, asked), _units(await _reviews(tx, form, past, asked))
    units = _units(reviews)
    sides = await _satisfaction(tx, units, lines)
    enough = min(n for _, n in sides.values()) >= minimum
    value: dict[bool, Any] = {side: good / n if n >= minimum else None for side, (good, n) in sides.items()}
    apart = newcombe((value[False], sides[False][1]), (value[True], sides[True][1])) if enough else None
    return QualityReportView(
        definitions=DEFINED,
        form=form,
        reviewed=len(units),
        accuracy=[_against(accuracy(old, lines, kind, minimum), accuracy(units, lines, kind, minimum)) for kind in KINDS],
        coaching=coaching(units, lines),
        calibration=calibration(reviews),
        csat_with_error=value[True],
        csat_without_error=value[False],
        csat_difference=interval_view(apart) if apart else None,
        after_error=share_view(CSAT.definition_id, share(*sides[True], minimum=minimum)),
        after_no_error=share_view(CSAT.definition_id, share(*sides[False], minimum=minimum)),
        **quoted(period, past, asked),
    )


async def sample(tx: Tx, form: str, asked: Asked, size: int, seed: int) -> list[UUID]:
    """Draw contacts to review, at random and by seed, the same number from each team: nobody chooses whom to look at."""
    period = period_of(tx, asked)
    reviewed = select(col(QualityReview.id)).where(col(QualityReview.contact_id) == col(ContactFact.contact_id), col(QualityReview.form) == form)
    chosen = select(col(ContactFact.contact_id), col(ContactFact.team)).where(*within(tx, ContactFact, "ended_at", period, asked), ~reviewed.exists())
    teams: dict[str, list[UUID]] = defaultdict(list)
    for row in await tx.rows(chosen.order_by(col(ContactFact.contact_id)).limit(200_000)):
        teams[row["team"] or ""].append(row["contact_id"])
    dice = random.Random(seed)  # noqa: S311  a draw that can be repeated, no secret
    shuffled = [dice.sample(found, len(found)) for _, found in sorted(teams.items())]
    turns = [one for place in range(size) for found in shuffled for one in found[place : place + 1]]
    return turns[:size]

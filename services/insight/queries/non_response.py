"""Each figure as it was answered, and as it would be had all groups of those who were asked answered alike."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, RowMapping, Select, func, literal, select
from sqlmodel import col

from services.insight.contract import MetricView, NonResponseView, WeightedFigureView
from services.insight.domain.definitions import DEFINITIONS, Definition, Part, Unit
from services.insight.domain.figures import withheld_reason
from services.insight.domain.intervals import Interval, net_score, wilson
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.nonresponse import Adjusted, Answers, SilentGroup, by_design, by_groups, raked
from services.insight.models import AnswerFact, ContactFact, InvitationFact
from services.insight.queries.metrics import interval_view, metric
from services.insight.queries.narrow import period_of
from services.insight.queries.placed import Conditions, asks, of
from services.kit.db import Tx

ATTRIBUTES: dict[str, Any] = {
    "channel": col(InvitationFact.channel),
    "programme": col(InvitationFact.programme),
    "site": col(ContactFact.site),
    "segment": col(ContactFact.segment),
}
RAKED = ("channel", "segment")
"""How somebody was asked, and who they are: the two margins that answers are raked to."""
MOST_ATTRIBUTES = len(RAKED)
NOBODY: Mapping[str, dict[str, tuple[float, float]]] = {attribute: {} for attribute in RAKED}
SILENT = "a group that was asked has no answer, so nothing is known of it"
FIGURES = tuple(DEFINITIONS.values())
GOOD = {Part.GOOD: 1.0, Part.OTHER: 0.0, Part.BAD: 0.0}
NET = {Part.GOOD: 1.0, Part.OTHER: 0.0, Part.BAD: -1.0}
Margin = Mapping[str, tuple[float, float]]
"""Group to (asks, sum of their design weights)."""


def in_time(period: Period) -> Conditions:
    """Return the conditions on invitations of a period."""
    return [col(InvitationFact.invited_at) >= period.start, col(InvitationFact.invited_at) < period.end]


def of_programme(asked: Asked) -> Conditions:
    """Return the condition on invitations of one programme, when one is asked for."""
    return [col(InvitationFact.programme) == asked.filters["programme"]] if "programme" in asked.filters else []


def _grouped() -> list[Any]:
    return [func.coalesce(attribute, "unknown").label(f"by_{name}") for name, attribute in ATTRIBUTES.items()]


def _placed(by: str | None) -> ColumnElement[str]:
    """Return the column of the contact that splits everything into places; without one, all is one place without a name."""
    return literal("") if by is None else func.coalesce(getattr(ContactFact, by), "")


async def _asked(tx: Tx, attribute: str, conditions: list[Any]) -> Margin:
    """Return how many of each group were asked."""
    group = func.coalesce(ATTRIBUTES[attribute], "unknown").label("grouped")
    rows = await tx.rows(_asks(group).where(*conditions).group_by(group).order_by(group))
    return {row["grouped"]: (float(row["n"]), float(row["weight"])) for row in rows}


async def _asked_at(tx: Tx, conditions: list[Any], by: str | None) -> Mapping[str, Mapping[str, Margin]]:
    """Return by place, and by attribute of those that are raked to, how many of each group were asked; in one read."""
    place = _placed(by).label("place")
    groups = [func.coalesce(ATTRIBUTES[attribute], "unknown").label(f"by_{attribute}") for attribute in RAKED]
    found: dict[str, dict[str, dict[str, tuple[float, float]]]] = defaultdict(lambda: {attribute: {} for attribute in RAKED})
    for row in await tx.rows(_asks(place, *groups).where(*conditions).group_by(place, *groups).order_by(place, *groups)):
        for attribute in RAKED:
            margin, group = found[row["place"]][attribute], row[f"by_{attribute}"]
            n, weight = margin.get(group, (0.0, 0.0))
            margin[group] = (n + float(row["n"]), weight + float(row["weight"]))
    return found


def _asks(*columns: Any) -> Select[Any]:
    numbers = (func.count().label("n"), func.sum(1 / col(InvitationFact.probability)).label("weight"))
    joined: Select[Any] = select(*columns, *numbers).select_from(InvitationFact)
    return joined.join(ContactFact, col(ContactFact.contact_id) == col(InvitationFact.contact_id), isouter=True)


async def _answered(tx: Tx, conditions: list[Any], which: Conditions, by: str | None = None) -> Mapping[str, list[RowMapping]]:
    """Return by place answers of those who were asked, alike ones counted: same figure, mark, groups and probability of being asked."""
    columns = [_placed(by).label("place"), *_grouped(), col(AnswerFact.kind), col(AnswerFact.mark), col(InvitationFact.probability)]
    kept = (*which, col(AnswerFact.flagged).is_(False))
    joined = select(*columns, func.count().label("n")).select_from(AnswerFact)
    joined = joined.join(InvitationFact, col(InvitationFact.invitation_id) == col(AnswerFact.invitation_id))
    joined = joined.join(ContactFact, col(ContactFact.contact_id) == col(InvitationFact.contact_id), isouter=True)
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in await tx.rows(joined.where(*conditions, *kept).group_by(*columns).order_by(*columns)):
        found[row["place"]].append(row)
    return found


async def non_response(tx: Tx, conditions: list[Any], minimum: int) -> list[NonResponseView]:
    """Return each figure of those who were asked under these conditions on invitations, with all weights."""
    asked = {attribute: await _asked(tx, attribute, conditions) for attribute in ATTRIBUTES}
    kinds = sorted({one.question_kind for one in FIGURES})
    rows = (await _answered(tx, conditions, [col(AnswerFact.kind).in_(kinds), col(AnswerFact.place) == 0])).get("", [])
    return [_figure(definition, rows, asked, minimum) for definition in FIGURES]


async def fully_weighted(tx: Tx, definition: Definition, asked: Asked, minimum: int, by: str | None = None) -> dict[str, WeightedFigureView]:
    """Return one figure of those who were asked in a period, raked to channel and segment over design weights, by place of their contact.

    Without `by` there is one place without a name. Survey, mode, language and dimension are of answers alone: they narrow who answered,
    and the groups of everybody asked stay.
    """
    period = period_of(tx, asked)
    conditions = [*in_time(period), *asks(tx, asked), *of_programme(asked)]
    margins = await _asked_at(tx, conditions, by)
    first = AnswerFact.place_in_dimension if "dimension" in asked.filters else AnswerFact.place
    which = [*of(tx, AnswerFact, asked), col(AnswerFact.kind) == definition.question_kind, col(first) == 0]
    answered = await _answered(tx, conditions, which, by)
    found = {}
    for place in [""] if by is None else sorted(answered):
        mine = [row for row in answered.get(place, []) if row["mark"] in definition.valid]
        reason = withheld_reason(sum(row["n"] for row in mine), minimum)
        found[place] = _weighted(definition, mine, margins.get(place, NOBODY), (RAKED, True), reason)
    return found


async def metric_with_all_weights(tx: Tx, key: str, asked: Asked, minimum: int) -> MetricView:
    """Return one figure over one slice: as answered, by design, and as if all groups had answered alike. Raises NotFound."""
    found = await metric(tx, key, asked, minimum)
    return found.model_copy(update={"non_response": (await fully_weighted(tx, DEFINITIONS[key], asked, minimum))[""]})


def _figure(definition: Definition, rows: Sequence[RowMapping], asked: Mapping[str, Margin], minimum: int) -> NonResponseView:
    mine = [row for row in rows if row["kind"] == definition.question_kind and row["mark"] in definition.valid]
    reason = withheld_reason(sum(row["n"] for row in mine), minimum)
    ways: list[tuple[tuple[str, ...], bool]] = [((), False), *(((attribute,), False) for attribute in ATTRIBUTES), (RAKED, False)]
    ways += [(by, True) for by, _ in list(ways)]
    weighted = [_weighted(definition, mine, asked, way, reason) for way in ways]
    return NonResponseView(definition_id=definition.definition_id, name=definition.name, unit=definition.unit, weighted=weighted)


def _weighted(
    definition: Definition, rows: Sequence[RowMapping], asked: Mapping[str, Margin], way: tuple[tuple[str, ...], bool], reason: str | None
) -> WeightedFigureView:
    """Work out one figure with one kind of weights: groups of none, one or two attributes, without or with the probability of being asked."""
    by, design = way
    n = sum(row["n"] for row in rows)
    shared = {"definition_id": definition.definition_id, "by": list(by), "design": design, "n": n}
    found: Adjusted | None = None
    if reason is None:
        try:
            found = _adjusted(definition, rows, asked, by, design=design)
        except SilentGroup:
            reason = SILENT
    if found is None:
        empty = dict.fromkeys(("numerator", "value", "interval", "n_effective", "design_effect"))
        return WeightedFigureView.model_validate({**shared, **empty, "withheld": reason})
    scale = 100 if definition.unit is Unit.POINTS else 1
    interval = Interval(found.interval.low * scale, found.interval.high * scale, found.interval.method, found.interval.level)
    if not by and not design:
        interval = _as_answered(definition, rows, n)
    values = {"numerator": round(sum(_value(definition, row) * row["n"] for row in rows)), "value": found.value * scale}
    worth = {"interval": interval_view(interval), "n_effective": found.n_effective, "design_effect": n / found.n_effective}
    return WeightedFigureView.model_validate({**shared, **values, **worth, "withheld": None})


def _value(definition: Definition, row: RowMapping) -> float:
    return (NET if definition.unit is Unit.POINTS else GOOD)[definition.part(row["mark"])]


def _as_answered(definition: Definition, rows: Sequence[RowMapping], n: int) -> Interval:
    """Return the interval of the plain figure, the same as everywhere else."""
    parts = [sum(row["n"] for row in rows if definition.part(row["mark"]) is part) / n for part in (Part.GOOD, Part.BAD)]
    return net_score(parts[0], parts[1], n) if definition.unit is Unit.POINTS else wilson(parts[0], n)


def _adjusted(
    definition: Definition, rows: Sequence[RowMapping], asked: Mapping[str, Margin], by: tuple[str, ...], *, design: bool
) -> Adjusted:  # fmt: skip
    answers = Answers(
        np.array([_value(definition, row) for row in rows]),
        np.array([float(row["n"]) for row in rows]),
        np.array([1 / row["probability"] if design else 1.0 for row in rows]),
    )
    least = -1.0 if definition.unit is Unit.POINTS else 0.0
    sizes = [{group: pair[design] for group, pair in asked[attribute].items()} for attribute in by]
    if not by:
        return by_design(answers, least=least)
    if len(by) == 1:
        return by_groups(answers, [row[f"by_{by[0]}"] for row in rows], sizes[0], least=least)
    return raked(answers, [(row[f"by_{by[0]}"], row[f"by_{by[1]}"]) for row in rows], (sizes[0], sizes[1]), least=least)

"""Who answered, of those who were asked, and what satisfaction would be if all groups had answered alike."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import BiasView, PeriodView, ResponseBiasView, WeightedFigureView
from services.insight.domain.definitions import CSAT
from services.insight.domain.intervals import LEVEL, Interval, quantile, wilson
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.distributions import chi_squared_tail
from services.insight.domain.statistics.weighting import (
    Stratum,
    kish,
    linearised_error,
    post_stratified,
    r_indicator,
    rake,
    standardised_difference,
)
from services.insight.models import AnswerFact, ContactFact, InvitationFact, ResponseFact
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import past_of, period_of
from services.insight.queries.placed import asks
from services.insight.repository.rollups import tally
from services.kit.db import Tx

ATTRIBUTES: dict[str, Any] = {
    "channel": col(InvitationFact.channel),
    "programme": col(InvitationFact.programme),
    "site": col(ContactFact.site),
    "segment": col(ContactFact.segment),
}
RAKED = ("channel", "segment")
"""How somebody was asked, and who they are: the two margins that answers are raked to."""
SILENT = "a group that was asked has no answer, so nothing is known of it"
Groups = dict[str, tuple[int, int]]
Satisfied = dict[tuple[str, ...], tuple[int, int]]


def _asked_in(tx: Tx, period: Period, asked: Asked) -> list[Any]:
    return [col(InvitationFact.invited_at) >= period.start, col(InvitationFact.invited_at) < period.end, *asks(tx, asked)]


async def _groups(tx: Tx, attribute: str, conditions: list[Any]) -> Groups:
    """Return (asked, answered) by group; flagged answers count as none."""
    group = func.coalesce(ATTRIBUTES[attribute], "unknown").label("grouped")
    mine = (col(ResponseFact.invitation_id) == col(InvitationFact.invitation_id), col(ResponseFact.flagged).is_(False))
    answered = tally(select(col(ResponseFact.response_id)).where(*mine).exists()).label("answered")
    joined = select(group, func.count().label("asked"), answered).select_from(InvitationFact)
    joined = joined.join(ContactFact, col(ContactFact.contact_id) == col(InvitationFact.contact_id), isouter=True)
    rows = await tx.rows(joined.where(*conditions).group_by(group).order_by(group))
    return {row["grouped"]: (row["asked"], int(row["answered"])) for row in rows}


async def _satisfaction(tx: Tx, attributes: Sequence[str], conditions: list[Any]) -> Satisfied:
    """Return (satisfied, n) by group, or by the groups of several attributes together, of those who were asked."""
    groups = [func.coalesce(ATTRIBUTES[attribute], "unknown").label(f"by_{attribute}") for attribute in attributes]
    good = tally(col(AnswerFact.mark).in_(sorted(CSAT.good))).label("good")
    kept = (col(AnswerFact.kind) == CSAT.question_kind, col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    joined = select(*groups, func.count().label("n"), good).select_from(AnswerFact)
    joined = joined.join(InvitationFact, col(InvitationFact.invitation_id) == col(AnswerFact.invitation_id))
    joined = joined.join(ContactFact, col(ContactFact.contact_id) == col(InvitationFact.contact_id), isouter=True)
    rows = await tx.rows(joined.where(*conditions, *kept).group_by(*groups))
    return {tuple(row[f"by_{attribute}"] for attribute in attributes): (int(row["good"]), row["n"]) for row in rows}


def _bias(attribute: str, groups: Groups) -> list[BiasView]:
    asked, answered = (sum(pair[place] for pair in groups.values()) for place in (0, 1))
    found = []
    for group, (n, heard) in groups.items():
        apart = standardised_difference(n, asked, heard, answered) if answered else None
        found.append(
            BiasView(attribute=attribute, group=group, asked=n, answered=heard, rate=heard / n if n else None, standardised_difference=apart)
        )
    return found


def _chance(groups: Groups) -> float:
    """Return the probability that all groups answer alike, by chi-squared."""
    asked, answered = (sum(pair[place] for pair in groups.values()) for place in (0, 1))
    rate = answered / asked if asked else 0.0
    if len(groups) < 2 or rate in {0.0, 1.0}:  # noqa: PLR2004  one group differs from nobody
        return 1.0
    chi = sum((heard - n * rate) ** 2 / (n * rate * (1 - rate)) for n, heard in groups.values())
    return chi_squared_tail(len(groups) - 1, chi)


def _plain(satisfied: Satisfied, minimum: int) -> WeightedFigureView:
    good, n = (sum(pair[place] for pair in satisfied.values()) for place in (0, 1))
    if n < minimum:
        return _withheld((), n, f"too_few: {n} answers, {minimum} are needed")
    return _weighted((), n, good / n, wilson(good / n, n), float(n))


def _by_groups(attribute: str, groups: Groups, satisfied: Satisfied, minimum: int) -> WeightedFigureView:
    """Return satisfaction with each group counted as often as it was asked; withheld when a group is silent or all are too few."""
    strata = [Stratum(asked, *reversed(satisfied.get((group,), (0, 0)))) for group, (asked, _) in groups.items()]
    n = sum(one.n for one in strata)
    if n < minimum:
        return _withheld((attribute,), n, f"too_few: {n} answers, {minimum} are needed")
    if any(one.n == 0 for one in strata):
        return _withheld((attribute,), n, SILENT)
    found = post_stratified(strata)
    weights = [one.population / one.n for one in strata for _ in range(one.n)]
    return _weighted((attribute,), n, found.value, found.interval, kish(weights))


def _raked(groups: tuple[Groups, Groups], satisfied: Satisfied, minimum: int) -> WeightedFigureView:
    """Return satisfaction with the groups of two attributes at once counted as often as they were asked, by raking the answers to both."""
    n = sum(size for _, size in satisfied.values())
    if n < minimum:
        return _withheld(RAKED, n, f"too_few: {n} answers, {minimum} are needed")
    rows, columns = (list(one) for one in groups)
    seed = [[satisfied.get((row, column), (0, 0))[1] for column in columns] for row in rows]
    try:
        table = rake(seed, [groups[0][row][0] for row in rows], [groups[1][column][0] for column in columns])
    except ValueError:
        return _withheld(RAKED, n, SILENT)
    goods, weights = [], []
    for (row, column), (good, size) in satisfied.items():
        goods += [1.0] * good + [0.0] * (size - good)
        weights += [float(table[rows.index(row), columns.index(column)]) / size] * size
    value = sum(good * weight for good, weight in zip(goods, weights, strict=True)) / sum(weights)
    half = quantile(LEVEL) * linearised_error(goods, weights)
    return _weighted(RAKED, n, value, Interval(max(0.0, value - half), min(1.0, value + half), "raked", LEVEL), kish(weights))


def _weighted(by: Sequence[str], n: int, value: float, interval: Interval, effective: float) -> WeightedFigureView:
    return WeightedFigureView(
        by=list(by), value=value, interval=interval_view(interval), n=n, n_effective=effective, design_effect=n / effective, withheld=None
    )


def _withheld(by: Sequence[str], n: int, why: str) -> WeightedFigureView:
    return WeightedFigureView(by=list(by), value=None, interval=None, n=n, n_effective=None, design_effect=None, withheld=why)


async def response_bias(tx: Tx, asked: Asked, minimum: int) -> ResponseBiasView:
    """Return who answered in a period, and how far the response rate moved against the comparison period."""
    before = past_of(tx, asked)
    past = period_of(tx, before)
    now = await _response_bias(tx, asked, minimum, past)
    n, answered = await _asked_and_answered(tx, _asked_in(tx, past, before))
    known = (answered / n, interval_view(wilson(answered / n, n))) if n else (None, None)
    return now.model_copy(update={"change": moved(known, (now.value, now.rate))})


async def _asked_and_answered(tx: Tx, conditions: list[Any]) -> tuple[int, int]:
    groups = (await _groups(tx, "channel", conditions)).values()
    return sum(n for n, _ in groups), sum(answered for _, answered in groups)


async def _response_bias(tx: Tx, asked: Asked, minimum: int, compared: Period) -> ResponseBiasView:
    """Return the response rate by channel, programme, site and segment, and what bias that leaves."""
    period = period_of(tx, asked)
    conditions = _asked_in(tx, period, asked)
    groups = {attribute: await _groups(tx, attribute, conditions) for attribute in ATTRIBUTES}
    n, answered = (sum(pair[place] for pair in groups["channel"].values()) for place in (0, 1))
    by = {attribute: await _satisfaction(tx, (attribute,), conditions) for attribute in ATTRIBUTES}
    weighted = [_plain(by["channel"], minimum), *(_by_groups(attribute, groups[attribute], by[attribute], minimum) for attribute in ATTRIBUTES)]
    adjusted = {one.by[0] if one.by else "plain": one.value for one in weighted}
    weighted.append(_raked((groups[RAKED[0]], groups[RAKED[1]]), await _satisfaction(tx, RAKED, conditions), minimum))
    return ResponseBiasView(
        period=PeriodView(start=period.start, end=period.end),
        asked=n,
        answered=answered,
        rate=interval_view(wilson(answered / n, n)) if n else None,
        value=answered / n if n else None,
        groups=[one for attribute, found in groups.items() for one in _bias(attribute, found)],
        p={attribute: _chance(found) for attribute, found in groups.items()},
        r_indicator={name: r_indicator([a for a, _ in found.values()], [b for _, b in found.values()]) for name, found in groups.items() if found},
        adjusted=adjusted,
        weighted=weighted,
        definition_id="response_rate@1",
        filters=dict(asked.filters),
        compared_with=PeriodView(start=compared.start, end=compared.end),
        change=None,
    )

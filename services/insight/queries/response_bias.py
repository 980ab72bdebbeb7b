"""Who answered, of those who were asked, and what figures would be if all groups had answered alike."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import BiasView, ResponseBiasView
from services.insight.domain.intervals import wilson
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.distributions import chi_squared_tail
from services.insight.domain.statistics.weighting import r_indicator, standardised_difference
from services.insight.models import ContactFact, InvitationFact, ResponseFact
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import past_of, period_of, quoted
from services.insight.queries.non_response import ATTRIBUTES, MOST_ATTRIBUTES, in_time, non_response
from services.insight.queries.placed import asks
from services.insight.queries.response_funnel import response_funnel
from services.insight.repository.rollups import tally
from services.kit.db import Tx

Groups = dict[str, tuple[int, int]]


def _asked_in(tx: Tx, period: Period, asked: Asked) -> list[Any]:
    return [*in_time(period), *asks(tx, asked)]


async def _groups(tx: Tx, attribute: str, conditions: list[Any]) -> Groups:
    """Return (asked, answered) by group; flagged answers count as none."""
    group = func.coalesce(ATTRIBUTES[attribute], "unknown").label("grouped")
    mine = (col(ResponseFact.invitation_id) == col(InvitationFact.invitation_id), col(ResponseFact.flagged).is_(False))
    answered = tally(select(col(ResponseFact.response_id)).where(*mine).exists()).label("answered")
    joined = select(group, func.count().label("asked"), answered).select_from(InvitationFact)
    joined = joined.join(ContactFact, col(ContactFact.contact_id) == col(InvitationFact.contact_id), isouter=True)
    rows = await tx.rows(joined.where(*conditions).group_by(group).order_by(group))
    return {row["grouped"]: (row["asked"], int(row["answered"])) for row in rows}


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
    figures = await non_response(tx, conditions, minimum)
    funnel, suppressed = await response_funnel(tx, asked, period, compared)
    weighted = [one for one in figures[0].weighted if not one.design]
    adjusted = {one.by[0] if one.by else "plain": one.value for one in weighted if len(one.by) < MOST_ATTRIBUTES}
    return ResponseBiasView(
        asked=n,
        answered=answered,
        rate=interval_view(wilson(answered / n, n)) if n else None,
        value=answered / n if n else None,
        groups=[one for attribute, found in groups.items() for one in _bias(attribute, found)],
        p={attribute: _chance(found) for attribute, found in groups.items()},
        r_indicator={name: r_indicator([a for a, _ in found.values()], [b for _, b in found.values()]) for name, found in groups.items() if found},
        adjusted=adjusted,
        weighted=weighted,
        figures=figures,
        funnel=funnel,
        suppressed=suppressed,
        definition_id="response_rate@1",
        change=None,
        **quoted(period, compared, asked),
    )

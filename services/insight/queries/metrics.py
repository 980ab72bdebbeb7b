"""The figures: counted in SQL by mark, worked out in domain.figures."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import ChangeView, EstimateView, IntervalView, MetricView, ShareView
from services.insight.domain.definitions import DEFINITIONS, Definition, Unit
from services.insight.domain.figures import Counted, Estimate, Figure, Heard, Share, Sum, Tallied, figure
from services.insight.domain.intervals import net_score_difference, newcombe
from services.insight.domain.period import Asked, Period
from services.insight.models import AnswerFact
from services.insight.queries.narrow import compared_with, period_of, quoted, within
from services.insight.queries.summed import summed
from services.insight.repository.rollups import ANSWERS
from services.kit.db import Tx
from services.kit.errors import NotFound


async def counted(tx: Tx, definition: Definition, period: Period, asked: Asked) -> tuple[Sequence[Tallied], int]:
    """Return unflagged answers added up by mark, and how many flagged ones were left out."""
    if "dimension" in asked.filters:
        return await _within_dimension(tx, definition, period, asked)
    sums = await summed(tx, ANSWERS, period, asked, by=("mark",), kinds=[definition.question_kind])
    numbers = [func.sum(sums.c[name]).label(name) for name in ANSWERS.numbers]
    rows = await tx.rows(select(sums.c.mark, *numbers).group_by(sums.c.mark).order_by(sums.c.mark))
    left_out = sum(row["flagged"] for row in rows)
    return [Sum(row["mark"], int(row["answers"]), int(row["known"]), row["weight"], row["squares"]) for row in rows], int(left_out)


async def _within_dimension(tx: Tx, definition: Definition, period: Period, asked: Asked) -> tuple[Sequence[Tallied], int]:
    """The same from the facts: sums know an answer's place among all of its kind, not within its dimension."""
    which = (col(AnswerFact.kind) == definition.question_kind, col(AnswerFact.place_in_dimension) == 0)
    columns = (col(AnswerFact.mark), col(AnswerFact.probability), col(AnswerFact.flagged))
    conditions = within(tx, AnswerFact, "answered_at", period, asked)
    rows = await tx.rows(select(*columns, func.count().label("count")).where(*which, *conditions).group_by(*columns))
    left_out = sum(row["count"] for row in rows if row["flagged"])
    kept = [row for row in rows if not row["flagged"]]
    return [Counted(row["mark"], row["probability"], row["count"]) for row in kept], left_out


def interval_view(interval: object) -> IntervalView:
    """Return an interval as it goes out."""
    return IntervalView.model_validate(interval)


def estimate_view(found: Estimate | None) -> EstimateView | None:
    """Return an estimate as it goes out."""
    return None if found is None else EstimateView.model_validate(found)


def share_view(definition_id: str, found: Share, heard: Heard | None = None, minimum: int = 1) -> ShareView:
    """Return a share as it goes out. `heard` are the answers behind one that people were asked for; what is counted has no weights."""
    sure: dict[str, float | EstimateView | None] = {"n_effective": float(found.n), "weighted": None}
    if heard is not None:
        sure = {"n_effective": heard.n_effective, "weighted": estimate_view(heard.weighted(minimum))}
    plain = {name: getattr(found, name) for name in ("numerator", "n", "value", "withheld", "small_sample")}
    interval = None if found.interval is None else interval_view(found.interval)
    return ShareView.model_validate({"definition_id": definition_id, **plain, "interval": interval, **sure})


def change(definition: Definition, now: Figure, then: Figure) -> ChangeView | None:
    """Return how far a figure moved, with the interval of the difference; None when either side is withheld."""
    if now.raw is None or then.raw is None:
        return None
    if definition.unit is Unit.SHARE:
        interval = newcombe((then.raw.value, then.denominator), (now.raw.value, now.denominator))
    else:
        sides = [(one.parts["good"] / one.denominator, one.parts["bad"] / one.denominator, one.denominator) for one in (then, now) if one.parts]
        interval = net_score_difference(sides[0], sides[1])
    return ChangeView(difference=now.raw.value - then.raw.value, interval=interval_view(interval), before=then.raw.value)


async def metric(tx: Tx, key: str, asked: Asked, minimum: int) -> MetricView:
    """Return one figure over one slice; raises NotFound for a figure that nobody defined."""
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise NotFound(f"There is no metric of that name. There are: {', '.join(DEFINITIONS)}.")
    period = period_of(tx, asked)
    answers, flagged = await counted(tx, definition, period, asked)
    past = compared_with(asked, period)
    then = figure(definition, (await counted(tx, definition, past, asked))[0], minimum=minimum)
    return metric_view(definition, (figure(definition, answers, minimum=minimum), then), flagged, (period, past), asked)


def metric_view(definition: Definition, sides: tuple[Figure, Figure], flagged: int, periods: tuple[Period, Period], asked: Asked) -> MetricView:
    """Return a figure as it goes out; `sides` and `periods` are now and then."""
    found, (period, past) = sides[0], periods
    raw = estimate_view(found.raw)
    return MetricView(
        definition_id=definition.definition_id,
        name=definition.name,
        formula=definition.formula,
        unit=definition.unit,
        numerator=found.numerator,
        denominator=found.denominator,
        n=found.denominator,
        n_effective=found.n_effective,
        value=raw.value if raw else None,
        interval=raw.interval if raw else None,
        raw=raw,
        weighted=estimate_view(found.weighted),
        non_response=None,
        mean=found.mean,
        parts=found.parts,
        withheld=found.withheld,
        small_sample=found.small_sample,
        flagged_left_out=flagged,
        without_probability=found.without_probability,
        change=change(definition, *sides),
        **quoted(period, past, asked),
    )

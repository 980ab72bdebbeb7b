"""Per driver: what surveys, reviews, contact notes and operations say, and whether they agree."""

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import SourceView, TriangulationView
from services.insight.domain.definitions import CSAT
from services.insight.domain.figures import Heard, share
from services.insight.domain.intervals import quantile
from services.insight.domain.period import Asked
from services.insight.models import ContactFact, FeedbackFact
from services.insight.queries.drivers import heard_in
from services.insight.queries.metrics import estimate_view, interval_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import past_of, period_of, quoted, within
from services.insight.queries.summed import summed
from services.insight.repository.rollups import SATISFACTION, tally
from services.kit.db import Tx

KINDS = {"reviews": ("service_review", "product_review"), "contacts": ("call_note", "chat", "email")}
SOURCES = {"surveys": CSAT.definition_id, "reviews": "negative_share@1", "contacts": "negative_share@1", "operations": "unresolved_by_agents@1"}
"""Each source, and what it counts as bad: for surveys what satisfaction does not count."""
Counts = dict[str, tuple[int, int]]
Weights = dict[str, Heard]
"""Driver to the answers about it, as far as their probability of being asked is known."""


async def _counts(tx: Tx, asked: Asked) -> tuple[dict[str, Counts], Weights]:
    """Return (bad, n) by driver for each source, and what weights the answers of surveys have."""
    period = period_of(tx, asked)
    sums = await summed(tx, SATISFACTION, period, asked, by=("driver",))
    added = [func.sum(sums.c[name]).label(name) for name in SATISFACTION.numbers]
    surveys = {row["driver"]: heard_in(row) for row in await tx.rows(select(sums.c.driver, *added).group_by(sums.c.driver)) if row["driver"]}
    found: dict[str, Counts] = defaultdict(dict)
    found["surveys"] = {driver: (heard.n - heard.good, heard.n) for driver, heard in surveys.items()}
    for source, kinds in KINDS.items():
        judged = (col(FeedbackFact.sentiment).is_not(None), col(FeedbackFact.kind).in_(kinds), col(FeedbackFact.driver).is_not(None))
        bad = tally(col(FeedbackFact.sentiment) == "negative").label("bad")
        items = select(col(FeedbackFact.driver), bad, func.count().label("n"))
        chosen = items.where(*within(tx, FeedbackFact, "said_at", period, asked), *judged).group_by(col(FeedbackFact.driver))
        found[source] = {row["driver"]: (int(row["bad"]), row["n"]) for row in await tx.rows(chosen)}
    told = (col(ContactFact.resolved).is_not(None), col(ContactFact.driver).is_not(None))
    unresolved = tally(col(ContactFact.resolved) == "no").label("bad")
    contacts = select(col(ContactFact.driver), unresolved, func.count().label("n"))
    chosen = contacts.where(*within(tx, ContactFact, "ended_at", period, asked), *told).group_by(col(ContactFact.driver))
    found["operations"] = {row["driver"]: (int(row["bad"]), row["n"]) for row in await tx.rows(chosen)}
    return found, surveys


def _source(name: str, sides: tuple[Counts, Counts], heard: Heard | None, driver: str, minimum: int) -> SourceView:
    past, counts = sides
    was = share(*past.get(driver, (0, 0)), minimum=minimum)
    bad, n = counts.get(driver, (0, 0))
    seen = share(bad, n, minimum=minimum)
    total = sum(size for _, size in counts.values())
    usual = sum(count for count, _ in counts.values()) / total if total else None
    stands = None
    if seen.value is not None and usual is not None:
        error = math.sqrt(usual * (1 - usual) / n)
        z = (seen.value - usual) / error if error else 0.0
        stands = "usual" if abs(z) < quantile(0.95) else ("worse" if z > 0 else "better")
    view: dict[str, Any] = {"source": name, "bad": seen.numerator, "n": n, "share": seen.value, "usual": usual, "stands": stands}
    weighted = None if heard is None else estimate_view(_of_bad(heard).weighted(minimum))
    sure = {"definition_id": SOURCES[name], "n_effective": float(n) if heard is None else heard.n_effective, "weighted": weighted}
    before, now = ((one.value, interval_view(one.interval) if one.interval else None) for one in (was, seen))
    return SourceView.model_validate({**view, **sure, "interval": now[1], "withheld": seen.withheld, "change": moved(before, now)})


def _of_bad(heard: Heard) -> Heard:
    """Return the same answers with the bad ones in the place of the good ones."""
    return replace(heard, good=heard.n - heard.good, good_weight=heard.weight - heard.good_weight)


def _verdict(driver: str, sources: list[SourceView]) -> tuple[str, str]:
    by = {name: [one.source for one in sources if one.stands == name] for name in ("worse", "usual", "better")}
    heard = sum(map(len, by.values()))
    if heard < 2:  # noqa: PLR2004  two make a comparison
        return "one_source", f"{driver}: only {heard} source has enough to say, so nothing can be compared."
    said = "; ".join(f"{', '.join(names)}: {how}" for how, names in by.items() if names)
    if by["worse"] and by["better"]:
        return "differ", f"{driver}: the sources contradict each other ({said}). Look at who speaks where before acting."
    if max(map(len, by.values())) == heard:
        return "agree", f"{driver}: all sources say the same ({said})."
    return "partly", f"{driver}: some sources see it, none contradicts ({said})."


async def triangulation(tx: Tx, asked: Asked, minimum: int) -> list[TriangulationView]:
    """Return every driver that any source names, those that stand worse in most sources first."""
    before = past_of(tx, asked)
    (counts, heard), (past, _) = await _counts(tx, asked), await _counts(tx, before)
    shared = quoted(period_of(tx, asked), period_of(tx, before), asked)
    found = []
    for driver in sorted({driver for source in counts.values() for driver in source}):
        weights = {"surveys": heard.get(driver, Heard())}
        sources = [_source(name, (past.get(name, {}), counts[name]), weights.get(name), driver, minimum) for name in SOURCES]
        verdict, sentence = _verdict(driver, sources)
        found.append(TriangulationView(driver=driver, sources=sources, verdict=verdict, sentence=sentence, **shared))
    return sorted(found, key=lambda one: (-sum(source.stands == "worse" for source in one.sources), one.driver))

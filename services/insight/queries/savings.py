"""What an initiative saved: expected from the gain in resolution, and reconciled with what happened to the contacts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import AvoidedView, MoneyView, SavingsView
from services.insight.domain.charge import amount
from services.insight.domain.definitions import RESOLUTION
from services.insight.domain.effect import slices
from services.insight.domain.figures import figure
from services.insight.domain.intervals import Interval, newcombe
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.savings import Avoided, avoided, avoided_between
from services.insight.models import ContactFact, Initiative
from services.insight.queries.metrics import counted, interval_view
from services.insight.queries.moved import rate_change
from services.insight.queries.narrow import quoted, within
from services.kit.db import Tx

FORMULA = "contacts per issue = 1 / (1 - call_back x (1 - resolution)); contacts avoided = contacts x relative change"
DAY_S = 86_400.0
DAYS_A_YEAR = 365
DEFINED = {
    "gain": RESOLUTION.definition_id, "expected": "contacts_avoided@1", "contacts_a_day_after": "contacts@1", "saved_a_year": "cost@1",
}  # fmt: skip


def avoided_view(found: Avoided, resolution: tuple[float, float], call_back: float, ends: tuple[Avoided, Avoided] | None) -> AvoidedView:
    """Return the outcome as it goes out; `ends` are the outcomes at both ends of the gain's interval."""
    low, high = ends or (None, None)
    return AvoidedView(
        definition_id="contacts_avoided@1",
        resolution_before=resolution[0],
        resolution_after=resolution[1],
        call_back=call_back,
        contacts_per_issue_before=found.per_issue_before,
        contacts_per_issue_after=found.per_issue_after,
        change=found.change,
        contacts_avoided=found.contacts,
        saved=found.saved,
        contacts_avoided_low=low.contacts if low else None,
        contacts_avoided_high=high.contacts if high else None,
        saved_low=low.saved if low else None,
        saved_high=high.saved if high else None,
        formula=FORMULA,
    )


async def _volume(tx: Tx, where: Mapping[str, str], period: Period) -> tuple[int, int, float]:
    """Return contacts, cents and days of what a change touches in a period, as far as the reader may see it."""
    when = within(tx, ContactFact, "ended_at", period, Asked(None, None, where))
    columns = (func.count().label("n"), func.coalesce(func.sum(col(ContactFact.cost_cents)), 0).label("cents"))
    row = (await tx.rows(select(*columns).where(*when)))[0]
    return row["n"], int(row["cents"]), (period.end - period.start).total_seconds() / DAY_S


async def savings(tx: Tx, initiative_id: UUID, call_back: float) -> SavingsView:
    """Return expectation and observation where the change is made; raises NotFound."""
    found: Initiative = await repository.initiative(tx, initiative_id)
    where = slices(found.driver, found.control)[0]
    baseline = Period(found.baseline_from, found.baseline_to)
    n, cents, days = await _volume(tx, where, baseline)
    per_day, per_contact = n / days, (cents / n / 100 if n else 0.0)
    until = min(tx.now, found.due)
    if found.started_at is None or found.started_at >= until:
        shared = {"definitions": DEFINED, **quoted(Period(tx.now, tx.now), baseline, Asked(None, None, where))}
        return _unknown(found, per_day, "The initiative has not been started.", shared)
    since = Period(found.started_at, until)
    gain, interval, expected, answers = await _expected(tx, where, baseline, since, call_back, (per_day * DAYS_A_YEAR, per_contact))
    later, _, later_days = await _volume(tx, where, since)
    observed = (later / later_days) / per_day - 1 if n else None
    changed = rate_change((n, days), (later, later_days))
    currency = await repository.currency(tx)
    saved = -(observed or 0.0) * per_day * DAYS_A_YEAR * per_contact
    return SavingsView(
        initiative_id=found.id,
        gain=gain,
        gain_interval=interval_view(interval) if interval else None,
        expected=expected,
        contacts_a_day_before=per_day,
        contacts_a_day_after=later / later_days,
        observed_change=observed,
        observed_interval=interval_view(changed) if changed else None,
        saved_a_year=MoneyView(amount=amount(round(saved * 100)), currency=currency) if currency and observed is not None else None,
        sentence=_sentence(expected, observed, changed),
        definitions=DEFINED,
        answers_before=answers[0],
        answers_after=answers[1],
        **quoted(since, baseline, Asked(None, None, where)),
    )


async def _expected(
    tx: Tx, where: Mapping[str, str], baseline: Period, since: Period, call_back: float, volume: tuple[float, float]
) -> tuple[float | None, Interval | None, AvoidedView | None, tuple[int, int]]:
    """Return the gain in resolution, its interval, what it should avoid in a year, and the answers before and after."""
    sides = []
    for period in (baseline, since):
        answers, _ = await counted(tx, RESOLUTION, period, Asked(period.start, period.end, where))
        sides.append(figure(RESOLUTION, answers, minimum=5))
    before, after = sides
    if before.raw is None or after.raw is None or (call_back == 1 and before.raw.value * after.raw.value == 0):
        return None, None, None, (before.denominator, after.denominator)
    interval = newcombe((before.raw.value, before.denominator), (after.raw.value, after.denominator))
    ends = None
    if not (call_back == 1 and before.raw.value + interval.low <= 0):
        ends = avoided_between(before.raw.value, interval, call_back=call_back, contacts=volume[0], per_contact=volume[1])
    whole = avoided(before.raw.value, after.raw.value, call_back=call_back, contacts=volume[0], per_contact=volume[1])
    view = avoided_view(whole, (before.raw.value, after.raw.value), call_back, ends)
    return after.raw.value - before.raw.value, interval, view, (before.denominator, after.denominator)


def _sentence(expected: AvoidedView | None, observed: float | None, changed: Interval | None) -> str:
    if observed is None or changed is None:
        return "Too few contacts to say what happened."
    happened = f"contacts a day changed by {observed:+.1%} ({changed.low:+.1%} to {changed.high:+.1%})"
    if expected is None:
        return f"Too few resolution answers for an expectation; {happened}."
    fits = changed.low <= expected.change <= changed.high
    verdict = "which fits" if fits else "which does not fit: look for another cause"
    return f"The gain in resolution should change contacts by {expected.change:+.1%}; {happened}, {verdict}."


def _unknown(found: Initiative, per_day: float, sentence: str, shared: dict[str, Any]) -> SavingsView:
    empty = dict.fromkeys(SavingsView.model_fields)
    return SavingsView.model_validate({**empty, **shared, "initiative_id": found.id, "contacts_a_day_before": per_day, "sentence": sentence})

"""Find out what open decisions wait for: their customers, their deliveries, or the moment to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from services.kit.db import UnitOfWork
from services.survey.contract import SurveySkipped
from services.survey.domain.holidays import DayOff, days_off
from services.survey.domain.judging import Input, Reason, RuleVerdict
from services.survey.domain.programme import Rules
from services.survey.domain.timing import next_decent_moment, ready_to_ask
from services.survey.repository import hearing, planning
from services.survey.use_cases.rules_of import rules_of
from services.survey.use_cases.skip_decision import GIVE_UP, JUDGE, as_json

Waiting = Mapping[str, Any]
"""An open decision by its columns."""
Place = Mapping[str, Any]
"""Where a customer lives: time_zone and country."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an open decision waits for now, or why it ends without an ask."""

    waits_for: str | None
    """customer, order_delivered or moment; None when it ends."""
    seen: Input
    moment: datetime | None = None
    """When the ask falls due; None while it waits for a delivery or a customer."""
    refusal: RuleVerdict | None = None

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The explanation as it is stored."""
        if self.refusal is not None:
            return [self.refusal.row]
        moment = self.moment.isoformat() if self.moment else None
        return [{"rule": "timing", "input": self.seen, "verdict": "wait", "reason": None, "next_possible_at": moment}]


def zone_named(time_zone: str | None, rules: Rules) -> ZoneInfo:
    """Return this time zone, or the one that the programme assumes."""
    return ZoneInfo(time_zone or rules.time_zone)


def day_off_for(country: str | None, rules: Rules) -> DayOff | None:
    """Return the test for days on which this programme asks nobody in a country; None when it asks on holidays too."""
    return days_off(country or rules.country) if rules.skip_holidays else None


async def standings(uow: UnitOfWork, found: Sequence[tuple[Waiting, Rules]]) -> list[Standing]:
    """Return where each of these stands as far as is known. What is not known is locked, so that who tells of it finds those that wait."""
    references = {row["order_reference"] for row, rules in found if rules.wait_for and row["order_reference"]}
    places = await hearing.expect_customers(uow, {row["customer_id"] for row, _ in found if row["customer_id"]})
    orders = await hearing.expect_orders(uow, references)
    return [_standing(row, rules, places.get(row["customer_id"]), orders.get(row["order_reference"]), uow.now) for row, rules in found]


def _standing(row: Waiting, rules: Rules, place: Place | None, order: Mapping[str, Any] | None, now: datetime) -> Standing:
    delivered_at = None
    if rules.wait_for:
        if order is None:
            return _ends(RuleVerdict("order", {"order_reference": None}, passed=False, reason=Reason.NO_ORDER_REFERENCE))
        if order["cancelled_at"] is not None:
            cancelled: Input = {"order_reference": row["order_reference"], "cancelled_at": order["cancelled_at"].isoformat()}
            return _ends(RuleVerdict("order", cancelled, passed=False, reason=Reason.ORDER_CANCELLED))
        delivered_at = order["delivered_at"]
    if place is None:
        return Standing("customer", {"customer_id": str(row["customer_id"]) if row["customer_id"] else None})
    if rules.wait_for and delivered_at is None:
        return Standing("order_delivered", {"order_reference": row["order_reference"], "give_up_at": row["give_up_at"].isoformat()})
    delay = rules.delay_for(row["facts"] or row["attribution"])
    ready_at = ready_to_ask(row["occurred_at"], delivered_at, timedelta(seconds=delay))
    zone = zone_named(place["time_zone"], rules)
    moment = next_decent_moment(max(ready_at, now), zone, rules.window, day_off_for(place["country"], rules))
    seen: Input = {
        "delivered_at": delivered_at.isoformat() if delivered_at else None,
        "delay_seconds": delay,
        "ready_at": ready_at.isoformat(),
        "local_time": moment.astimezone(zone).isoformat(),
    }
    return Standing("moment", seen, moment)


def _ends(refusal: RuleVerdict) -> Standing:
    return Standing(None, {}, refusal=refusal)


async def advance(uow: UnitOfWork, *, orders: Sequence[str] = (), customers: Sequence[UUID] = (), ids: Sequence[UUID] = ()) -> None:
    """Move open decisions on as far as what is known allows; safe to call again whenever something became known.

    `orders` are references of which something became known, `customers` those whom decisions may have waited for.
    """
    rows = await hearing.lock_waiting(uow, orders=orders, customers=customers, ids=ids)
    programmes = await planning.programmes(uow, {row["programme"] for row in rows}) if rows else {}
    found: list[tuple[Waiting, Rules]] = [(row, rules_of(programmes[row["programme"]])) for row in rows]
    if not found:
        return
    waiting, ending, no_longer_given_up = [], [], []
    for (row, _), standing in zip(found, await standings(uow, found), strict=True):
        if standing.refusal is not None:
            ending.append(ended(row, standing.refusal, uow.now))
            tell_skipped(uow, row, standing.refusal)
            continue
        moved = {"waits_for": standing.waits_for, "rules": orjson.dumps(standing.rules).decode(), "next_possible_at": standing.moment}
        waiting.append(planning.Verdict(row["id"], moved))
        if standing.moment is not None and row["waits_for"] != "moment":
            no_longer_given_up.append(str(row["id"]))
        await set_timer(uow, row, standing)
    await planning.decide(uow, waiting)
    await planning.decide(uow, ending)
    gone = [str(each.decision_id) for each in ending]
    await hearing.cancel_all(uow, JUDGE, gone)
    await hearing.cancel_all(uow, GIVE_UP, [*gone, *no_longer_given_up])


async def set_timer(uow: UnitOfWork, row: Waiting, standing: Standing) -> None:
    """Have an open decision judged at its moment, or given up when what it waits for does not come."""
    if standing.moment is not None:
        await uow.schedule(JUDGE, key=str(row["id"]), at=standing.moment)
    else:
        await uow.schedule(GIVE_UP, key=str(row["id"]), at=row["give_up_at"])


def ended(row: Waiting, refusal: RuleVerdict, now: datetime) -> planning.Verdict:
    """Return the end of a decision that was refused before it fell due."""
    values = {"outcome": "skipped", "waits_for": None, "reason": refusal.reason, "rules": as_json([refusal]), "decided_at": now}
    return planning.Verdict(row["id"], values)


def tell_skipped(uow: UnitOfWork, row: Waiting, refusal: RuleVerdict) -> None:
    """Tell that somebody is not asked, and why."""
    if refusal.reason is not None:
        uow.emit(
            SurveySkipped(
                decision_id=row["id"],
                programme=row["programme"],
                customer_id=row["customer_id"],
                contact_id=row["contact_id"],
                reason=refusal.reason,
                inclusion_probability=None,
            )
        )

"""Find out what an open decision waits for: its customer, its delivery, or the moment to ask."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.kit.db import UnitOfWork
from services.survey.domain.holidays import DayOff, days_off
from services.survey.domain.judging import Input, Reason, RuleVerdict
from services.survey.domain.programme import Rules
from services.survey.domain.timing import next_decent_moment, ready_to_ask
from services.survey.models import Decision, KnownCustomer
from services.survey.repository import asking, known
from services.survey.use_cases.skip_decision import GIVE_UP, JUDGE, call_off


def zone_for(customer: KnownCustomer | None, rules: Rules) -> ZoneInfo:
    """Return the customer's own time zone, or the one that the programme assumes."""
    return zone_named(customer.time_zone if customer else None, rules)


def zone_named(time_zone: str | None, rules: Rules) -> ZoneInfo:
    """Return this time zone, or the one that the programme assumes."""
    return ZoneInfo(time_zone or rules.time_zone)


def day_off_for(country: str | None, rules: Rules) -> DayOff | None:
    """Return the test for days on which this programme asks nobody in a country; None when it asks on holidays too."""
    return days_off(country or rules.country) if rules.skip_holidays else None


async def advance(uow: UnitOfWork, decision: Decision, rules: Rules) -> None:
    """Move an open decision on as far as what is known allows; safe to call again whenever something became known."""
    customer = await known.expect_customer(uow, decision.customer_id) if decision.customer_id else None
    delivered_at = None
    if rules.wait_for:
        if decision.order_reference is None:
            await call_off(uow, decision, RuleVerdict("order", {"order_reference": None}, passed=False, reason=Reason.NO_ORDER_REFERENCE))
            return
        order = await known.expect_order(uow, decision.order_reference)
        if order is not None and order.cancelled_at is not None:
            await call_off(uow, decision, cancelled(decision.order_reference, order.cancelled_at))
            return
        delivered_at = order.delivered_at if order else None
    if customer is None:
        await _wait(uow, decision, "customer", {"customer_id": str(decision.customer_id) if decision.customer_id else None})
    elif rules.wait_for and delivered_at is None:
        await _wait(uow, decision, "order_delivered", {"order_reference": decision.order_reference, "give_up_at": decision.give_up_at.isoformat()})
    else:
        await _wait_for_moment(uow, decision, rules, customer, delivered_at)


def cancelled(order_reference: str, cancelled_at: datetime) -> RuleVerdict:
    """Return the refusal because of a cancelled order."""
    seen: Input = {"order_reference": order_reference, "cancelled_at": cancelled_at.isoformat()}
    return RuleVerdict("order", seen, passed=False, reason=Reason.ORDER_CANCELLED)


async def _wait_for_moment(uow: UnitOfWork, decision: Decision, rules: Rules, customer: KnownCustomer, delivered_at: datetime | None) -> None:
    delay = rules.delay_for(decision.facts or decision.attribution)
    ready_at = ready_to_ask(decision.occurred_at, delivered_at, timedelta(seconds=delay))
    zone = zone_for(customer, rules)
    moment = next_decent_moment(max(ready_at, uow.now), zone, rules.window, day_off_for(customer.country, rules))
    seen: Input = {
        "delivered_at": delivered_at.isoformat() if delivered_at else None,
        "delay_seconds": delay,
        "ready_at": ready_at.isoformat(),
        "local_time": moment.astimezone(zone).isoformat(),
    }
    await _wait(uow, decision, "moment", seen, moment)
    await uow.cancel(GIVE_UP, key=str(decision.id))
    await uow.schedule(JUDGE, key=str(decision.id), at=moment)


async def _wait(uow: UnitOfWork, decision: Decision, waits_for: str, seen: Input, moment: datetime | None = None) -> None:
    rule = {
        "rule": "timing",
        "input": seen,
        "verdict": "wait",
        "reason": None,
        "next_possible_at": moment.isoformat() if moment else None,
    }
    await asking.change_decision(uow, decision, waits_for=waits_for, rules=[rule], next_possible_at=moment)
    if moment is None:
        await uow.schedule(GIVE_UP, key=str(decision.id), at=decision.give_up_at)

"""Open the duty to get back to a customer: exactly one for each customer and issue, whatever arrives at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FollowUpOpened
from services.feedback.domain.follow_up_rules import GENERAL, Facts, Rule, decisive
from services.feedback.domain.heads import AUTO, PERSON
from services.feedback.domain.items import CATEGORISED
from services.feedback.domain.office_hours import after_office_hours
from services.feedback.domain.sentiment import score_share
from services.feedback.models import FollowUp, Item
from services.feedback.use_cases.rule_words import said
from services.kit.db import UnitOfWork
from services.kit.ids import new_id

_OTHER = aliased(FollowUp)
LADDER_OFFICE_HOURS = 8
"""After the due time the next person hears of it, and another one office day later."""


async def consider(uow: UnitOfWork, item: Item, rules: Sequence[Rule], office_zone: str) -> None:
    """Open a follow-up for the item if a rule asks for one, or join it to the one that is open.

    An item whose customer is still being looked up waits; an item of nobody (an anonymous review) gets its own follow-up.
    """
    if not item.counted or item.state != CATEGORISED:
        return
    if item.follow_up_id is not None:
        await _name_issue(uow, item)
        return
    if item.customer_id is None and item.customer_keys:
        return
    rule = decisive(rules, _facts(item), said)
    if rule is None:
        return
    issue = item.driver if item.driver and item.decision in {AUTO, PERSON} else GENERAL
    joined = await _open_one(uow, item, issue)
    if joined is not None:
        await join(uow, joined, item, rule, issue)
        return
    row = _row(uow, item, rule, issue, office_zone)
    if not await open_row(uow, row, office_zone):
        joined = await _open_one(uow, item, issue)
        if joined is not None:
            await join(uow, joined, item, rule, issue)


async def _name_issue(uow: UnitOfWork, item: Item) -> None:
    """A follow-up that was opened before anybody knew what it is about learns it when its item is read again.

    The unique key on (customer, issue) decides when another open follow-up has that issue already: then it stays general.
    """
    if not item.driver or item.decision not in {AUTO, PERSON}:
        return
    is_general = (col(FollowUp.id) == item.follow_up_id, col(FollowUp.issue) == GENERAL, col(FollowUp.state) != "closed")
    taken = select(literal(1)).where(col(_OTHER.customer_id) == item.customer_id, col(_OTHER.issue) == item.driver, col(_OTHER.state) != "closed")
    named = {"issue": item.driver, "department": item.department, "version": col(FollowUp.version) + 1}
    await uow.execute(update(FollowUp).where(*is_general, ~taken.exists()).values(**named))


def _facts(item: Item) -> Facts:
    return Facts(
        kind=item.kind,
        wants_contact=item.wants_contact,
        score_share=score_share(item.score, item.scale_max),
        sentiment=item.sentiment or "neutral",
        severity=item.severity or 1,
        driver=item.driver,
        text=item.text,
        source=item.source,
        language=item.language,
        product=item.product,
        department=item.department,
        reasons=tuple(item.reasons),
        attributes=item.attributes,
    )


async def _open_one(uow: UnitOfWork, item: Item, issue: str) -> FollowUp | None:
    """Return the open follow-up of this issue; of any issue when this one is unknown; or a general one, which then learns its issue."""
    if item.customer_id is None:
        return None
    found = await repository.open_follow_ups(uow, await repository.person_ids(uow, item.customer_id))
    of_issue = next((one for one in found if one.issue == issue), None)
    if of_issue is not None:
        return of_issue
    if issue == GENERAL:
        return found[0] if found else None
    return next((one for one in found if one.issue == GENERAL), None)


async def join(uow: UnitOfWork, follow_up: FollowUp, item: Item, rule: Rule, issue: str) -> None:
    """Add one more voice to an open follow-up; it becomes as severe, as specific and as callable as the strongest of them."""
    named = follow_up.issue if issue == GENERAL else issue
    calls_now = rule.wants_call_back and not follow_up.wants_call_back
    changed: dict[str, Any] = {
        "issue": named,
        "severity": max(follow_up.severity, item.severity or 1),
        "department": follow_up.department or item.department,
        "wants_call_back": follow_up.wants_call_back or rule.wants_call_back,
        "channel": _channel(item, rule) if calls_now else follow_up.channel,
        "version": follow_up.version + 1,
    }
    await uow.execute(update(FollowUp).where(col(FollowUp.id) == follow_up.id).values(**changed))
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(follow_up_id=follow_up.id))
    if calls_now:
        _tell_opened(uow, {**follow_up.model_dump(), **changed, "reason": rule.key})


def _channel(item: Item, rule: Rule) -> str:
    return item.contact_channel or ("voice" if rule.wants_call_back else "email")


def _row(uow: UnitOfWork, item: Item, rule: Rule, issue: str, office_zone: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "item_id": item.id,
        "customer_id": item.customer_id,
        "issue": issue,
        "reason": rule.key,
        "state": "open",
        "version": 1,
        "severity": item.severity or 1,
        "department": item.department,
        "owner": rule.owner or item.department,
        "escalate_to": rule.escalate_to,
        "wants_call_back": rule.wants_call_back,
        "channel": _channel(item, rule),
        "language": item.language,
        "attempt": 1,
        "reopens": None,
        "escalation": 0,
        "opened_at": uow.now,
        "due_at": after_office_hours(uow.now, rule.due_office_hours, office_zone),
        "acknowledged_at": None,
        "contacted_at": None,
        "closed_at": None,
        "outcome": None,
        "note": None,
    }


async def open_row(uow: UnitOfWork, row: dict[str, Any], office_zone: str) -> bool:
    """Store a follow-up, tell of it and watch its promise; False when the customer already has one on this issue."""
    if not await uow.insert_ignore(FollowUp, row):
        return False
    await uow.execute(update(Item).where(col(Item.id) == row["item_id"]).values(follow_up_id=row["id"]))
    _tell_opened(uow, row)
    half = uow.now + (row["due_at"] - uow.now) / 2
    later = after_office_hours(row["due_at"], LADDER_OFFICE_HOURS, office_zone)
    await uow.schedule("watch_follow_up", key=str(row["id"]), at=half, payload={"next": [row["due_at"].isoformat(), later.isoformat()]})
    return True


def _tell_opened(uow: UnitOfWork, row: dict[str, Any]) -> None:
    told = {name: row[name] for name in ("item_id", "customer_id", "issue", "reason", "wants_call_back", "channel", "language")}
    rest = {name: row[name] for name in ("severity", "department", "owner", "due_at")}
    uow.emit(FollowUpOpened(follow_up_id=row["id"], **told, **rest))

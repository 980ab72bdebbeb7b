"""Decide, at the moment of sending, who is asked: many decisions in one transaction, each rule judged on what is true now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.survey.contract import SurveyInvited, SurveySkipped
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.judging import Facts, Input, Judgement, RuleVerdict, judge
from services.survey.domain.programme import Channel, Matter, Outranked, Rules
from services.survey.domain.timing import next_decent_moment
from services.survey.domain.tokens import Purpose, fingerprint, token_for
from services.survey.domain.wording import negotiate
from services.survey.models import Invitation
from services.survey.repository import asking, planning
from services.survey.repository.planning import OpenDecision
from services.survey.use_cases.advance_decision import day_off_for, zone_named
from services.survey.use_cases.count_cells import Sampled, count_cells
from services.survey.use_cases.gather_facts import Knowledge, facts_for, gather
from services.survey.use_cases.skip_decision import JUDGE, as_json

SEND = "send_invitation"
AFTER_CONTACT = timedelta(minutes=15)
"""How long to wait when the customer is talking with us at this moment."""
BREATH = 50
"""Decisions between two breaths: about five milliseconds, in which the loop serves nobody else."""
AFTER_RIVAL = timedelta(hours=1)
"""How long to wait for a programme that comes first and has not decided yet."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that lots are drawn with and links are made of."""

    lot: bytes
    link: bytes


@dataclass
class _Outcomes:
    """What a batch decided, written with a few statements at its end."""

    decided: list[planning.Verdict] = field(default_factory=list)
    put_off: list[planning.Verdict] = field(default_factory=list)
    invitations: list[dict[str, Any]] = field(default_factory=list)
    sampled: list[Sampled] = field(default_factory=list)
    surveys: dict[str, int] = field(default_factory=dict)
    """Survey key to its newest version."""


async def judge_decision(uow: UnitOfWork, decision_id: UUID, keys: Keys) -> None:
    """Judge one decision."""
    await judge_decisions(uow, [str(decision_id)], keys)


async def judge_decisions(uow: UnitOfWork, decision_ids: Collection[str], keys: Keys) -> None:
    """Ask, skip or put off; ids as texts, as due rows keep them. What is decided already is passed over, so that a second run changes nothing.

    The rows of all people are locked first, in one order, so that caps hold however many dispatchers judge at once; asks of the same
    batch count for the decisions that follow.
    """
    decisions = await planning.lock_open(uow, decision_ids)
    if not decisions:
        return
    known, outcomes = await gather(uow, decisions), _Outcomes()
    for key in {rules.survey for rules in known.rules.values()}:
        outcomes.surveys[key] = (await asking.survey(uow, key)).version
    in_order = sorted(decisions, key=lambda row: (row.next_possible_at or row.occurred_at, known.rules[row.programme].priority))
    for number, decision in enumerate(in_order, 1):
        if number % BREATH == 0:
            await uow.breathe()
        facts = facts_for(decision, known, uow, keys.lot)
        waits_until, why = _not_yet(uow, decision, known, facts)
        if waits_until is None:
            _settle(uow, decision, known, facts, why, outcomes, keys)
        else:
            await _put_off(uow, decision, waits_until, why, outcomes)
    await planning.decide(uow, outcomes.decided)
    await planning.decide(uow, outcomes.put_off)
    await uow.insert(Invitation, *outcomes.invitations)
    for invitation in outcomes.invitations:
        await uow.schedule(SEND, key=str(invitation["id"]), at=uow.now)
    await count_cells(uow, known, outcomes.sampled)


def _not_yet(uow: UnitOfWork, decision: OpenDecision, known: Knowledge, facts: Facts) -> tuple[datetime | None, RuleVerdict]:
    """Return until when to wait, and why; None when the moment is now, with the verdict that says so."""
    rules, customer = known.rules[decision.programme], known.customers.get(decision.customer_id)
    place = (decision.programme, customer["time_zone"], customer["country"]) if customer else (decision.programme, None, None)
    hour = known.hours.get(place)
    if hour is None:
        hour = known.hours[place] = _decent_hour(uow.now, rules, *place[1:])
    if hour.next_possible_at is not None:
        return hour.next_possible_at, hour
    if Matter.CONTACT in facts.open_matters:
        return uow.now + AFTER_CONTACT, RuleVerdict("not_in_contact", {"running": True}, passed=False, reason=None)
    if rules.when_outranked is Outranked.WAIT and decision.give_up_at > uow.now and (first := min(_rivals(decision, known, rules), default=None)):
        return uow.now + AFTER_RIVAL, RuleVerdict("priority", {"asks_instead": first}, passed=False, reason=None)
    return None, hour


def _decent_hour(now: datetime, rules: Rules, time_zone: str | None, country: str | None) -> RuleVerdict:
    """Judge the hour for all who live by one clock and one calendar."""
    zone, window = zone_named(time_zone, rules), rules.window
    moment = next_decent_moment(now, zone, window, day_off_for(country, rules))
    seen: Input = {
        "local_time": now.astimezone(zone).isoformat(timespec="minutes"),
        "window": f"{window.start:%H:%M}-{window.end:%H:%M}",
        "weekdays": ",".join(map(str, window.weekdays)),
    }
    return RuleVerdict("decent_hour", seen, passed=moment <= now, reason=None, next_possible_at=moment if moment > now else None)


def _rivals(decision: OpenDecision, known: Knowledge, rules: Rules) -> list[str]:
    """Return the programmes that come first and are still open about the same occasion."""
    mine = (rules.priority, decision.programme)
    found = []
    for key in known.rivals.get(decision.occasion, ()):
        other = known.rules.get(key)
        if key != decision.programme and (other is None or (other.priority, key) < mine):
            found.append(key)
    return found


async def _put_off(uow: UnitOfWork, decision: OpenDecision, until: datetime, why: RuleVerdict, outcomes: _Outcomes) -> None:
    rules = orjson.dumps([{**why.row, "verdict": "wait", "next_possible_at": until.isoformat()}]).decode()
    outcomes.put_off.append(planning.Verdict(decision.id, {"waits_for": "moment", "rules": rules, "next_possible_at": until}))
    await uow.schedule(JUDGE, key=str(decision.id), at=until)


def _settle(uow: UnitOfWork, decision: OpenDecision, known: Knowledge, facts: Facts, hour: RuleVerdict, outcomes: _Outcomes, keys: Keys) -> None:
    """Reach the one terminal verdict of this decision."""
    rules, customer = known.rules[decision.programme], known.customers.get(decision.customer_id)
    judgement = judge(rules, facts)
    refusal, channel = judgement.refusal, judgement.channel
    invitation_id = None
    if refusal is None and customer is not None and channel is not None:
        invitation_id = new_id()
        outcomes.invitations.append(_invitation(uow, decision, rules, customer, channel, judgement, invitation_id, keys, outcomes))
        _note_ask(uow, decision, known, rules, channel)
    planned = decision.next_possible_at
    outcomes.decided.append(
        planning.Verdict(
            decision.id,
            {
                "programme_version": known.versions[decision.programme],
                "outcome": "invited" if invitation_id else "skipped",
                "waits_for": None,
                "reason": refusal.reason.value if refusal and refusal.reason else None,
                "rules": as_json([hour, *judgement.verdicts]),
                "inclusion_probability": judgement.probability,
                "lot": facts.lot if judgement.reached_lot else None,
                "cell": facts.cell.name if facts.cell else None,
                "late_ms": _late(uow.now, planned),
                "next_possible_at": refusal.next_possible_at if refusal else None,
                "invitation_id": invitation_id,
                "decided_at": uow.now,
            },
        )
    )
    if facts.cell is not None:
        _count(known, decision, facts.cell.name, judgement, asked=invitation_id is not None, outcomes=outcomes)
    if invitation_id is None:
        _tell_skipped(uow, decision, refusal, judgement.probability)


def _late(now: datetime, planned: datetime | None) -> int | None:
    """Return milliseconds between the planned moment and now; at most 24 days, which is what the column holds."""
    if planned is None:
        return None
    late = now - planned
    return min(2**31 - 1, max(0, late.days * 86_400_000 + late.seconds * 1000 + late.microseconds // 1000))


def _count(known: Knowledge, decision: OpenDecision, name: str, judgement: Judgement, *, asked: bool, outcomes: _Outcomes) -> None:
    """Count in memory at once, so that the next decision of the batch sees it."""
    cell = known.cells[decision.programme, name]
    cell.eligible += judgement.reached_lot
    cell.asked += asked
    known.asked_in_all[decision.programme] = known.asked_in_all.get(decision.programme, 0) + asked
    outcomes.sampled.append(Sampled(decision.programme, name))


def _note_ask(uow: UnitOfWork, decision: OpenDecision, known: Knowledge, rules: Rules, channel: Channel) -> None:
    """Make the ask count for what the batch judges after it."""
    ask = PastAsk(uow.now, decision.programme, rules.survey, channel.value, answered=False, about=decision.attribution)
    known.asks[decision.customer_id].append(ask)
    if decision.contact_id:
        known.contacts_asked.add(decision.contact_id)


def _tell_skipped(uow: UnitOfWork, decision: OpenDecision, refusal: RuleVerdict | None, probability: float) -> None:
    """Tell of a skip. Ids are texts, as in `_invitation`: of the driver's own kind of UUID pydantic makes three times the work."""
    if refusal is not None and refusal.reason is not None:
        told = {
            "decision_id": str(decision.id),
            "programme": decision.programme,
            "customer_id": str(decision.customer_id),
            "contact_id": str(decision.contact_id) if decision.contact_id else None,
            "reason": refusal.reason,
            "inclusion_probability": probability,
        }
        uow.emit(SurveySkipped.model_validate(told))


def _invitation(
    uow: UnitOfWork,
    decision: OpenDecision,
    rules: Rules,
    customer: Mapping[str, Any],
    channel: Channel,
    judgement: Judgement,
    invitation_id: UUID,
    keys: Keys,
    outcomes: _Outcomes,
) -> dict[str, Any]:
    """Return the row of the ask, and tell of it."""
    cell = next((verdict.input.get("cell") for verdict in judgement.verdicts if verdict.rule == "sampling"), None)
    row = {
        "id": invitation_id,
        "decision_id": decision.id,
        "programme": decision.programme,
        "survey": rules.survey,
        "survey_version": outcomes.surveys[rules.survey],
        "customer_id": customer["customer_id"],
        "contact_id": decision.contact_id,
        "channel": channel.value,
        "language": negotiate(customer["language"], decision.language),
        "about_channel": decision.channel,
        "about_at": decision.occurred_at,
        "attribution": decision.attribution,
        "inclusion_probability": judgement.probability,
        "token_hash": fingerprint(token_for(invitation_id, Purpose.ANSWER, keys.link)),
        "stop_hash": fingerprint(token_for(invitation_id, Purpose.STOP, keys.link)),
        "state": "queued",
        "invited_at": uow.now,
        "sent_at": None,
        "answered_at": None,
        "expires_at": uow.now + timedelta(days=rules.expiry_days),
        "reminded_at": [],
        "cell": cell,
        "version": 1,
    }
    told = {
        "invitation_id": invitation_id,
        "programme": decision.programme,
        "survey": rules.survey,
        "customer_id": str(customer["customer_id"]),
        "contact_id": str(decision.contact_id) if decision.contact_id else None,
        "channel": channel.value,
        "inclusion_probability": judgement.probability,
        "invited_at": uow.now,
    }
    uow.emit(SurveyInvited.model_validate(told))
    return row

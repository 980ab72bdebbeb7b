"""Decide, at the moment of sending, whether a customer is asked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.survey.contract import SurveyInvited
from services.survey.domain.consent import Word
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.judging import Facts, RuleVerdict, judge
from services.survey.domain.programme import Channel, Matter, Rules
from services.survey.domain.sampling import lot_of
from services.survey.domain.timing import next_decent_moment
from services.survey.domain.tokens import Purpose, fingerprint, token_for
from services.survey.domain.wording import negotiate
from services.survey.models import Decision, Invitation, KnownCustomer, ProgrammeVersion
from services.survey.repository import asking, known
from services.survey.use_cases.advance_decision import zone_for
from services.survey.use_cases.skip_decision import JUDGE, as_rows, skip

SEND = "send_invitation"
MOST_ASKS = 5000
"""Of one person, newest first; no cap looks further back than anybody was ever asked."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that lots are drawn with and links are made of."""

    lot: bytes
    link: bytes


async def judge_decision(uow: UnitOfWork, decision_id: UUID, keys: Keys) -> None:
    """Ask, skip or wait for a decent hour. The rows of the person are locked first, so that caps hold however many decisions fall due at once."""
    decision = await asking.lock_pending(uow, decision_id)
    if decision is None or decision.customer_id is None:
        return
    person = await known.person_of(uow, decision.customer_id)
    members = {member.customer_id: member for member in await known.lock_customers(uow, person)}
    customer = members.get(decision.customer_id)
    programme = await asking.programme(uow, decision.programme)
    rules = Rules.model_validate(programme.rules)
    zone = zone_for(customer, rules)
    moment = next_decent_moment(uow.now, zone, rules.window)
    if moment > uow.now:
        await asking.change_decision(uow, decision, next_possible_at=moment)
        await uow.schedule(JUDGE, key=str(decision.id), at=moment)
        return
    judgement = judge(rules, await _facts(uow, decision, customer, person, keys))
    verdicts = [_decent_hour(uow, zone, rules), *judgement.verdicts]
    if judgement.refusal is not None or customer is None or judgement.channel is None:
        await skip(uow, decision, verdicts, rules.share)
        return
    await _invite(uow, _Ask(decision, programme, rules, customer, judgement.channel, verdicts), keys)


def _decent_hour(uow: UnitOfWork, zone: ZoneInfo, rules: Rules) -> RuleVerdict:
    window = rules.window
    seen = {
        "local_time": uow.now.astimezone(zone).isoformat(timespec="minutes"),
        "window": f"{window.start:%H:%M}-{window.end:%H:%M}",
        "weekdays": ",".join(map(str, window.weekdays)),
    }
    return RuleVerdict("decent_hour", dict(seen), passed=True, reason=None)


async def _facts(uow: UnitOfWork, decision: Decision, customer: KnownCustomer | None, person: list[UUID], keys: Keys) -> Facts:
    words = await known.words_of(uow, person)
    asks = await asking.invitations_of(uow, person, MOST_ASKS)
    return Facts(
        now=uow.now,
        programme=decision.programme,
        known=customer is not None,
        erased=customer is not None and customer.erased_at is not None,
        email=customer.email if customer else None,
        words=[Word(word.purpose, word.channel, word.granted, word.said_at) for word in words],
        asks=[PastAsk(ask.invited_at, ask.programme, ask.survey, ask.channel) for ask in asks],
        asked_about_contact=decision.contact_id is not None and await asking.is_contact_asked(uow, decision.contact_id),
        open_matters=[Matter(kind) for kind in await known.open_matters_of(uow, person)],
        lot=lot_of(decision.occasion, decision.programme, keys.lot),
    )


@dataclass(frozen=True, slots=True)
class _Ask:
    """Everything that is settled when nothing speaks against asking."""

    decision: Decision
    programme: ProgrammeVersion
    rules: Rules
    customer: KnownCustomer
    channel: Channel
    verdicts: list[RuleVerdict]


async def _invite(uow: UnitOfWork, ask: _Ask, keys: Keys) -> None:
    decision, invitation_id = ask.decision, new_id()
    survey = await asking.survey(uow, ask.rules.survey)
    await uow.insert(Invitation, {**_invitation_row(uow, ask, invitation_id, keys), "survey": survey.key, "survey_version": survey.version})
    await asking.change_decision(
        uow,
        decision,
        programme_version=ask.programme.version,
        outcome="invited",
        waits_for=None,
        rules=as_rows(ask.verdicts),
        inclusion_probability=ask.rules.share,
        next_possible_at=None,
        invitation_id=invitation_id,
        decided_at=uow.now,
    )
    await uow.schedule(SEND, key=str(invitation_id), at=uow.now)
    uow.emit(
        SurveyInvited(
            invitation_id=invitation_id,
            programme=decision.programme,
            survey=survey.key,
            customer_id=ask.customer.customer_id,
            contact_id=decision.contact_id,
            channel=ask.channel.value,
            inclusion_probability=ask.rules.share,
            invited_at=uow.now,
        )
    )


def _invitation_row(uow: UnitOfWork, ask: _Ask, invitation_id: UUID, keys: Keys) -> dict[str, Any]:
    decision = ask.decision
    return {
        "id": invitation_id,
        "decision_id": decision.id,
        "programme": decision.programme,
        "customer_id": ask.customer.customer_id,
        "contact_id": decision.contact_id,
        "channel": ask.channel.value,
        "language": negotiate(ask.customer.language, decision.language),
        "about_channel": decision.channel,
        "about_at": decision.occurred_at,
        "attribution": decision.attribution,
        "inclusion_probability": ask.rules.share,
        "token_hash": fingerprint(token_for(invitation_id, Purpose.ANSWER, keys.link)),
        "stop_hash": fingerprint(token_for(invitation_id, Purpose.STOP, keys.link)),
        "state": "queued",
        "invited_at": uow.now,
        "sent_at": None,
        "answered_at": None,
        "expires_at": uow.now + timedelta(days=ask.rules.expiry_days),
        "version": 1,
    }

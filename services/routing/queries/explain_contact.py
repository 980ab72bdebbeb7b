"""Why a contact is where it is, and why not with somebody else."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.kit.db import Tx
from services.routing.contract import DecisionView, ExplanationView
from services.routing.domain import explanation
from services.routing.domain.contact import ContactState, is_routable
from services.routing.domain.eligibility import Policy, next_step_after, requirement_at, shortfalls
from services.routing.domain.explanation import Condition
from services.routing.domain.load import limits_of
from services.routing.domain.shifts import Planned, may_be_asked, takes_offers
from services.routing.models import Agent, Contact, RoutingDecision
from services.routing.queries.staffing import handle_s_of
from services.routing.repository import agents, contacts, desk, queues


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why one agent does not have a contact."""

    contact_id: UUID
    agent: str
    sentence: str
    conditions: list[Condition]


async def explain_contact(tx: Tx, contact_id: UUID) -> ExplanationView:
    """Explain by the stored decisions, and for a waiting contact by what is true now; raises ContactNotFound."""
    contact = await contacts.contact(tx, contact_id)
    decisions = [_view(each) for each in await contacts.decisions(tx, contact_id)]
    if contact.class_key is None:
        return _explanation(contact, "Another system routed this contact.", 0.0, {}, None, {}, decisions)
    policy = await queues.policy_of(tx, contact)
    waited_s = _waited_s(tx, contact, decisions)
    requirement = requirement_at(policy, waited_s)
    if contact.state != ContactState.WAITING:
        offered = next((each.sentence for each in decisions if each.outcome == "offered"), "Nobody was asked.")
        return _explanation(contact, offered, waited_s, requirement, None, {}, decisions)
    if contact.waits_from > tx.now:
        sentence = f"Queue {contact.queue} is closed until {contact.waits_from:%Y-%m-%d %H:%M} UTC."
        return _explanation(contact, sentence, 0.0, requirement, None, {}, decisions)
    step = next_step_after(policy, waited_s)
    in_s = None if step is None else step - waited_s
    counts = await _counts(tx, contact, requirement)
    sentence = explanation.say_waiting(requirement, counts, in_s)
    return _explanation(contact, sentence, waited_s, requirement, in_s, counts, decisions)


def _explanation(
    contact: Contact,
    sentence: str,
    waited_s: float,
    requirement: dict[str, int],
    next_step_in_s: float | None,
    counts: dict[str, int],
    decisions: list[DecisionView],
) -> ExplanationView:
    return ExplanationView(
        contact_id=contact.id,
        state=contact.state,
        sentence=sentence,
        waited_s=waited_s,
        requirement=requirement,
        next_step_in_s=next_step_in_s,
        agents=counts,
        decisions=decisions,
    )


def _waited_s(tx: Tx, contact: Contact, decisions: list[DecisionView]) -> float:
    """Return the seconds waited: until now for who waits, until the last offer for everybody else."""
    if contact.state == ContactState.WAITING:
        return max(0.0, (tx.now - contact.waits_from).total_seconds())
    return next((each.waited_s for each in decisions if each.outcome == "offered"), 0.0)


def _view(row: RoutingDecision) -> DecisionView:
    sentence = explanation.say_decision(row.outcome, row.terms, row.runners_up, row.considered, row.requirement)
    return DecisionView.model_validate(row.model_dump() | {"sentence": sentence})


async def _counts(tx: Tx, contact: Contact, requirement: dict[str, int]) -> dict[str, int]:
    wanted = sorted(requirement.items())
    everybody = await agents.count_by_activity(tx, [])
    skilled = await agents.count_by_activity(tx, wanted)
    passed = [each.agent_id for each in await contacts.exclusions(tx, contact.id)]
    known = await agents.agents_by_id(tx, passed)
    stands: dict[UUID, dict[str, int]] = {agent_id: {} for agent_id in known}
    for row in await agents.standings(tx, passed):
        stands[row["agent_id"]][row["skill"]] = row["level"]

    def takes(agent: Agent) -> bool:
        return takes_offers(agent.activity, agent.planned, plan_counts=agent.plan_counts)

    return {
        "on_shift": everybody.get("available", 0),
        "skilled": skilled.get("available", 0),
        "free": await agents.count_free(tx, wanted, [contact.channel]),
        "excluded": sum(1 for each in known.values() if takes(each) and not shortfalls(requirement, each.skills | stands[each.id])),
    }


async def explain_agent(tx: Tx, contact_id: UUID, external_id: str) -> WhyNot:
    """Judge every condition for one agent; raises ContactNotFound, AgentNotFound."""
    contact = await contacts.contact(tx, contact_id)
    agent = await agents.agent_called(tx, external_id)
    if contact.agent_id == agent.id:
        return WhyNot(contact_id, external_id, f"{agent.name} has this contact ({contact.state}).", [])
    if contact.class_key is None:
        return WhyNot(contact_id, external_id, "Another system routed this contact.", [])
    policy = await queues.policy_of(tx, contact)
    decisions = await contacts.decisions(tx, contact_id)
    waited_s = _waited_s(tx, contact, [_view(each) for each in decisions])
    conditions = await _conditions(tx, contact, agent, policy, waited_s)
    unmet = [each.sentence for each in conditions if not each.met]
    sentence = " ".join(unmet) if unmet else _compared(external_id, decisions)
    return WhyNot(contact_id, external_id, sentence, conditions)


async def _conditions(tx: Tx, contact: Contact, agent: Agent, policy: Policy, waited_s: float) -> list[Condition]:
    place = next((each for each in await agents.channels_of(tx, agent.id) if each.channel == contact.channel), None)
    used, maximum = (place.used, place.maximum) if place else (0, 0)
    mine = await contacts.exclusion(tx, contact.id, agent.id)
    has = agent.skills | {row["skill"]: row["level"] for row in await agents.standings(tx, [agent.id])}
    short = shortfalls(requirement_at(policy, waited_s), has)
    return [
        Condition("activity", is_routable(agent.activity), f"Is {agent.activity}."),
        *await _planned(tx, contact, agent),
        explanation.judge_skills(policy, has, short, waited_s),
        Condition("capacity", used < maximum, f"Holds {used} of {maximum} places for {contact.channel}."),
        *await _carried(tx, contact, agent),
        await _passed(tx, contact, mine.reason if mine else None, mine.excluded_at.isoformat() if mine else None),
        _excluded(kept=str(agent.id) in contact.banned),
        await _promised(tx, contact, agent),
    ]


async def _carried(tx: Tx, contact: Contact, agent: Agent) -> list[Condition]:
    """Judge cost and interruption; nothing for an agent of whom neither is said."""
    if agent.load is None:
        return []
    held = [row[2] for row in await desk.held(tx, [agent.id])]
    return explanation.judge_load(limits_of(agent.load), held, contact.channel)


async def _planned(tx: Tx, contact: Contact, agent: Agent) -> list[Condition]:
    """Judge what the plan says; nothing for who has none."""
    if agent.planned == Planned.NONE or not agent.plan_counts:
        return []
    words = {Planned.WORK: "Is planned to work", Planned.BREAK: "Has a planned break", Planned.OFF: "Is outside of any planned shift"}
    until = "" if agent.shift_ends_at is None else f" in the shift until {agent.shift_ends_at:%H:%M} UTC"
    found = [Condition("planned", may_be_asked(agent.planned, plan_counts=True), f"{words[Planned(agent.planned)]}{until}.")]
    queue = await queues.queue(tx, contact.queue or "")
    if agent.shift_ends_at is not None and queue.shift_end_allowance_seconds is not None:
        over_s = (tx.now - agent.shift_ends_at).total_seconds() + handle_s_of(queue)
        sentence = f"A contact of queue {queue.key} would be over {abs(over_s):.0f} s {'after' if over_s > 0 else 'before'} the end of the shift."
        found.append(Condition("shift_end", over_s < queue.shift_end_allowance_seconds, sentence))
    return found


def _excluded(*, kept: bool) -> Condition:
    return Condition("not_excluded", not kept, "Is kept from this contact by who queued it." if kept else "Is not kept from this contact.")


async def _promised(tx: Tx, contact: Contact, agent: Agent) -> Condition:
    """Judge whether the contact still waits for the owner of its case alone."""
    owner, until = contact.sticky_agent_id, contact.sticky_until
    if owner is None or until is None or owner == agent.id or tx.now >= until or await contacts.exclusion(tx, contact.id, owner) is not None:
        return Condition("not_promised", met=True, sentence="Is not promised to somebody else.")
    known = (await agents.agents_by_id(tx, [owner])).get(owner)
    if known is None or not takes_offers(known.activity, known.planned, plan_counts=known.plan_counts):
        return Condition("not_promised", met=True, sentence="The owner of its case is not available.")
    left = (until - tx.now).total_seconds()
    return Condition("not_promised", met=False, sentence=f"Waits for {known.name}, who had its case last, for {left:.0f} s more.")


async def _passed(tx: Tx, contact: Contact, reason: str | None, since: str | None) -> Condition:
    if reason is None:
        return Condition("not_passed", met=True, sentence="Did not let this contact pass.")
    queue = await queues.queue(tx, contact.queue or "")
    cool_down = timedelta(seconds=queue.cool_down_seconds)
    sentence = f"Let this contact pass at {since} ({reason}): asked again when everybody else was and {cool_down.total_seconds():.0f} s are over."
    return Condition("not_passed", met=False, sentence=sentence)


def _compared(external_id: str, decisions: list[RoutingDecision]) -> str:
    """Say how the agent stood in the last decision that weighed agents; an idle agent now may have been occupied then."""
    last = next((each for each in decisions if each.outcome == "offered"), None)
    if last is None or "fit_term" not in last.terms:
        return "Meets every condition now; when the contact was given away this agent was not the one who had become free."
    mine = next((each for each in last.runners_up if each["agent"] == external_id), None)
    if mine is None:
        return "Meets every condition now, but was not among the best three when the contact was given away."
    return f"Was weighed with J = {mine['terms']['index']:.3f} against {last.terms['index']:.3f} of the one who was asked."

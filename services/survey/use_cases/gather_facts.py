"""Everything that the rules look at, for many decisions with a handful of statements: what was true at planning is asked again at sending."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.cells import cell_name
from services.survey.domain.consent import Word
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.judging import CellFacts, Facts, RuleVerdict
from services.survey.domain.programme import Matter, Outranked, Rules
from services.survey.domain.sampling import lot_of
from services.survey.models import Cell, KnownOrder, Wish
from services.survey.repository import past, planning
from services.survey.repository.planning import OpenDecision
from services.survey.use_cases.conditions import VOCABULARY
from services.survey.use_cases.rules_of import rules_of

LONGEST_CONTACT = timedelta(hours=12)
"""A contact that seems to run longer ended without our hearing of it."""


@dataclass
class Knowledge:
    """What is known about all people and occasions of a batch; asks that are made on the way are added, so that the next decision sees them."""

    decisions: list[OpenDecision]
    rules: dict[str, Rules]
    versions: dict[str, int]
    """Programme key to the number of the version in force, which these rules are."""
    paused: set[str]
    people: dict[UUID, list[UUID]]
    customers: dict[UUID, dict[str, Any]]
    asks: dict[UUID, list[PastAsk]]
    """Everything that they had from us before, tellings too."""
    words: dict[UUID, list[Word]]
    matters: dict[UUID, list[Matter]]
    contacts_asked: set[UUID]
    wishes: dict[UUID, Wish]
    orders: dict[str, KnownOrder]
    rivals: dict[str, set[str]]
    """Occasion to the programmes that may still ask about it."""
    cells: dict[tuple[str, str], Cell]
    asked_in_all: dict[str, int]
    hours: dict[tuple[str, str | None, str | None], RuleVerdict] = field(default_factory=dict)
    """Programme, time zone and country to what is to be said about this hour there."""


async def gather(uow: UnitOfWork, decisions: list[OpenDecision]) -> Knowledge:
    """Lock the people and the cells, in this order, and read all that the rules of these decisions need."""
    known = await planning.programmes(uow, {row.programme for row in decisions})
    rules = {key: rules_of(programme) for key, programme in known.items()}
    people = await planning.people(uow, {row.customer_id for row in decisions})
    everybody = {member for group in people.values() for member in group}
    contact_ids = {row.contact_id for row in decisions if row.contact_id}
    customers = await planning.lock_people(uow, everybody)
    asks = await past.contacts_of(uow, everybody)
    words: dict[UUID, list[Word]] = defaultdict(list)
    for word in await planning.words_of(uow, everybody):
        words[word.customer_id].append(Word(word.purpose, word.channel, word.granted, word.said_at))
    matters: dict[UUID, list[Matter]] = defaultdict(list)
    for matter in await planning.open_matters(uow, everybody, uow.now - LONGEST_CONTACT):
        matters[matter["customer_id"]].append(Matter(matter["kind"]))
    references = {row.order_reference for row in decisions if row.order_reference and reads(rules[row.programme], "order.")}
    waiting = {row.occasion for row in decisions if rules[row.programme].when_outranked is Outranked.WAIT}
    rivals: dict[str, set[str]] = defaultdict(set)
    for rival in await planning.still_open_for(uow, waiting) if waiting else ():
        rivals[rival["occasion"]].add(rival["programme"])
    cells = await planning.lock_cells(uow, _cells_wanted(decisions, rules))
    return Knowledge(
        decisions=decisions,
        rules=rules,
        versions={key: programme.version for key, programme in known.items()},
        paused={key for key, programme in known.items() if programme.state != "active"},
        people=people,
        customers=customers,
        asks=asks,
        words=words,
        matters=matters,
        contacts_asked=await planning.contacts_asked(uow, contact_ids) if contact_ids else set(),
        wishes=await planning.wishes(uow, contact_ids) if contact_ids else {},
        orders=await planning.orders(uow, references) if references else {},
        rivals=rivals,
        cells=cells,
        asked_in_all={key: await planning.asked_in_all_cells(uow, key) for key, each in rules.items() if each.cells and each.cells.budget},
    )


def reads(rules: Rules, prefix: str) -> bool:
    """Say whether any condition or exclusion reads a name with this beginning."""
    texts = [rules.condition, *(exclusion.when for exclusion in rules.exclude)]
    return any(name.startswith(prefix) for text in texts if text for name in VOCABULARY.expression(text).names)


def facts_for(decision: OpenDecision, known: Knowledge, uow: UnitOfWork, lot_key: bytes) -> Facts:
    """Return what the rules look at for one decision."""
    rules, customer = known.rules[decision.programme], known.customers.get(decision.customer_id)
    group = known.people[decision.customer_id]
    alone = len(group) == 1
    wish = known.wishes.get(decision.contact_id) if decision.contact_id else None
    verdict, missing, excluded_by = _conditions(rules, decision, customer, known.orders)
    return Facts(
        now=uow.now,
        programme=decision.programme,
        known=customer is not None,
        erased=customer is not None and customer["erased_at"] is not None,
        email=customer["email"] if customer else None,
        phone=customer["phone"] if customer else None,
        words=known.words.get(group[0], ()) if alone else [word for member in group for word in known.words.get(member, ())],
        asks=known.asks.get(group[0], ())
        if alone
        else sorted((ask for member in group for ask in known.asks.get(member, ())), key=lambda ask: ask.invited_at),
        asked_about_contact=decision.contact_id in known.contacts_asked,
        open_matters=[matter for member in group for matter in known.matters.get(member, ())],
        lot=lot_of(decision.occasion, decision.programme, lot_key),
        paused=decision.programme in known.paused,
        condition=verdict,
        missing=missing,
        excluded_by=excluded_by,
        wish=wish.wish if wish else None,
        wish_reason=wish.reason if wish else None,
        about=decision.attribution,
        cell=_cell_facts(decision, rules, known),
    )


def facts_of_occasion(decision: OpenDecision) -> dict[str, Any]:
    """Return what `where`, cells and conditions see of an occasion."""
    frozen: dict[str, Any] = decision.facts or {}
    return frozen or {**decision.attribution, "channel": decision.channel}


def named_facts(occasion: Mapping[str, Any], customer: Mapping[str, Any] | None, order: KnownOrder | None) -> dict[str, Any]:
    """Return the facts by the names of the vocabulary."""
    named = {f"contact.{name}": value for name, value in occasion.items()}
    named |= {"event.kind": occasion.get("kind"), "event.attributes": occasion.get("attributes"), "answered.survey": occasion.get("survey")}
    if customer is not None:
        for name in ("language", "country", "time_zone", "tier", "email", "preferred_channel", "segment"):
            named[f"customer.{name}"] = customer[name]
    named["order.product"] = order.product if order else occasion.get("product")
    if order is not None and order.placed_at and order.delivered_at:
        named["order.days_to_delivery"] = (order.delivered_at - order.placed_at) / timedelta(days=1)
    return named


def _conditions(
    rules: Rules, decision: OpenDecision, customer: Mapping[str, Any] | None, orders: Mapping[str, KnownOrder]
) -> tuple[bool | None, Sequence[str], str | None]:
    if not rules.condition and not rules.exclude:
        return True, (), None
    named = named_facts(facts_of_occasion(decision), customer, orders.get(decision.order_reference or ""))
    return judge_conditions(rules, named)


def judge_conditions(rules: Rules, named: Mapping[str, Any]) -> tuple[bool | None, Sequence[str], str | None]:
    """Return what the condition says, what it missed, and the code of the first exclusion that is met."""
    excluded = next((each.code for each in rules.exclude if VOCABULARY.expression(each.when).judge(named).met), None)
    if not rules.condition:
        return True, (), excluded
    said = VOCABULARY.expression(rules.condition).judge(named)
    return (said.value if isinstance(said.value, bool) else None), said.missing, excluded


def _cells_wanted(decisions: Sequence[OpenDecision], rules: Mapping[str, Rules]) -> set[tuple[str, str, float]]:
    found = set()
    for decision in decisions:
        plan = rules[decision.programme].cells
        if plan is not None:
            first = plan.first_share if plan.budget is not None else rules[decision.programme].share
            found.add((decision.programme, cell_name(plan.by, facts_of_occasion(decision)), first))
    return found


def _cell_facts(decision: OpenDecision, rules: Rules, known: Knowledge) -> CellFacts | None:
    if rules.cells is None:
        return None
    cell = known.cells[decision.programme, cell_name(rules.cells.by, facts_of_occasion(decision))]
    in_all = known.asked_in_all.get(decision.programme, 0)
    return CellFacts(cell.name, cell.share, cell.asked, in_all, stopped=cell.stopped_at is not None)

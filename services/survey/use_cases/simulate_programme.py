"""Replay recorded history under a draft beside the live version: what would have been asked, whom, how often, and how sure we would be."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import Field

from services.kit.db import Tx, UnitOfWork
from services.kit.fields import Command
from services.kit.ids import new_id
from services.survey.domain.cells import cell_name, half_width
from services.survey.domain.consent import Word
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.judging import CellFacts, Facts, judge
from services.survey.domain.programme import Matter, Rules, Trigger
from services.survey.domain.sampling import lot_of
from services.survey.domain.timing import next_decent_moment, ready_to_ask
from services.survey.models import KnownOrder, Simulation
from services.survey.repository import asking, planning
from services.survey.repository.history import PAGE, Happened, Person, history_page, how_many_people, people_of, rate_of_answers, size_of_history
from services.survey.use_cases.advance_decision import day_off_for, zone_named
from services.survey.use_cases.check_programme import must_be_sound
from services.survey.use_cases.gather_facts import judge_conditions, named_facts
from services.survey.use_cases.plan_ask import may_meet

SIMULATE = "simulate_programme"
MOST_CELLS = 200


class SimulateProgramme(Command):
    """Which rules to try, and how many days of history to try them on."""

    rules: Rules | None = None
    """None for a stored version."""
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    """A draft's number; None, without rules, for the version in force."""
    days: int = Field(default=30, ge=1, le=365)


async def start_simulation(uow: UnitOfWork, key: str, command: SimulateProgramme) -> Simulation:
    """Check the draft and begin in the background. Raises what saving a draft raises."""
    rules = command.rules
    if rules is None:
        stored = await asking.programme_version(uow, key, command.version) if command.version else await asking.programme(uow, key)
        rules = Rules.model_validate(stored.rules)
    await must_be_sound(uow, key, rules)
    row = {
        "id": new_id(),
        "programme": key,
        "draft": rules.model_dump(mode="json"),
        "days": command.days,
        "state": "running",
        "progress": 0.0,
        "report": None,
        "created_at": uow.now,
        "finished_at": None,
        "version": 1,
    }
    await uow.insert(Simulation, row)
    await uow.schedule(SIMULATE, key=str(row["id"]), at=uow.now)
    return Simulation.model_validate(row)


@dataclass
class Side:
    """One rule set in the replay, and what it would have led to."""

    rules: Rules
    programme: str
    eligible: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    invited: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    asks: dict[UUID, list[PastAsk]] = field(default_factory=lambda: defaultdict(list))
    contacts: set[UUID] = field(default_factory=set)
    by_day: Counter[str] = field(default_factory=Counter)


def moment_of(rules: Rules, happened: Happened, person: Person, order: KnownOrder | None) -> datetime | None:
    """Return when the ask would have fallen due; None when the delivery that it waits for did not come in time."""
    delivered_at = None
    if rules.wait_for:
        if order is None or order.cancelled_at or order.delivered_at is None:
            return None
        delivered_at = order.delivered_at
        if delivered_at > happened.at + timedelta(days=rules.give_up_days):
            return None
    ready = ready_to_ask(happened.at, delivered_at, timedelta(seconds=rules.delay_for(happened.facts)))
    return next_decent_moment(ready, zone_named(person.time_zone, rules), rules.window, day_off_for(person.country, rules))


def replay(side: Side, happened: Happened, person: Person | None, order: KnownOrder | None, lot_key: bytes) -> None:
    """Judge one occasion as the service would have, with its own rules; asks that the draft itself would have made count for its caps."""
    rules = side.rules
    if not rules.where.matches(happened.facts) or not may_meet(rules, happened.facts):
        return
    side.eligible += 1
    if person is None:
        side.outcomes["customer_unknown"] += 1
        return
    moment = moment_of(rules, happened, person, order)
    if moment is None:
        side.outcomes["not_delivered_in_time"] += 1
        return
    name = cell_name(rules.cells.by, happened.facts) if rules.cells else _usual_cell(happened.facts)
    judgement = judge(rules, _facts(side, happened, person, order, moment, name, lot_key))
    side.reached[name] += judgement.reached_lot
    if judgement.refusal is not None:
        side.outcomes[str(judgement.refusal.reason)] += 1
        return
    side.outcomes["invited"] += 1
    side.invited[name] += 1
    side.by_day[moment.date().isoformat()] += 1
    side.asks[happened.person_id or person.customer_id].append(
        PastAsk(moment, side.programme, rules.survey, judgement.channel or rules.channels[0], about=happened.facts)
    )
    if happened.contact_id:
        side.contacts.add(happened.contact_id)


def _facts(side: Side, happened: Happened, person: Person, order: KnownOrder | None, moment: datetime, name: str, lot_key: bytes) -> Facts:
    rules = side.rules
    verdict, missing, excluded_by = (True, (), None)
    if rules.condition or rules.exclude:
        verdict, missing, excluded_by = judge_conditions(rules, named_facts(happened.facts, person.row, order))  # type: ignore[assignment]
    cell = None
    if rules.cells:
        share = rules.share if rules.cells.budget is None else rules.cells.first_share
        cell = CellFacts(name, share, side.invited[name], sum(side.invited.values()), stopped=False)
    mine = side.asks[happened.person_id or person.customer_id]
    return Facts(
        now=moment,
        programme=side.programme,
        known=True,
        erased=person.erased,
        email=person.email,
        phone=person.phone,
        words=[Word(word.purpose, word.channel, word.granted, word.said_at) for word in person.words],
        asks=[*(ask for ask in person.asks if ask.programme != side.programme and ask.invited_at <= moment), *mine],
        asked_about_contact=happened.contact_id in side.contacts,
        open_matters=[
            Matter(kind) for kind, opened, closed in person.matters if (opened or moment) <= moment and (closed is None or closed > moment)
        ],
        lot=lot_of(happened.key, side.programme, lot_key),
        condition=verdict,
        missing=missing,
        excluded_by=excluded_by,
        about=happened.facts,
        cell=cell,
    )


def _usual_cell(facts: Mapping[str, Any]) -> str:
    return f"site={facts.get('site') or '-'},channel={facts.get('channel') or '-'}"


def told(side: Side, answer_rate: float) -> dict[str, Any]:
    """Return the report of one side: volumes, reasons, expected answers and interval per cell, and asks per customer as a histogram."""
    histogram = Counter(len(asks) for asks in side.asks.values() if asks)
    refused = {reason: count for reason, count in side.outcomes.items() if reason != "invited"}
    cells = []
    for name, eligible in sorted(side.reached.items())[:MOST_CELLS]:
        expected = side.invited[name] * answer_rate
        worst = half_width(round(expected / 2), round(expected)) if round(expected) else 0.5
        cells.append(
            {"name": name, "eligible": eligible, "invited": side.invited[name], "expected_answers": round(expected, 1), "half_width": round(worst, 4)}
        )
    return {
        "eligible": side.eligible,
        "invited": side.outcomes["invited"],
        "refused": dict(sorted(refused.items())),
        "caps_hit": side.outcomes["cap_reached"] + side.outcomes["cooldown"],
        "asks_per_customer": {str(asks): count for asks, count in sorted(histogram.items())},
        "by_day": dict(sorted(side.by_day.items())),
        "cells": cells,
    }


@dataclass
class Run:
    """A simulation in progress."""

    simulation: Simulation
    sides: dict[str, Side]
    since: datetime
    total: int
    lot_key: bytes
    everybody: bool
    """Whether all people came round already, where a side asks about the relationship."""
    seen: int = 0
    after: tuple[datetime, str] | None = None
    last_person: UUID | None = None


async def begin(tx: Tx, simulation_id: UUID) -> Run | None:
    """Return what the replay starts from; None when it is finished already."""
    simulation = await asking.simulation(tx, simulation_id)
    if simulation.state != "running":
        return None
    draft = Rules.model_validate(simulation.draft)
    sides = {"draft": Side(draft, simulation.programme)}
    live = await asking.current_programme(tx, simulation.programme)
    if live is not None:
        sides["live"] = Side(Rules.model_validate(live.rules), simulation.programme)
    since = simulation.created_at - timedelta(days=simulation.days)
    triggers = {side.rules.trigger for side in sides.values()}
    total = await size_of_history(tx, triggers, since, simulation.created_at)
    if Trigger.RELATIONSHIP in triggers:
        total += await how_many_people(tx)
    return Run(simulation, sides, since, total, tx.secret("survey lot"), everybody=Trigger.RELATIONSHIP not in triggers)


async def step(tx: Tx, run: Run) -> bool:
    """Replay the next page of history under all sides; False when there is none left."""
    if not run.everybody:
        return await _step_rounds(tx, run)
    triggers = {side.rules.trigger for side in run.sides.values()}
    page = await history_page(tx, triggers, run.since, run.simulation.created_at, run.after, PAGE)
    if not page.happened:
        return False
    people = await people_of(tx, {each.customer_id for each in page.happened if each.customer_id})
    for happened in page.happened:
        person = people.get(happened.customer_id) if happened.customer_id else None
        order = page.orders.get(happened.facts.get("order_reference") or "")
        for side in run.sides.values():
            if side.rules.trigger is happened.trigger:
                replay(side, happened, person, order, run.lot_key)
    run.seen += len(page.happened)
    run.after = (page.happened[-1].at, page.happened[-1].key)
    return True


async def _step_rounds(tx: Tx, run: Run) -> bool:
    """Let the next people come round under every side that asks about the relationship."""
    ids = await planning.people_after(tx, run.last_person, PAGE)
    people = await people_of(tx, ids)
    for side in run.sides.values():
        for happened in rounds(side.rules, side.programme, ids, run.since, run.simulation.created_at, run.lot_key):
            replay(side, happened, people.get(happened.customer_id) if happened.customer_id else None, None, run.lot_key)
    run.seen += len(ids)
    run.last_person, run.everybody = (ids[-1] if ids else None), len(ids) < PAGE
    return True


def rounds(rules: Rules, programme: str, people: Sequence[UUID], since: datetime, until: datetime, key: bytes) -> list[Happened]:
    """Return when these people would have come round within a period, had the programme run for long: each at a phase drawn by the keyed lot."""
    if rules.rhythm is None:
        return []
    every, found = timedelta(days=rules.rhythm.every_days), []
    for customer_id in people:
        at, number = since + lot_of(f"phase:{customer_id}", programme, key) * every, 1
        while at < until:
            occasion = f"round:{programme}:{customer_id}:{number}"
            found.append(Happened(Trigger.RELATIONSHIP, occasion, at, customer_id, customer_id, None, {"channel": "relationship"}))
            at, number = at + every, number + 1
    return found


async def note_progress(uow: UnitOfWork, simulation_id: UUID, progress: float) -> None:
    """Let those who wait see how far it is."""
    await asking.change_simulation(uow, simulation_id, progress=min(0.99, progress))


async def finish(uow: UnitOfWork, run: Run) -> None:
    """Store the report."""
    rate, known = await rate_of_answers(uow, run.simulation.programme)
    report: dict[str, Any] = {name: told(side, rate) for name, side in run.sides.items()}
    report |= {"replayed": run.seen, "since": run.since.isoformat(), "answer_rate": round(rate, 4), "answer_rate_from_asks": known}
    await asking.change_simulation(uow, run.simulation.id, progress=1.0, state="done", report=report, finished_at=uow.now)

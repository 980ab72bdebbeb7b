"""Rehearse a change: the same days under the rule as it is and under a candidate, in the background."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Command, Instant, Name
from services.kit.ids import new_id
from services.routing.domain.engine.parts import Rule
from services.routing.domain.engine.rules import RULES
from services.routing.domain.simulation.files import BadScenario, read_scenario
from services.routing.models import Backtest
from services.routing.repository import backtests

REHEARSE = "rehearse"
MOST_DAYS = 31
MOST_BYTES = 1_900_000
"""Of one request: a day of 30,000 contacts with 240 agents is 1.1 MB."""
Factor = Annotated[float, Field(ge=0, le=20)]


class TraceNotReadable(Refused):
    """The uploaded files do not describe agents and contacts in the shape of the shipped scenarios."""

    code = "trace_not_readable"


class Candidate(Command):
    """A rule and, where given, other weights: `kappa` (service-level debt), `slope` (waiting), `scarcity`, `idle`, `idle_full_s`."""

    rule: Literal["index", "index-declared", "index-no-debt", "fifo", "best-skill"] = "index"
    kappa: Factor | None = None
    slope: Factor | None = None
    scarcity: Factor | None = None
    idle: Factor | None = None
    idle_full_s: Annotated[float, Field(ge=1, le=86_400)] | None = None


class Trace(Command):
    """Days from elsewhere: agents as JSON and contacts as CSV, both as text, in the shape of the files of `make routing-sim`."""

    agents: Annotated[str, Field(max_length=1_000_000)]
    contacts: Annotated[str, Field(max_length=1_800_000)]


class History(Command):
    """Own days: every contact of these channels that was queued from `begin` on and before `end`, at most 31 days."""

    begin: Instant
    end: Instant

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if not 0 < (self.end - self.begin).total_seconds() <= MOST_DAYS * 86_400:
            raise ValueError(f"end must be after begin, by at most {MOST_DAYS} days")
        return self


class StartBacktest(Command):
    """What to rehearse on which days; exactly one of `trace` and `history`."""

    name: Name
    base: Candidate = Candidate(rule="index")
    candidate: Candidate
    trace: Trace | None = None
    history: History | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.trace is None) == (self.history is None):
            raise ValueError("needs either trace or history")
        return self


async def start_backtest(uow: UnitOfWork, command: StartBacktest) -> Backtest:
    """Take a rehearsal in; raises TraceNotReadable."""
    if command.trace is not None:
        try:
            read_scenario(command.trace.agents, command.trace.contacts)
        except BadScenario as reason:
            raise TraceNotReadable(str(reason)[:500], pointer="/trace") from reason
    row: dict[str, Any] = dict.fromkeys(Backtest.model_fields) | {
        "id": new_id(),
        "version": 1,
        "name": command.name,
        "state": "waiting",
        "progress": 0.0,
        "asked": command.model_dump(mode="json", exclude={"name"}),
        "created_at": uow.now,
    }
    await uow.insert(Backtest, row)
    await uow.schedule(REHEARSE, key=str(row["id"]), at=uow.now)
    return await backtests.backtest(uow, row["id"])


def rule_of(asked: dict[str, Any]) -> Rule:
    """Return the rule that a stored candidate means."""
    changes = {name: value for name, value in asked.items() if name != "rule" and value is not None}
    known = RULES[asked["rule"]]
    words = ", ".join(f"{name} {value:g}" for name, value in sorted(changes.items()))
    return replace(known, name=f"{known.name} ({words})" if words else known.name, **changes)


async def note_progress(uow: UnitOfWork, backtest_id: UUID, progress: float) -> None:
    """Say how far it is; never backwards, and not after the end."""
    await backtests.advance(uow, backtest_id, progress)


async def note_result(uow: UnitOfWork, backtest_id: UUID, result: dict[str, Any] | None, problem: str | None) -> None:
    """Keep what it came to; the trace is not needed any more."""
    await backtests.finish(uow, backtest_id, result, problem)


def moments_of(asked: dict[str, Any]) -> tuple[datetime, datetime]:
    """Return begin and end of a rehearsal of own days."""
    return datetime.fromisoformat(asked["history"]["begin"]), datetime.fromisoformat(asked["history"]["end"])

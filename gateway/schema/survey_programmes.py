"""Programmes of survey: versions, differences, simulations, audits and estimates; and the changes to them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.failures import Problem
from gateway.context import Info, at
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import After, Connection, First, changes, checked_first, computed, mapped, page_from
from services.survey.contract import programmes, sampling

NOT_FOUND = 404
Key = Annotated[str, strawberry.argument(description="The programme's key.")]
Number = Annotated[int, strawberry.argument(description="The number of a version.")]
Note = Annotated[str | None, strawberry.argument(description="Why, for those who read the history later.")]
SimulationId = Annotated[UUID, strawberry.argument(description="The id that simulateProgramme gave.")]
Draft = Annotated[int | None, strawberry.argument(description="A stored version; the one in force when neither it nor rules are given.")]
TriedRules = Annotated[JSON | None, strawberry.argument(description="Rules to try without keeping them.")]
Days = Annotated[int, strawberry.argument(description="Days of history, 1 to 365.")]
RulesJson = Annotated[JSON, strawberry.argument(description="The rules, as in REST: PUT /survey/v1/programmes/{key}.")]


@strawberry.type(description="One version of a programme: when and whom to ask.")
class Programme:
    """A programme version."""

    key: str = strawberry.field(description="The programme's key.")
    version: int = strawberry.field(description="The number of the version.")
    state: str = strawberry.field(description="draft, active, paused, replaced or archived.")
    note: str | None = strawberry.field(description="Why it was made; null when not said.")
    saved_by: str | None = strawberry.field(description="Who saved it; null when the house did.")
    rules: JSON = strawberry.field(description="The rules.")
    created_at: datetime = strawberry.field(description="When it was saved.")
    activated_at: datetime | None = strawberry.field(description="When it came into force; null while it never did.")

    @classmethod
    def of(cls, view: programmes.ProgrammeView) -> "Programme":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="One place whose value differs between two versions.")
class ProgrammeDifference:
    """A difference."""

    pointer: str = strawberry.field(description="The place, a JSON pointer.")
    before: JSON | None = strawberry.field(description="The value before; null when there was none.")
    after: JSON | None = strawberry.field(description="The value after; null when there is none.")


@strawberry.type(description="A draft that is replayed over recorded history beside the live version.")
class Simulation:
    """A simulation."""

    uid: UUID = strawberry.field(description="The id in REST.")
    programme: str = strawberry.field(description="The programme.")
    days: int = strawberry.field(description="Days of history.")
    state: str = strawberry.field(description="running, done or failed.")
    progress: float = strawberry.field(description="0 to 1.")
    report: JSON | None = strawberry.field(
        description="Invitations, refusals, caps hit, cells and asks per customer of draft and live; null until done."
    )
    created_at: datetime = strawberry.field(description="When it was begun.")
    finished_at: datetime | None = strawberry.field(description="When it was done; null before.")

    @classmethod
    def of(cls, view: sampling.SimulationView) -> "Simulation":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="The lot against its recorded probabilities.")
class LotAudit:
    """Whether anybody steered the sample."""

    programme: str = strawberry.field(description="The programme.")
    drawn: int = strawberry.field(description="Lots drawn.")
    chosen: int = strawberry.field(description="Of them in the sample.")
    promised: float = strawberry.field(description="The sum of the recorded probabilities.")
    rate_z: float = strawberry.field(description="Standard deviations between the two; beyond 2.58 is a reason to look.")
    agents: int = strawberry.field(description="Agents compared.")
    agent_chi_square: float = strawberry.field(description="How much agents differ.")
    agent_p: float = strawberry.field(description="The probability of so much by chance.")


@strawberry.type(description="An agent whose skips are held against those of all.")
class SkippingAgent:
    """Whether an agent keeps unhappy customers from being asked."""

    agent_id: UUID = strawberry.field(description="The agent.")
    contacts: int = strawberry.field(description="Contacts that the agent served.")
    skips: int = strawberry.field(description="Of them with the wish that nobody asks.")
    rate: float = strawberry.field(description="Skips per contact.")
    z: float = strawberry.field(description="Standard deviations above what all agents do.")
    p: float = strawberry.field(description="The probability of so many by chance, corrected for looking at many agents.")
    striking: bool = strawberry.field(description="Whether somebody should look.")


@strawberry.type(description="A share with its 95 % interval.")
class ShareEstimate:
    """An estimate."""

    value: float = strawberry.field(description="The share, 0 to 1.")
    low: float = strawberry.field(description="Lower end of the interval.")
    high: float = strawberry.field(description="Upper end of the interval.")
    standard_error: float = strawberry.field(description="Its standard error.")
    answered: int = strawberry.field(description="Answers.")
    effective: float = strawberry.field(description="The size of a simple random sample that is as precise.")


@strawberry.type(description="The satisfied share of a programme's occasions.")
class ProgrammeEstimate:
    """Raw beside weighted."""

    programme: str = strawberry.field(description="The programme.")
    definition: str = strawberry.field(description="The definition of the figure.")
    raw: ShareEstimate | None = strawberry.field(description="Of those who answered; null without answers.")
    weighted: ShareEstimate | None = strawberry.field(description="Weighted by cells to all occasions; null without answers.")
    cells: JSON = strawberry.field(description="Cell by cell: eligible, answered, satisfied, half-width.")

    @classmethod
    def of(cls, view: sampling.EstimateView) -> "ProgrammeEstimate":
        """Build it from the view."""
        raw = mapped(ShareEstimate, view.raw) if view.raw else None
        weighted = mapped(ShareEstimate, view.weighted) if view.weighted else None
        return mapped(cls, view, raw=raw, weighted=weighted, cells=[cell.model_dump() for cell in view.cells])


@strawberry.type(description="What can be asked about programmes.")
class ProgrammeQuery:
    """A part of the root of all questions."""

    @computed("The programmes in force, by key.", scope="survey:read")
    async def programmes(self, info: Info, first: First, after: After = None) -> Connection[Programme] | None:
        """Ask survey."""
        context = at(info)
        page = await context.clients.survey.programmes(context.caller, {"limit": checked_first(first), "cursor": after})
        return page_from(page.items, page.next_cursor, after, Programme.of)

    @computed("All versions of a programme, drafts too, newest first.", scope="survey:read")
    async def programme_versions(self, info: Info, key: Key, first: First, after: After = None) -> Connection[Programme] | None:
        """Ask survey."""
        context = at(info)
        page = await context.clients.survey.programme_versions(context.caller, key, {"limit": checked_first(first), "cursor": after})
        return page_from(page.items, page.next_cursor, after, Programme.of)

    @computed("What changed from one version of a programme to another.", scope="survey:read")
    async def programme_differences(self, info: Info, key: Key, before: Number, after: Number) -> list[ProgrammeDifference] | None:
        """Ask survey."""
        context = at(info)
        found = await context.clients.survey.differences(context.caller, key, before, after)
        return [mapped(ProgrammeDifference, each) for each in found]

    @computed("How far a simulation is, and its report when it is done. Null when there is none.", scope="survey:read")
    async def simulation(self, info: Info, id: SimulationId) -> Simulation | None:
        """Ask survey."""
        context = at(info)
        try:
            return Simulation.of(await context.clients.survey.simulation(context.caller, id))
        except Problem as problem:
            if problem.status == NOT_FOUND:
                return None
            raise

    @computed("Whether the lot of a programme was honest in the last 90 days, over all and agent by agent.", scope="survey:read")
    async def lot_audit(self, info: Info, programme: Key) -> LotAudit | None:
        """Ask survey."""
        context = at(info)
        return mapped(LotAudit, await context.clients.survey.lot_audit(context.caller, programme))

    @computed("Agents that asked to skip surveys in the last 90 days, the most striking first; at most 100.", scope="survey:read")
    async def survey_skip_audit(self, info: Info) -> list[SkippingAgent] | None:
        """Ask survey."""
        context = at(info)
        return [mapped(SkippingAgent, each) for each in await context.clients.survey.skip_audit(context.caller)]

    @computed("The satisfied share of a programme's occasions in the last 90 days, raw and weighted.", scope="survey:read")
    async def programme_estimate(self, info: Info, programme: Key) -> ProgrammeEstimate | None:
        """Ask survey."""
        context = at(info)
        return ProgrammeEstimate.of(await context.clients.survey.estimate(context.caller, programme))


@strawberry.type(description="What can be changed about programmes.")
class ProgrammeMutation:
    """A part of the root of all changes."""

    @changes("Keep a checked draft of a programme beside the version in force.")
    async def save_programme_draft(
        self, info: Info, key: Key, rules: RulesJson, note: Note = None, idempotency_key: IdempotencyKey = None
    ) -> Payload[Programme]:
        """Tell survey."""
        context = at(info)
        body = {"rules": rules, "note": note}
        return await performed(lambda: context.clients.survey.programme_step(context.caller, key, "drafts", body, idempotency_key), Programme.of)

    @changes("Put a version of a programme in force.")
    async def activate_programme(self, info: Info, key: Key, version: Number, idempotency_key: IdempotencyKey = None) -> Payload[Programme]:
        """Tell survey."""
        context, step = at(info), f"versions/{version}/activate"
        return await performed(lambda: context.clients.survey.programme_step(context.caller, key, step, None, idempotency_key), Programme.of)

    @changes("Ask nobody in a programme until it is resumed.")
    async def pause_programme(self, info: Info, key: Key, idempotency_key: IdempotencyKey = None) -> Payload[Programme]:
        """Tell survey."""
        context = at(info)
        return await performed(lambda: context.clients.survey.programme_step(context.caller, key, "pause", None, idempotency_key), Programme.of)

    @changes("Go on with a programme that was paused.")
    async def resume_programme(self, info: Info, key: Key, idempotency_key: IdempotencyKey = None) -> Payload[Programme]:
        """Tell survey."""
        context = at(info)
        return await performed(lambda: context.clients.survey.programme_step(context.caller, key, "resume", None, idempotency_key), Programme.of)

    @changes("End a programme for good; its history stays.")
    async def archive_programme(self, info: Info, key: Key, idempotency_key: IdempotencyKey = None) -> Payload[Programme]:
        """Tell survey."""
        context = at(info)
        return await performed(lambda: context.clients.survey.programme_step(context.caller, key, "archive", None, idempotency_key), Programme.of)

    @changes("Replay recorded history under a draft beside the live version.")
    async def simulate_programme(
        self, info: Info, key: Key, version: Draft = None, rules: TriedRules = None, days: Days = 30, idempotency_key: IdempotencyKey = None
    ) -> Payload[Simulation]:
        """Tell survey."""
        context = at(info)
        body = {"version": version, "rules": rules, "days": days}
        return await performed(lambda: context.clients.survey.simulate(context.caller, key, body, idempotency_key), Simulation.of)

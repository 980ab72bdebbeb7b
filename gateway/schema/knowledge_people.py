"""What people do in knowledge: customers' answers and who looks at them, and who learns what."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import as_json
from gateway.context import Info, at
from gateway.schema.knowledge_work import TrainingAssignment, TrainingNeed
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, checked_first, computed, mapped, page_from
from services.knowledge import contract

_GIVEN = strawberry.argument(description="What is said.")
_Code = Annotated[str, strawberry.argument(description="The module's code.")]


@strawberry.type(description="What a customer tells other customers, as a moderator sees it.")
class PeerAnswer:
    """An answer of a customer."""

    uid: UUID = strawberry.field(description="The id in REST.")
    title: str = strawberry.field(description="The question that it answers, personal data masked.")
    html: str = strawberry.field(description="Sanitised HTML.")
    language: str = strawberry.field(description="BCP 47 language.")
    article_id: UUID | None = strawberry.field(description="The article that it adds to; null when there is none.")
    display_name: str | None = strawberry.field(description="What its author is called there; null: nothing.")
    state: str = strawberry.field(description="waiting, published, refused or withdrawn.")
    suspicions: list[str] = strawberry.field(description="Why to look closely: link, personal_data, too_short, shouting, helps_few.")
    reason: str | None = strawberry.field(description="What the moderator said; null: nothing.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: contract.WaitingAnswerView) -> "PeerAnswer":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="Something to learn.")
class TrainingModule:
    """A module."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What is learned.")
    html: str = strawberry.field(description="Sanitised HTML.")
    language: str = strawberry.field(description="BCP 47 language.")
    topic: str | None = strawberry.field(description="The driver that it is about; null: none.")
    minutes: int = strawberry.field(description="How long it takes.")
    articles: list[UUID] = strawberry.field(description="Articles to read.")
    skill: str | None = strawberry.field(description="The skill whose level it raises in routing; null: none.")
    skill_level: int | None = strawberry.field(description="At least this level afterwards.")
    refresh_days: int | None = strawberry.field(description="After how many days it is learned again; null: never.")
    active: bool = strawberry.field(description="Whether it is still taught.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: contract.ModuleView) -> "TrainingModule":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="What became of having agents learn a module.")
class AssignedTraining:
    """One assignment for each agent."""

    assignments: list[TrainingAssignment] = strawberry.field(description="One for each agent; who had it open before keeps that one.")

    @classmethod
    def of(cls, views: list[contract.AssignmentView]) -> "AssignedTraining":
        """Build it from the views."""
        return cls(assignments=[TrainingAssignment.of(one) for one in views])


@strawberry.type(description="What one agent learned in the 365 days before, against 24 hours.")
class TrainingHours:
    """An account of the ledger."""

    agent_id: UUID = strawberry.field(description="Who learned.")
    minutes: int = strawberry.field(description="How long.")
    goal_minutes: int = strawberry.field(description="How long it should be.")
    missing_minutes: int = strawberry.field(description="What is missing.")
    entries: int = strawberry.field(description="Lines of the ledger.")

    @classmethod
    def of(cls, view: contract.HoursView) -> "TrainingHours":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="One line of the ledger of hours.")
class TrainingEntry:
    """A line."""

    uid: UUID = strawberry.field(description="The id in REST.")
    agent_id: UUID = strawberry.field(description="Who learned.")
    minutes: int = strawberry.field(description="How long; negative puts a line right.")
    what: str = strawberry.field(description="The module, or what else was learned.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: contract.LedgerLineView) -> "TrainingEntry":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="Whether learners resolve more than before, beside everybody else over the same days.")
class TrainingEffect:
    """The effect of a module."""

    module: str = strawberry.field(description="The module's code.")
    learners: int = strawberry.field(description="Who learned it.")
    before: JSON = strawberry.field(description="Share of contacts that they resolved before, with its 95 % interval.")
    after: JSON = strawberry.field(description="And after.")
    others_before: JSON = strawberry.field(description="The same of everybody else.")
    others_after: JSON = strawberry.field(description="And after.")
    effect: float | None = strawberry.field(description="Their change minus the others'; null while a group has fewer than 30 contacts.")
    low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    high: float | None = strawberry.field(description="Upper end.")
    verdict: str = strawberry.field(description="better, worse, not_proven or too_few.")

    @classmethod
    def of(cls, view: contract.TrainingEffectView) -> "TrainingEffect":
        """Build it from the view."""
        shares = {name: as_json(getattr(view, name)) for name in ("before", "after", "others_before", "others_after")}
        return mapped(cls, view, **shares)


@strawberry.input(description="What is taught, and what its completion raises.")
class TrainingModuleInput:
    """See PUT /knowledge/v1/training/modules/{code}."""

    title: str = strawberry.field(description="What is learned.")
    text: str = strawberry.field(description="Markdown.")
    language: str = strawberry.field(description="BCP 47 language.")
    minutes: int = strawberry.field(description="How long it takes.")
    topic: str | None = strawberry.field(default=None, description="The driver that it is about.")
    articles: list[UUID] | None = strawberry.field(default=None, description="Articles to read.")
    skill: str | None = strawberry.field(default=None, description="The skill whose level it raises.")
    skill_level: int | None = strawberry.field(default=None, description="At least this level afterwards.")
    refresh_days: int | None = strawberry.field(default=None, description="After how many days it is learned again.")
    active: bool | None = strawberry.field(default=None, description="Whether it is taught; null: yes.")


@strawberry.input(description="A need that a manager sees.")
class TrainingNeedInput:
    """See POST /knowledge/v1/training/needs."""

    topic: str = strawberry.field(description="The driver.")
    evidence: str = strawberry.field(description="In words.")
    group: str | None = strawberry.field(default=None, description="The team or site.")
    agents: list[UUID] | None = strawberry.field(default=None, description="Whom it is about.")


@strawberry.input(description="Who learns what, why, and by when.")
class AssignTrainingInput:
    """See POST /knowledge/v1/training/assignments."""

    module: str = strawberry.field(description="The module's code.")
    agents: list[UUID] = strawberry.field(description="Who learns it.")
    need_id: UUID | None = strawberry.field(default=None, description="The need that it meets.")
    due_at: datetime | None = strawberry.field(default=None, description="Until when; null: within 30 days.")


@strawberry.input(description="Learning outside the modules, or a correction.")
class TrainingEntryInput:
    """See POST /knowledge/v1/training/hours."""

    agent_id: UUID = strawberry.field(description="Who learned.")
    minutes: int = strawberry.field(description="How long; negative puts a line right.")
    what: str = strawberry.field(description="What was learned.")
    at: datetime | None = strawberry.field(default=None, description="When; null: now.")


@strawberry.type(description="What can be asked of people's part in knowledge.")
class KnowledgePeopleQuery:
    """Part of the root."""

    @computed("Customers' answers for the moderators, newest first.", scope="knowledge:write")
    async def peer_answers(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: Annotated[str, strawberry.argument(description="waiting, published, refused or withdrawn.")] = "waiting",
    ) -> Connection[PeerAnswer] | None:
        """Ask knowledge."""
        context = at(info)
        page = await context.clients.knowledge.peer_answers(context.caller, {"state": state, "limit": checked_first(first), "cursor": after})
        return page_from(page.items, page.next_cursor, after, PeerAnswer.of)

    @computed("Modules by code.", scope="knowledge:read")
    async def training_modules(self, info: Info, first: First, after: After = None) -> Connection[TrainingModule] | None:
        """Ask knowledge."""
        context = at(info)
        page = await context.clients.knowledge.modules(context.caller, {"limit": checked_first(first), "cursor": after})
        return page_from(page.items, page.next_cursor, after, TrainingModule.of)

    @computed("What agents have to learn, or have learned; newest first.", scope="knowledge:read")
    async def training_assignments(
        self,
        info: Info,
        first: First,
        after: After = None,
        agent_id: Annotated[UUID | None, strawberry.argument(description="Only this agent's.")] = None,
    ) -> Connection[TrainingAssignment] | None:
        """Ask knowledge."""
        context = at(info)
        query = {"agent_id": str(agent_id) if agent_id else None, "limit": checked_first(first), "cursor": after}
        page = await context.clients.knowledge.assignments(context.caller, query)
        return page_from(page.items, page.next_cursor, after, TrainingAssignment.of)

    @computed("Minutes of the last 365 days against 24 hours, those with fewest first.", scope="knowledge:read")
    async def training_hours(
        self, info: Info, agent_ids: Annotated[list[UUID], strawberry.argument(description="Whose; at most 100.")]
    ) -> list[TrainingHours] | None:
        """Ask knowledge."""
        context = at(info)
        found = await context.clients.knowledge.hours(context.caller, {"agent_id": [str(one) for one in agent_ids]})
        return [TrainingHours.of(one) for one in found]

    @computed("Whether a module changed what its learners resolve, told honestly.", scope="knowledge:read")
    async def training_effect(self, info: Info, module: _Code) -> TrainingEffect | None:
        """Ask knowledge."""
        context = at(info)
        return TrainingEffect.of(await context.clients.knowledge.effect(context.caller, module))


@strawberry.type(description="What can be changed in people's part in knowledge.")
class KnowledgePeopleMutation:
    """Part of the root."""

    @changes("Publish, refuse or withdraw a customer's answer.")
    async def moderate_peer_answer(
        self,
        info: Info,
        id: Annotated[UUID, strawberry.argument(description="The answer.")],
        state: Annotated[str, strawberry.argument(description="published, refused or withdrawn.")],
        reason: Annotated[str | None, strawberry.argument(description="Why.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[PeerAnswer]:
        """Tell knowledge."""
        context = at(info)
        body = {"state": state} | ({"reason": reason} if reason else {})
        return await performed(lambda: context.clients.knowledge.moderate(context.caller, str(id), body, idempotency_key), PeerAnswer.of)

    @changes("Create or replace a module.")
    async def write_training_module(self, info: Info, code: _Code, input: Annotated[TrainingModuleInput, _GIVEN]) -> Payload[TrainingModule]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.write_module(context.caller, code, body_of(input)), TrainingModule.of)

    @changes("Tell of a need that a manager sees.")
    async def find_training_need(
        self, info: Info, input: Annotated[TrainingNeedInput, _GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[TrainingNeed]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.find_need(context.caller, body_of(input), idempotency_key), TrainingNeed.of)

    @changes("Have agents learn a module; who has it open keeps that assignment.")
    async def assign_training(
        self, info: Info, input: Annotated[AssignTrainingInput, _GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[AssignedTraining]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.assign(context.caller, body_of(input), idempotency_key), AssignedTraining.of)

    @changes("Enter learning outside the modules, or put a line right.")
    async def enter_training_hours(
        self, info: Info, input: Annotated[TrainingEntryInput, _GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[TrainingEntry]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.enter_hours(context.caller, body_of(input), idempotency_key), TrainingEntry.of)

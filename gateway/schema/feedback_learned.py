"""How feedback reads: stored versions of what it learned, and how well they agree with people."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema.asking import texts
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_of
from services.feedback.contract import learned

Axis = Annotated[str, strawberry.argument(description="driver, product, disposition, journey_stage, topic or sentiment.")]


@strawberry.type(description="One stored version of what an axis is read with.")
class LearnedModel:
    """A version."""

    axis: str = strawberry.field(description="The axis.")
    version: int = strawberry.field(description="Its number; the shipped one is 1 and is not stored.")
    embedder: str = strawberry.field(description="The embedder that it was learned with.")
    state: str = strawberry.field(description="live, or held: kept, but taken out of use.")
    in_use: bool = strawberry.field(description="Whether it is this one that reads.")
    trained_on: int = strawberry.field(description="How many texts it was learned from.")
    accuracy: float | None = strawberry.field(description="Share of held-out texts that it read right; null with too few.")
    frozen_accuracy: float | None = strawberry.field(description="Share of the frozen sample that it read right; null without one.")
    note: str | None = strawberry.field(description="Why it is held; null while it is not.")
    quality: JSON | None = strawberry.field(description="Agreement on the frozen sample, code by code; null without one.")
    learned_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: learned.HeadView) -> "LearnedModel":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="How one code was read.")
class CodeAgreement:
    """A code."""

    code: str = strawberry.field(description="The code.")
    precision: float | None = strawberry.field(description="Right of those that were called so; null when none was.")
    recall: float | None = strawberry.field(description="Called so of those that are; null when none is.")
    called: int = strawberry.field(description="How many were called so.")
    are: int = strawberry.field(description="How many are so, as people say.")


@strawberry.type(description="A model's labels beside people's, item by item.")
class PeopleAgreement:
    """Agreement with people."""

    n: int = strawberry.field(description="Items that both judged.")
    accuracy: float | None = strawberry.field(description="Share judged alike; null without items.")
    kappa: float | None = strawberry.field(description="Cohen's kappa; null when chance alone explains everything.")
    classes: list[CodeAgreement] = strawberry.field(description="Code by code.")


@strawberry.type(description="How one version read what people looked at.")
class ModelQuality:
    """One version."""

    source: str = strawberry.field(description="The version, e.g. model:driver@3.")
    all: PeopleAgreement = strawberry.field(description="All items that people judged.")
    by_lot: PeopleAgreement = strawberry.field(description="Only those that the lot put before people: free of the queue's bias.")


@strawberry.type(description="Automatic labels: what their confidence promised, and what people found.")
class AutomaticPrecision:
    """Promise and outcome."""

    expected: float | None = strawberry.field(description="Mean confidence; null without automatic labels.")
    observed: float | None = strawberry.field(description="Share that people left as it was; null when they looked at none.")
    low: float | None = strawberry.field(description="The low end of its 95 % interval (Wilson).")
    high: float | None = strawberry.field(description="The high end.")
    checked: int = strawberry.field(description="How many people looked at.")


@strawberry.type(description="How well an axis is read.")
class ReadingQuality:
    """A report."""

    axis: str = strawberry.field(description="The axis.")
    since: datetime = strawberry.field(description="The beginning of the period.")
    until: datetime = strawberry.field(description="Its end.")
    items: int = strawberry.field(description="The newest items of the period that were looked at, at most 5,000.")
    automatic_share: float | None = strawberry.field(description="Share that was labelled without a person; null without items.")
    reviewed_share: float | None = strawberry.field(description="Share that a person labelled; null without items.")
    precision: AutomaticPrecision = strawberry.field(description="Of the automatic labels.")
    drift: float | None = strawberry.field(description="Population stability index of the last seven days; above 0.25 is large.")
    versions: list[ModelQuality] = strawberry.field(description="Version by version.")

    @classmethod
    def of(cls, view: learned.QualityReport) -> "ReadingQuality":
        """Build it from the view."""
        return nested(cls, view)


@strawberry.type(description="What can be asked about how feedback reads.")
class LearnedQuery:
    """Part of the root."""

    @computed("Stored versions of what an axis is read with, newest first; while none is in use, the shipped one reads.", scope="feedback:read")
    async def learned_models(self, info: Info, axis: Axis, first: First, after: After = None) -> Connection[LearnedModel] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.heads(context.caller, axis)
        return page_of(listed, first, after, LearnedModel.of, key=lambda one: str(one.version))

    @computed("How well an axis is read, from what people confirmed and corrected.", scope="feedback:read")
    async def reading_quality(
        self,
        info: Info,
        axis: Annotated[str, strawberry.argument(description="driver, product or sentiment.")],
        days: Annotated[int, strawberry.argument(description="How far to look back, in days.")] = 28,
    ) -> ReadingQuality | None:
        """Ask feedback."""
        context = at(info)
        return ReadingQuality.of(await context.clients.feedback.quality(context.caller, axis, texts(days=days)))


@strawberry.type(description="What can be changed about how feedback reads.")
class LearnedMutation:
    """Part of the root."""

    @changes("Go back to a version: later ones are held, and what was unsure is read again with it.")
    async def use_learned_model(
        self,
        info: Info,
        axis: Axis,
        version: Annotated[int, strawberry.argument(description="The number of the version.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[LearnedModel]:
        """Tell feedback."""
        context = at(info)

        def chosen(listed: list[learned.HeadView]) -> LearnedModel:
            return LearnedModel.of(next(one for one in listed if one.version == version))

        return await performed(lambda: context.clients.feedback.use_head(context.caller, axis, version, idempotency_key), chosen)

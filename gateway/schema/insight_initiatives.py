"""Changes that remove a cause, and whether they helped."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema import ids
from gateway.schema.insight import Estimate, Interval, Period
from gateway.schema.nested import nested
from gateway.schema.relay import Node, global_id, mapped
from services.insight import contract


@strawberry.type(description="The metric on one side of a change.")
class EffectSide:
    """Before or after."""

    period: Period = strawberry.field(description="The period.")
    numerator: int | None = strawberry.field(description="Of a net score promoters minus detractors; null while withheld.")
    n: int = strawberry.field(description="Answers.")
    n_effective: float = strawberry.field(description="What they are worth of an even sample.")
    value: float | None = strawberry.field(description="Null while withheld.")
    interval: Interval | None = strawberry.field(description="Null while withheld.")
    weighted: Estimate | None = strawberry.field(description="By how likely each was asked; null while too few are known.")
    withheld: str | None = strawberry.field(description="Why nothing is shown; null when it is.")


@strawberry.type(description="How much more a figure moved than its control did: what both have in common falls out.")
class ControlledEffect:
    """Difference in differences over whole weeks, or days where there are too few weeks."""

    difference: float = strawberry.field(description="Moved beyond the control.")
    interval: Interval = strawberry.field(description="Its interval, with errors that know that days resemble their neighbours.")
    control: JSON = strawberry.field(description="The slice that the change does not touch.")
    days_per_point: int = strawberry.field(description="Days of a point.")
    points_before: int = strawberry.field(description="Points before the change.")
    points_after: int = strawberry.field(description="Points after it.")
    verdict: str = strawberry.field(description="proven, not_proven or harmful.")


@strawberry.type(description="The break in a figure's own course at the start of a change.")
class InterruptedEffect:
    """A segmented regression."""

    jump: float = strawberry.field(description="The jump at the start.")
    jump_interval: Interval = strawberry.field(description="Its interval.")
    slope_change: float = strawberry.field(description="How much steeper the course is afterwards, a week.")
    slope_interval: Interval = strawberry.field(description="Its interval.")
    days_per_point: int = strawberry.field(description="Days of a point.")
    points_before: int = strawberry.field(description="Points before the change.")
    points_after: int = strawberry.field(description="Points after it.")


@strawberry.type(description="Whether a change helped.")
class Effect:
    """The effect of an initiative."""

    definition_id: str = strawberry.field(description="The figure's definition.")
    filters: JSON = strawberry.field(description="Where the change is made.")
    before: EffectSide = strawberry.field(description="Before the change.")
    after: EffectSide | None = strawberry.field(description="After the change; null before it started.")
    difference: float | None = strawberry.field(description="After minus before; null while unknown.")
    interval: Interval | None = strawberry.field(description="The interval of the difference.")
    verdict: str = strawberry.field(description="proven, not_proven, harmful or too_early.")
    reason: str = strawberry.field(description="The verdict for a person to read.")
    target: float = strawberry.field(description="What the figure should become.")
    target_reached: bool | None = strawberry.field(description="Null while unknown.")
    final: bool = strawberry.field(description="Whether the window after the change no longer grows.")
    method: str = strawberry.field(description="What the verdict rests on: difference_in_differences with a control, else before_after.")
    controlled: ControlledEffect | None = strawberry.field(description="Null without a control, and while a side has under four points.")
    interrupted: InterruptedEffect | None = strawberry.field(description="Null while a side has under four points.")


@strawberry.type(description="The inner loop that hangs on an initiative: follow-ups about its driver, and those that it answers.")
class InnerLoop:
    """Follow-ups of an initiative."""

    opened_before: int = strawberry.field(description="Opened about the driver in the baseline.")
    opened_after: int = strawberry.field(description="Opened since the start.")
    open_now: int = strawberry.field(description="Open at this moment.")
    overdue_now: int = strawberry.field(description="Of those, past their due time.")
    evidence: list[UUID] = strawberry.field(description="Follow-ups and feedback items that it answers, as planned.")


@strawberry.type(description="A change that removes a cause.")
class Initiative(Node):
    """An initiative."""

    uid: UUID = strawberry.field(description="The id in REST.")
    title: str = strawberry.field(description="What is changed, in a line.")
    driver: str = strawberry.field(description="The cause that it removes.")
    department: str | None = strawberry.field(description="The department that causes it; null while unknown.")
    responsible: str = strawberry.field(description="Who does it.")
    accountable: str = strawberry.field(description="Who answers for it.")
    supports: list[str] = strawberry.field(description="Who helps.")
    informed: list[str] = strawberry.field(description="Who is told.")
    consulted: list[str] = strawberry.field(description="Who is asked.")
    metric: str = strawberry.field(description="The figure that it should move.")
    target: float = strawberry.field(description="What that figure should become.")
    baseline_from: datetime = strawberry.field(description="Begin of the comparison period.")
    baseline_to: datetime = strawberry.field(description="End of the comparison period.")
    due: datetime = strawberry.field(description="When it must be done.")
    state: str = strawberry.field(description="planned, started or published.")
    created_at: datetime = strawberry.field(description="When it was planned.")
    started_at: datetime | None = strawberry.field(description="When it started; null before.")
    published_at: datetime | None = strawberry.field(description="When customers were told; null before.")
    version: int = strawberry.field(description="Grows with each change.")
    messages: JSON = strawberry.field(description="Language to what contributors are told.")
    evidence: list[UUID] | None = strawberry.field(description="Follow-ups and feedback items that it answers.")
    control: JSON | None = strawberry.field(description="`where` the change is made, and `against` what it is compared; null without a control.")
    loop: InnerLoop | None = strawberry.field(description="Its follow-ups; null in lists and after changes: ask for the initiative itself.")
    effect: Effect | None = strawberry.field(description="Whether it helped; null in lists and after changes: ask for the initiative itself.")
    contributors_told: int | None = strawberry.field(description="How many customers were told; null in lists and after changes.")

    @classmethod
    def of(cls, view: contract.InitiativeView) -> "Initiative":
        """Build it from the view."""
        detail = view if isinstance(view, contract.InitiativeDetailView) else None
        return mapped(
            cls,
            view,
            id=global_id(ids.INITIATIVE, view.id),
            uid=view.id,
            metric=view.target.metric,
            target=view.target.value,
            effect=nested(Effect, detail.effect) if detail else None,
            loop=nested(InnerLoop, detail.loop) if detail else None,
            contributors_told=detail.contributors_told if detail else None,
        )

"""How much an agent carries at once over all channels, and what may interrupt what."""

from typing import Any

import strawberry

from services.routing import contract


@strawberry.type(description="What one contact of a channel costs an agent.")
class ChannelCost:
    """A cost."""

    channel: str = strawberry.field(description="The channel.")
    cost: float = strawberry.field(description="What one contact of it takes of the capacity.")


@strawberry.type(description="What may come while a contact of a channel is held.")
class ChannelInterruption:
    """What interrupts a channel."""

    channel: str = strawberry.field(description="The channel that is held.")
    by: list[str] = strawberry.field(description="The other channels that may come meanwhile.")


@strawberry.type(description="How much an agent carries at once over all channels.")
class AgentLoad:
    """A load."""

    costs: list[ChannelCost] = strawberry.field(description="By channel; 1 where it is not named.")
    capacity: float | None = strawberry.field(description="The sum of costs that the agent can carry; null: without limit.")
    cap: float = strawberry.field(description="Up to which share of the capacity new contacts come.")
    interrupted_by: list[ChannelInterruption] = strawberry.field(description="A channel that is not named is interrupted by any.")

    @classmethod
    def of(cls, view: contract.LoadView | None) -> "AgentLoad | None":
        """Build it from the view."""
        if view is None:
            return None
        return cls(
            costs=[ChannelCost(channel=channel, cost=cost) for channel, cost in sorted(view.costs.items())],
            capacity=view.capacity,
            cap=view.cap,
            interrupted_by=[ChannelInterruption(channel=channel, by=by) for channel, by in sorted(view.interrupted_by.items())],
        )


@strawberry.input(description="What one contact of a channel costs an agent.")
class ChannelCostInput:
    """A cost."""

    channel: str = strawberry.field(description="The channel.")
    cost: float = strawberry.field(description="Above 0, in quarters.")


@strawberry.input(description="What may come while a contact of a channel is held.")
class ChannelInterruptionInput:
    """What interrupts a channel."""

    channel: str = strawberry.field(description="The channel that is held.")
    by: list[str] = strawberry.field(description="The other channels that may come meanwhile; an empty list: none.")


@strawberry.input(description="How much an agent carries at once, whole: what is not named is taken away.")
class AgentLoadInput:
    """A load."""

    costs: list[ChannelCostInput] = strawberry.field(default_factory=list, description="By channel; 1 where it is not named.")
    capacity: float | None = strawberry.field(default=None, description="The sum of costs that the agent can carry; null: without limit.")
    cap: float = strawberry.field(default=1.0, description="Up to which share of the capacity new contacts come, above 0 and up to 1.")
    interrupted_by: list[ChannelInterruptionInput] = strawberry.field(
        default_factory=list, description="A channel that is not named is interrupted by any."
    )


def load_body(given: AgentLoadInput) -> dict[str, Any]:
    """Return the input as the JSON that routing takes."""
    return {
        "costs": {each.channel: each.cost for each in given.costs},
        "capacity": given.capacity,
        "cap": given.cap,
        "interrupted_by": {each.channel: each.by for each in given.interrupted_by},
    }

"""You said, we did: who was told of an initiative, who waits, and why somebody was not."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema.relay import After, Connection, First, checked_first, computed, mapped, page_from
from gateway.schema.survey_asking import SendAttempt
from services.survey.contract.telling import TellingView


@strawberry.type(description="One customer who is to be told what changed because of their words, and what became of it.")
class Telling:
    """A telling."""

    uid: UUID = strawberry.field(description="The id in REST.")
    initiative_id: UUID = strawberry.field(description="The initiative.")
    customer_id: UUID = strawberry.field(description="The customer.")
    state: str = strawberry.field(description="waiting, queued, told, withheld or undeliverable.")
    channel: str | None = strawberry.field(description="By which it goes or went; null while that is not chosen, or when it does not go.")
    language: str | None = strawberry.field(description="In which language; null likewise.")
    reason: str | None = strawberry.field(description="Why it waits or does not go, e.g. cap_reached, no_consent; null when nothing does.")
    wanted_at: datetime = strawberry.field(description="Since when the customer is to be told.")
    next_possible_at: datetime | None = strawberry.field(description="When it is looked at again; null once it is settled.")
    counted_at: datetime | None = strawberry.field(description="Since when caps count it as a contact with the customer; null while they do not.")
    settled_at: datetime | None = strawberry.field(description="When it was known what became of it; null before.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: TellingView) -> "Telling":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="What can be asked about telling customers.")
class SurveyTellingQueries:
    """Fields of the root."""

    @computed("Who is told of which initiative, newest first.", scope="survey:read")
    async def tellings(
        self,
        info: Info,
        first: First,
        after: After = None,
        initiative_id: Annotated[UUID | None, strawberry.argument(description="Only of this initiative.")] = None,
        customer_id: Annotated[UUID | None, strawberry.argument(description="Only of this record.")] = None,
        state: Annotated[str | None, strawberry.argument(description="Only those that stand so.")] = None,
    ) -> Connection[Telling] | None:
        """Ask survey."""
        context = at(info)
        ids = {"initiative_id": initiative_id, "customer_id": customer_id}
        query = {name: None if value is None else str(value) for name, value in ids.items()}
        page = await context.clients.survey.tellings(context.caller, {**query, "state": state, "limit": str(checked_first(first)), "cursor": after})
        return page_from(page.items, page.next_cursor, after, Telling.of)

    @computed("How a telling travelled, and why not by another channel; oldest first.", scope="survey:read")
    async def telling_attempts(
        self, info: Info, telling_id: Annotated[UUID, strawberry.argument(description="The telling's id in REST.")]
    ) -> list[SendAttempt] | None:
        """Ask survey."""
        context = at(info)
        return [SendAttempt.of(one) for one in await context.clients.survey.telling_attempts(context.caller, str(telling_id))]

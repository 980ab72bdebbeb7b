"""Something of the house's own happened that a programme may ask about."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import NotFound
from services.kit.fields import Code, Command, Instant, Reference
from services.survey.domain.programme import Trigger
from services.survey.models import Decision
from services.survey.repository import asking, known
from services.survey.use_cases.plan_ask import Occasion, plan_ask
from services.survey.use_cases.take_response import NOWHERE


class CustomerUnknown(NotFound):
    """Survey has not heard of this customer yet: create the customer first, or try again in a moment."""

    code = "survey_customer_unknown"


class ClaimedKey(Command):
    """A key that names the customer."""

    kind: Code
    value: Reference


class ReportEvent(Command):
    """An event with an id of the sender's own: the same id again changes nothing."""

    event_id: Reference
    kind: Code
    customer_id: UUID | None = None
    customer_key: ClaimedKey | None = None
    occurred_at: Instant | None = None
    """None means now."""
    attributes: Annotated[dict[Code, Reference | bool | int | float], Field(max_length=30)] = Field(default_factory=dict)
    """What conditions may read as `event.attributes.<name>`; nothing that names a person."""


async def report_event(uow: UnitOfWork, command: ReportEvent) -> list[Decision]:
    """Plan the asks of the programmes for this kind of event and return the decisions, also those of an earlier report of the same event."""
    customer_id = command.customer_id
    if customer_id is None and command.customer_key is not None:
        customer_id = await known.customer_of_key(uow, command.customer_key.kind, command.customer_key.value)
    if customer_id is None:
        raise CustomerUnknown("No customer with this key is known here.", pointer="/customer_key")
    occurred_at = min(command.occurred_at or uow.now, uow.now)
    key = f"event:{command.event_id}"
    facts = {"kind": command.kind, "attributes": command.attributes}
    await plan_ask(uow, Occasion(Trigger.CUSTOM, key, customer_id, "event", occurred_at, NOWHERE, facts))
    return await asking.decisions(uow, {"occasion": key}, None, 100)

"""An agent asks to skip the survey after a contact, or to send it for certain; never without a reason code, and never to steer the lot."""

from typing import Literal
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Code, Command
from services.survey.models import Wish
from services.survey.repository import asking, planning


class WishTooLate(Conflict):
    """It is decided already whether this contact is asked about."""

    code = "wish_too_late"


class SayWish(Command):
    """Skipping is watched: an agent that skips more than chance explains is shown. A forced ask counts in no estimate."""

    agent_id: UUID
    wish: Literal["skip", "force"]
    reason: Code
    """From the house's own list, e.g. bereavement, abusive, asked_for_it."""


async def say_wish(uow: UnitOfWork, contact_id: UUID, command: SayWish) -> Wish:
    """Note the wish; the first one about a contact stands, also before the contact's end was heard. Raises WishTooLate."""
    known = (await planning.wishes(uow, [contact_id])).get(contact_id)
    if known is not None:
        return known
    decided = [each for each in await asking.decisions(uow, {"contact_id": contact_id}, None, 10) if each.outcome != asking.PENDING]
    if decided:
        raise WishTooLate(f"Programme {decided[0].programme} decided about contact {contact_id} already: {decided[0].outcome}.")
    row = {"contact_id": contact_id, "agent_id": command.agent_id, "wish": command.wish, "reason": command.reason, "said_at": uow.now}
    await uow.insert_ignore(Wish, row)
    return (await planning.wishes(uow, [contact_id]))[contact_id]

"""Record a customer's word on what we may do, with its proof."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import ConsentChanged, ConsentView
from services.customers.domain.consents import Channel, Purpose, Word, newest
from services.customers.models import Consent
from services.customers.use_cases.find_customer import find_customer
from services.customers.use_cases.name_actor import actor
from services.kit.db import UnitOfWork
from services.kit.fields import Command, Line, Name
from services.kit.ids import new_id


class RecordConsent(Command):
    """The word and its proof: which text was shown (`text_version`) and where it was given (`source`)."""

    granted: bool
    text_version: Name
    source: Line


async def record_consent(uow: UnitOfWork, customer_id: UUID, purpose: Purpose, channel: Channel, command: RecordConsent) -> ConsentView:
    """Add a word to the history. The others are told only when it differs from the word before."""
    await find_customer(uow, customer_id, None)
    members = await repository.person(uow, customer_id)
    words = [Word(Purpose(row.purpose), Channel(row.channel), row.granted, row.given_at) for row in await repository.consent_words(uow, members)]
    before = newest(words).get((purpose, channel))
    row = {
        **command.model_dump(),
        "id": new_id(),
        "customer_id": customer_id,
        "purpose": purpose.value,
        "channel": channel.value,
        "recorded_by": actor(uow),
        "given_at": uow.now,
    }
    await uow.insert(Consent, row)
    await repository.touch(uow, customer_id)
    if before is None or before.granted is not command.granted:
        uow.emit(ConsentChanged(customer_id=customer_id, purpose=purpose, channel=channel, granted=command.granted))
    return ConsentView.model_validate({**row, "counts": True})

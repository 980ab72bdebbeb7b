"""Put an offer into the catalogue."""

from typing import Annotated

from pydantic import Field, model_validator

from services.customers import repository
from services.customers.models import Offer
from services.kit.db import UnitOfWork
from services.kit.fields import Command, Language, Line, Name


class PutOffer(Command):
    """An offer to those who bought one of `for_products` (to everybody when empty); `message` in each language, always in `en`."""

    title: Line
    for_products: Annotated[list[Name], Field(max_length=100)]
    message: Annotated[dict[Language, Line], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _has_english(self) -> "PutOffer":
        if "en" not in self.message:
            raise ValueError("message needs `en`: it is shown to whoever speaks none of the other languages")
        return self


async def put_offer(uow: UnitOfWork, key: str, command: PutOffer) -> Offer:
    """Create or replace an offer."""
    known = await repository.offer(uow, key)
    version = 1 if known is None else known.version + 1
    row = {**command.model_dump(), "key": key, "version": version, "changed_at": uow.now}
    await uow.upsert(Offer, row, key=("key",))
    return Offer.model_validate(row)

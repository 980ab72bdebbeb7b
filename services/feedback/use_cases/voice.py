"""What every voice that is handed in says about itself, one at a time or in an upload."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.kit.fields import Body, Command, Instant, Language, Line, Reference


class CustomerKey(Command):
    """A key that names a customer."""

    kind: Literal["account", "phone", "email", "platform", "order", "reference"]
    value: Reference


class Voice(Command):
    """A voice from anywhere; `external_id` makes sending it twice the same as once."""

    external_id: Reference
    kind: Literal["answer", "service_review", "product_review", "call_note", "chat", "email", "idea"]
    text: Body
    title: Line | None = None
    language: Language | None = None
    score: Annotated[float | None, Field(ge=0, le=100)] = None
    scale_max: Annotated[float | None, Field(gt=1, le=100)] = None
    customer_key: CustomerKey | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    said_at: Instant | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.score is None) != (self.scale_max is None):
            raise ValueError("score and scale_max come together")
        if self.score is not None and self.scale_max is not None and self.score > self.scale_max:
            raise ValueError("score must not be larger than scale_max")
        if self.customer_key is not None and self.customer_id is not None:
            raise ValueError("send customer_key or customer_id, not both")
        return self

"""A programme: the rule set that turns what happened into an invitation, or into a recorded reason why not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from services.survey.domain.design import Key
from services.survey.domain.fatigue import Cap
from services.survey.domain.timing import Window

LONGEST_DELAY_SECONDS = 90 * 86_400


class Trigger(StrEnum):
    """What starts a programme."""

    CONTACT_ENDED = "contact_ended"
    """A contact that is not itself the answer to a follow-up."""
    FOLLOW_UP_CONTACT_ENDED = "follow_up_contact_ended"
    """A contact by which we got back to a customer: did we put it right?"""
    ORDER_DELIVERED = "order_delivered"
    CASE_RESOLVED = "case_resolved"
    CUSTOM = "custom"


class Channel(StrEnum):
    """How an invitation travels."""

    EMAIL = "email"


class Matter(StrEnum):
    """Something open with the customer during which a programme may keep silent."""

    CASE = "case_open"
    FOLLOW_UP = "follow_up_open"


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


OneOf = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...],
    BeforeValidator(_as_list),
    Field(max_length=100),
]
"""One value or a list of them; empty means that anything goes."""


class Where(BaseModel):
    """Which occasions a programme is for: every named attribute must have one of the values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: OneOf = ()
    direction: OneOf = ()
    disposition: OneOf = ()
    topic: OneOf = ()
    driver: OneOf = ()
    department: OneOf = ()
    queue: OneOf = ()
    site: OneOf = ()
    vendor: OneOf = ()
    team: OneOf = ()
    resolved: OneOf = ()
    kind: OneOf = ()
    """The kind of a custom event."""

    def matches(self, facts: Mapping[str, str | None]) -> bool:
        """Say whether the occasion has, for every named attribute, one of its values."""
        for name in type(self).model_fields:
            wanted: tuple[str, ...] = getattr(self, name)
            if wanted and facts.get(name) not in wanted:
                return False
        return True


class Rules(BaseModel):
    """The content of one programme version."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    survey: Key
    trigger: Trigger
    where: Where = Where()
    wait_for: Trigger | None = None
    """`order_delivered`, or None to start counting at once."""
    give_up_days: int = Field(default=30, ge=1, le=365)
    """How long to wait for the delivery, or for a contact's customer to become known."""
    delay_seconds: int = Field(default=0, ge=0, le=LONGEST_DELAY_SECONDS)
    window: Window
    time_zone: str = Field(default="UTC", max_length=64)
    """The IANA zone that is assumed for customers whose own is not known."""
    share: float = Field(default=1.0, ge=0, le=1)
    """The inclusion probability: the share of eligible occasions that are asked."""
    caps: tuple[Cap, ...] = Field(default=(), max_length=10)
    cooldown_days: int = Field(default=0, ge=0, le=3650)
    channels: tuple[Channel, ...] = Field(default=(Channel.EMAIL,), min_length=1, max_length=5)
    expiry_days: int = Field(default=30, ge=1, le=365)
    purpose: str = Field(default="survey", pattern=r"^(survey|service|marketing)$")
    """Which consent it needs; a refusal always forbids."""
    requires_consent: bool = False
    """Whether silence counts as a refusal too."""
    skip_while: tuple[Matter, ...] = Field(default=(), max_length=2)
    priority: int = Field(default=100, ge=0, le=10_000)
    """Of several programmes for one contact the lowest number asks; the others are skipped, with this as the reason."""
    active: bool = True

    @field_validator("time_zone")
    @classmethod
    def _must_be_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            message = "is not an IANA time zone such as Europe/Berlin"
            raise ValueError(message)
        return name

    @model_validator(mode="after")
    def _must_be_possible(self) -> "Rules":
        if self.wait_for not in {None, Trigger.ORDER_DELIVERED}:
            message = "wait_for is order_delivered or null"
            raise ValueError(message)
        if self.wait_for and self.trigger not in {Trigger.CONTACT_ENDED, Trigger.FOLLOW_UP_CONTACT_ENDED}:
            message = "only a contact can wait for its order"
            raise ValueError(message)
        if self.where.kind and self.trigger is not Trigger.CUSTOM:
            message = "where.kind is the kind of a custom event"
            raise ValueError(message)
        return self

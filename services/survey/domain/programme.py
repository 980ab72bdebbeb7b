"""A programme: the rule set that turns what happened into an invitation, or into a recorded reason why not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from services.survey.domain.cells import CellPlan
from services.survey.domain.design import Key
from services.survey.domain.fatigue import Cap, Recontact
from services.survey.domain.holidays import supported_countries
from services.survey.domain.timing import Window

LONGEST_DELAY_SECONDS = 90 * 86_400
LONGEST_CONDITION = 2000


class Trigger(StrEnum):
    """What starts a programme."""

    CONTACT_ENDED = "contact_ended"
    """A contact that is not itself the answer to a follow-up."""
    FOLLOW_UP_CONTACT_ENDED = "follow_up_contact_ended"
    """A contact by which we got back to a customer: did we put it right?"""
    ORDER_DELIVERED = "order_delivered"
    CASE_RESOLVED = "case_resolved"
    SURVEY_ANSWERED = "survey_answered"
    """An answer to another survey."""
    RELATIONSHIP = "relationship"
    """Every so often, counted for each person from the day on which they became known."""
    CUSTOM = "custom"


class Channel(StrEnum):
    """How an invitation travels."""

    EMAIL = "email"
    SMS = "sms"
    MESSAGE = "message"
    """A messaging service."""
    REVIEW = "review"
    """A public review platform asks, with a reference of ours; for neutral programmes alone."""


class Matter(StrEnum):
    """Something open with the customer during which a programme may keep silent."""

    CASE = "case_open"
    FOLLOW_UP = "follow_up_open"
    CONTACT = "contact_running"
    """The customer talks with us at this moment; the ask is put off, not dropped."""


class Outranked(StrEnum):
    """What becomes of an occasion for which another programme comes first."""

    SKIP = "skip"
    WAIT = "wait"
    """It asks only if the one that comes first does not."""


class Reminder(BaseModel):
    """One more word to who did not answer yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after_days: int = Field(ge=1, le=60)
    """Counted from the ask."""


class Exclusion(BaseModel):
    """Whom a programme leaves out, e.g. internal addresses, spam, group threads, too short a contact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Key
    """Shown as part of the reason."""
    when: str = Field(min_length=1, max_length=LONGEST_CONDITION)
    """A condition; who meets it is not asked. Patterns run in linear time."""


class Rhythm(BaseModel):
    """How often a relationship programme comes round for each person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every_days: int = Field(ge=7, le=3650)
    jitter_days: int = Field(default=14, ge=0, le=180)
    """Each person gets a lasting shift of 0 to so many days, drawn by the keyed lot, so that not everybody is asked on one day."""


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
    product: OneOf = ()
    kind: OneOf = ()
    """The kind of a custom event."""
    survey: OneOf = ()
    """The survey that was answered, with the trigger survey_answered."""

    def matches(self, facts: Mapping[str, str | None]) -> bool:
        """Say whether the occasion has, for every named attribute, one of its values."""
        for name in type(self).model_fields:
            wanted: tuple[str, ...] = getattr(self, name)
            if wanted and facts.get(name) not in wanted:
                return False
        return True


class Delay(BaseModel):
    """A delay of its own for some occasions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Where
    seconds: int = Field(ge=0, le=LONGEST_DELAY_SECONDS)


class Rules(BaseModel):
    """The content of one programme version."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    survey: Key
    trigger: Trigger
    where: Where = Where()
    condition: str | None = Field(default=None, min_length=1, max_length=LONGEST_CONDITION)
    """A typed expression (CEL) over contact, customer and order; what is not known makes it undecided, and undecided is not yes."""
    exclude: tuple[Exclusion, ...] = Field(default=(), max_length=20)
    wait_for: Trigger | None = None
    """`order_delivered`, or None to start counting at once."""
    give_up_days: int = Field(default=30, ge=1, le=365)
    """How long to wait for the delivery, or for a contact's customer to become known."""
    delay_seconds: int = Field(default=0, ge=0, le=LONGEST_DELAY_SECONDS)
    delays: tuple[Delay, ...] = Field(default=(), max_length=50)
    """The first that fits counts instead of `delay_seconds`."""
    window: Window
    skip_holidays: bool = False
    """Whether public holidays where the customer lives are no days to ask."""
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """The ISO 3166-1 code that is assumed for customers whose own is not known."""
    time_zone: str = Field(default="UTC", max_length=64)
    """The IANA zone that is assumed for customers whose own is not known."""
    share: float = Field(default=1.0, ge=0, le=1)
    """The inclusion probability: the share of eligible occasions that are asked."""
    caps: tuple[Cap, ...] = Field(default=(), max_length=10)
    cells: CellPlan | None = None
    cooldown_days: int = Field(default=0, ge=0, le=3650)
    ignored_factor: float = Field(default=1.0, ge=1, le=10)
    """Each ask in a row that was ignored or declined makes the cool-down so many times longer."""
    recontact: Recontact = Recontact.ALWAYS
    recontact_times: int = Field(default=1, ge=1, le=1000)
    """With recontact `times`."""
    channels: tuple[Channel, ...] = Field(default=(Channel.EMAIL,), min_length=1, max_length=5)
    reminders: tuple[Reminder, ...] = Field(default=(), max_length=3)
    reminders_count: bool = False
    """Whether caps count reminders as asks."""
    expiry_days: int = Field(default=30, ge=1, le=365)
    rhythm: Rhythm | None = None
    purpose: str = Field(default="survey", pattern=r"^(survey|service|marketing)$")
    """Which consent it needs; a refusal always forbids."""
    requires_consent: bool = False
    """Whether silence counts as a refusal too."""
    skip_while: tuple[Matter, ...] = Field(default=(), max_length=3)
    priority: int = Field(default=100, ge=0, le=10_000)
    """Of several programmes for one contact the lowest number asks; the others are skipped, with this as the reason."""
    when_outranked: Outranked = Outranked.SKIP
    neutral: bool = False
    """Whether the choice must not depend on score, mood, outcome or agent, as review platforms demand."""
    active: bool = True

    @field_validator("time_zone")
    @classmethod
    def _must_be_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            message = "is not an IANA time zone such as Europe/Berlin"
            raise ValueError(message)
        return name

    @field_validator("country")
    @classmethod
    def _must_have_a_calendar(cls, code: str | None) -> str | None:
        if code is not None and code not in supported_countries():
            message = "is not an ISO 3166-1 country whose public holidays are known"
            raise ValueError(message)
        return code

    def delay_for(self, facts: Mapping[str, str | None]) -> int:
        """Return the seconds to wait after this occasion."""
        return next((delay.seconds for delay in self.delays if delay.where.matches(facts)), self.delay_seconds)

    @model_validator(mode="after")
    def _must_be_possible(self) -> "Rules":
        if self.wait_for not in {None, Trigger.ORDER_DELIVERED}:
            message = "wait_for is order_delivered or null"
            raise ValueError(message)
        if self.wait_for and self.trigger not in {Trigger.CONTACT_ENDED, Trigger.FOLLOW_UP_CONTACT_ENDED}:
            message = "only a contact can wait for its order"
            raise ValueError(message)
        if (self.rhythm is not None) != (self.trigger is Trigger.RELATIONSHIP):
            message = "rhythm belongs to, and only to, the trigger relationship"
            raise ValueError(message)
        if Channel.REVIEW in self.channels and (len(self.channels) > 1 or not self.neutral):
            message = "a review platform asks everybody alike: channels is [review] alone, and neutral is true"
            raise ValueError(message)
        if self.where.survey and self.trigger is not Trigger.SURVEY_ANSWERED:
            message = "where.survey is the survey that was answered"
            raise ValueError(message)
        if self.where.kind and self.trigger is not Trigger.CUSTOM:
            message = "where.kind is the kind of a custom event"
            raise ValueError(message)
        return self

"""Who pays, what is disputed, what a change is worth."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema.insight import FigureChange, Interval, Money, Period

said = strawberry.field


@strawberry.type(description="One department's line of the charge-back.")
class Charge:
    """A charge."""

    department: str | None = said(description="Null for contacts whose cause nobody knows.")
    name: str | None = said(description="Its name.")
    contacts: int = said(description="Contacts that it caused.")
    handle_seconds: str = said(description="Exact seconds of handling.")
    amount: str = said(description="Decimal text with two digits.")
    contacts_before: int = said(description="In the comparison period.")
    amount_before: str = said(description="In the comparison period.")
    contacts_change: Interval | None = said(description="Relative change of contacts a day; null when either period saw none.")
    share: float | None = said(description="Of the whole amount.")
    unpriced_contacts: int = said(description="Contacts without a price.")
    disputed_contacts: int = said(description="Contacts with an open dispute.")
    budget: str | None = said(description="What it has for the length of the period; null while not said.")
    budget_share: float | None = said(description="Amount / budget.")


@strawberry.type(description="All departments' charges; the lines add up to the total.")
class ChargeBack:
    """The charge-back of a period."""

    definitions: JSON = said(description="Field to the definition of what stands in it.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    currency: str | None = said(description="ISO 4217 code; null while there is no rate.")
    total: str = said(description="Decimal text with two digits.")
    total_before: str = said(description="In the comparison period.")
    contacts: int = said(description="Contacts in all.")
    filters: JSON = said(description="The slice.")
    complete: bool = said(description="False for a reader of some sites or vendors only.")
    charges: list[Charge] = said(description="The dearest first.")


@strawberry.type(description="One contact on a statement.")
class StatementLine:
    """A line."""

    contact_id: UUID = said(description="The contact.")
    external_id: str | None = said(description="Its number in the installation's own system.")
    ended_at: datetime = said(description="When it ended.")
    channel: str = said(description="The channel.")
    driver: str | None = said(description="What it was about.")
    site: str | None = said(description="Where.")
    vendor: str | None = said(description="By whom.")
    handle_seconds: str = said(description="Exact seconds of handling.")
    minutes: str = said(description="The same in minutes, for reading.")
    rate_id: UUID | None = said(description="Which rate; null while there is none.")
    per_hour: str | None = said(description="The rate; null while there is none.")
    amount: str | None = said(description="handle_seconds x per_hour / 3600; null without a rate.")
    feedback_items: list[UUID] = said(description="What was said about it: feedback shows the masked words.")
    dispute_id: UUID | None = said(description="The open or last dispute about it.")
    dispute_state: str | None = said(description="open, upheld or accepted.")


@strawberry.type(description="What a department is charged, to the contact.")
class Statement:
    """A statement with one page of its lines."""

    definitions: JSON = said(description="Field to the definition of what stands in it.")
    department: str = said(description="The department's key.")
    name: str = said(description="Its name.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    currency: str | None = said(description="ISO 4217 code; null while there is no rate.")
    contacts: int = said(description="Contacts of the whole period.")
    handle_seconds: str = said(description="Exact seconds of the whole period.")
    minutes: str = said(description="The same in minutes.")
    amount: str = said(description="The sum of all lines.")
    contacts_before: int = said(description="In the comparison period.")
    amount_before: str = said(description="In the comparison period.")
    contacts_change: Interval | None = said(description="Relative change of contacts a day; null when either period saw none.")
    unpriced_contacts: int = said(description="Contacts without a price.")
    complete: bool = said(description="False for a reader of some sites or vendors only.")
    lines: list[StatementLine] = said(description="One page, in the order of time.")
    next_cursor: str | None = said(description="Where the next page begins; null on the last one.")
    filters: JSON = said(description="The slice.")


@strawberry.type(description="One thing said or decided about a dispute.")
class DisputeStep:
    """A step."""

    state: str = said(description="open, upheld or accepted.")
    note: str = said(description="What was said.")
    by: str = said(description="By whom.")
    at: datetime = said(description="When.")


@strawberry.type(description="A department says that a contact is not its own.")
class Dispute:
    """A dispute."""

    uid: UUID = said(description="The id in REST.")
    contact_id: UUID = said(description="The contact.")
    department: str = said(description="Who disputes it.")
    suggested: str | None = said(description="Who should pay instead.")
    state: str = said(description="open, upheld or accepted.")
    raised_at: datetime = said(description="When.")
    version: int = said(description="Grows with each change.")
    steps: list[DisputeStep] | None = said(description="Its history; null in lists and after changes: ask for the dispute itself.")


@strawberry.type(description="Charges that were disputed in a period, and what came of it until now.")
class DisputeSummary:
    """Disputes of a period."""

    definition_id: str = said(description="The definition of the accepted share.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    complete: bool = said(description="False for a reader of some sites or vendors only.")
    raised: int = said(description="Disputes that were raised.")
    raised_before: int = said(description="In the comparison period.")
    raised_change: Interval | None = said(description="Relative change of disputes a day; null when either period saw none.")
    open: int = said(description="Not decided yet.")
    upheld: int = said(description="The contact stays.")
    accepted: int = said(description="The contact goes to another department.")
    n: int = said(description="Decided ones.")
    accepted_share: float | None = said(description="Accepted / decided; null while withheld.")
    interval: Interval | None = said(description="Of the accepted share.")
    withheld: str | None = said(description="Why no share is shown; null when it is.")
    change: FigureChange | None = said(description="Of the accepted share against the comparison period.")
    currency: str | None = said(description="ISO 4217 code; null while there is no rate.")
    amount: str = said(description="What all disputed contacts cost, decimal text.")
    accepted_amount: str = said(description="What those cost whose dispute was accepted.")


@strawberry.type(description="What a gain in resolution does to contacts and money.")
class ContactsAvoided:
    """Contacts avoided."""

    definition_id: str = said(description="Which definition, in which version.")
    resolution_before: float = said(description="Share resolved before.")
    resolution_after: float = said(description="Share resolved after.")
    call_back: float = said(description="Probability that an unresolved customer comes back.")
    contacts_per_issue_before: float = said(description="1 / (1 - c(1 - r)) before.")
    contacts_per_issue_after: float = said(description="The same after.")
    change: float = said(description="Relative change of contacts.")
    contacts_avoided: float = said(description="A year.")
    saved: float = said(description="Money a year.")
    contacts_avoided_low: float | None = said(description="At the lower end of the gain's interval.")
    contacts_avoided_high: float | None = said(description="At its upper end.")
    saved_low: float | None = said(description="At the lower end of the gain's interval.")
    saved_high: float | None = said(description="At its upper end.")
    formula: str = said(description="How it is computed.")


@strawberry.type(description="What an initiative should have saved, beside what happened.")
class Savings:
    """Expected and observed savings."""

    definitions: JSON = said(description="Field to the definition of what stands in it.")
    period: Period = said(description="From the start on.")
    compared_with: Period = said(description="The baseline.")
    filters: JSON = said(description="Where the change is made.")
    answers_before: int | None = said(description="Answers about resolution in the baseline; null before the start.")
    answers_after: int | None = said(description="Since the start; null before it.")
    initiative_id: UUID = said(description="The initiative.")
    gain: float | None = said(description="Gain in resolution; null when too few answered.")
    gain_interval: Interval | None = said(description="Its interval.")
    expected: ContactsAvoided | None = said(description="What the gain should avoid.")
    contacts_a_day_before: float | None = said(description="The driver's contacts a day before.")
    contacts_a_day_after: float | None = said(description="And after.")
    observed_change: float | None = said(description="Relative change that was seen.")
    observed_interval: Interval | None = said(description="Its interval (ratio of Poisson rates).")
    saved_a_year: Money | None = said(description="What was seen, in money a year.")
    sentence: str = said(description="Whether both fit, for a person to read.")


@strawberry.type(description="Minutes x volume x hourly cost.")
class BusinessCase:
    """A business case."""

    definition_id: str = said(description="Which definition, in which version.")
    period: Period | None = said(description="In which contacts were counted; null when their number was given.")
    filters: JSON = said(description="The slice in which they were counted.")
    minutes_saved: float = said(description="On each contact.")
    contacts_a_year: float = said(description="Contacts a year.")
    per_hour: str = said(description="The price of an hour.")
    worth: Money = said(description="A year.")
    formula: str = said(description="How it is computed.")
    basis: str = said(description="given or measured.")

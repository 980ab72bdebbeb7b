"""Views of who pays for which contacts, of what they dispute, and of what a change is worth."""

from datetime import datetime
from uuid import UUID

from services.insight.contract.figures import ChangeView, IntervalView, MoneyView, PeriodView, QuotedView
from services.kit.fields import View


class DisputeStepView(View):
    """One thing said or decided."""

    state: str
    note: str
    by: str
    at: datetime


class DisputeView(View):
    """A department says that a contact is not its own; state is open, upheld or accepted."""

    id: UUID
    contact_id: UUID
    department: str
    suggested: str | None
    state: str
    raised_at: datetime
    version: int


class DisputeDetailView(DisputeView):
    """A dispute with its whole history, oldest first."""

    steps: list[DisputeStepView]


class DisputeSummaryView(View):
    """Charges that were disputed in a period, and what came of it until now; n are those that are decided."""

    definition_id: str
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    complete: bool
    """False when the reader may see some sites or vendors only."""
    raised: int
    raised_before: int
    """In the comparison period."""
    raised_change: IntervalView | None
    """The interval of the relative change of disputes a day (ratio of Poisson rates); null when either period saw none."""
    open: int
    upheld: int
    accepted: int
    n: int
    accepted_share: float | None
    interval: IntervalView | None
    withheld: str | None
    change: ChangeView | None
    """Of the accepted share against the comparison period; null while either is withheld."""
    currency: str | None
    amount: str
    """What all disputed contacts cost."""
    accepted_amount: str
    """What those cost whose dispute was accepted."""


class ChargeView(View):
    """One department's line of the charge-back; `department` is null for contacts whose cause nobody knows."""

    department: str | None
    name: str | None
    contacts: int
    handle_seconds: str
    amount: str
    share: float | None
    """Of the whole amount."""
    contacts_before: int
    amount_before: str
    """In the comparison period."""
    contacts_change: IntervalView | None
    """The interval of the relative change of contacts a day (ratio of Poisson rates); null when either period saw none."""
    unpriced_contacts: int
    disputed_contacts: int
    budget: str | None
    """What the department has for the length of the period, of its budget of a year."""
    budget_share: float | None
    """Amount / budget: what it would pay of its own money for contacts that it causes."""


class ChargeBackView(View):
    """All departments' charges of a period; the lines add up to the total exactly."""

    definitions: dict[str, str]
    """Field to the definition of what stands in it."""
    period: PeriodView
    compared_with: PeriodView
    currency: str | None
    total: str
    total_before: str
    contacts: int
    filters: dict[str, str]
    complete: bool
    """False when the reader may see some sites or vendors only."""
    charges: list[ChargeView]


class BusinessCaseView(View):
    """minutes x contacts a year / 60 x price of an hour."""

    definition_id: str
    period: PeriodView | None
    """The period in which contacts were counted; null when their number was given."""
    filters: dict[str, str]
    minutes_saved: float
    contacts_a_year: float
    per_hour: str
    worth: MoneyView
    formula: str
    basis: str
    """given, or measured: contacts of the driver in the period, scaled to a year, at the rate in force."""


class AvoidedView(View):
    """What a gain in resolution does to a year's contacts; `low` and `high` are the ends of the interval of the gain."""

    definition_id: str
    resolution_before: float
    resolution_after: float
    call_back: float
    contacts_per_issue_before: float
    contacts_per_issue_after: float
    change: float
    contacts_avoided: float
    saved: float
    contacts_avoided_low: float | None
    contacts_avoided_high: float | None
    saved_low: float | None
    saved_high: float | None
    formula: str


class SavingsView(QuotedView):
    """What an initiative should have saved by its measured gain in resolution, beside what happened to the driver's contacts.

    `period` begins with the start (before it, with now), `compared_with` is the baseline, `filters` where the change is made.
    """

    definitions: dict[str, str]
    """Field to the definition of what stands in it."""
    answers_before: int | None
    answers_after: int | None
    """Answers about resolution behind the gain; null before the start."""
    initiative_id: UUID
    gain: float | None
    gain_interval: IntervalView | None
    expected: AvoidedView | None
    contacts_a_day_before: float
    contacts_a_day_after: float | None
    observed_change: float | None
    """Relative change of contacts a day; negative: fewer."""
    observed_interval: IntervalView | None
    saved_a_year: MoneyView | None
    """By the observed change, at the price of a contact before."""
    sentence: str

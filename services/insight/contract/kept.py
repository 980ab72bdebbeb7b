"""Views of what people keep in insight: departments, rates, budgets, processes as they are drawn, reviews."""

from uuid import UUID

from services.kit.fields import Instant, View


class DepartmentView(View):
    """A department that causes contacts and pays for them."""

    key: str
    name: str


class CostRateView(View):
    """What an hour of handling costs from `valid_from` on; department null: whoever pays."""

    role: str
    department: str | None
    per_hour: str
    currency: str
    valid_from: Instant


class BudgetView(View):
    """A department's budget of a year."""

    department: str
    per_year: str


class DrawnStepView(View):
    """One step of a process, and the drivers that tell of trouble in it."""

    key: str
    name: str
    drivers: list[str]


class ProcessDrawn(View):
    """A process as it was drawn."""

    key: str
    name: str
    steps: list[DrawnStepView]
    version: int


class ReviewView(View):
    """One contact judged by one reviewer."""

    id: UUID
    contact_id: UUID
    form: str
    form_version: int
    reviewer: str
    lines: dict[str, str]
    """Line to ok, error or na (there was no opportunity)."""
    reviewed_at: Instant


class SampleView(View):
    """Contacts drawn for review; the same seed draws the same."""

    form: str
    seed: int
    contacts: list[UUID]

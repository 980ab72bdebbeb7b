"""What feedback answers when it is asked for themes, spikes, replies, voices of nobody, and figures over voices and follow-ups."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.feedback.contract.views import ItemView
from services.kit.fields import View


class ThemeView(View):
    """A theme. `growth` compares voices a day of the last seven days with those of the days before."""

    id: UUID
    version: int
    state: str
    name: str | None
    words: list[str]
    size: int
    recent: int
    growth: float
    coherence: float
    code: str | None
    first_seen: datetime
    last_seen: datetime


class ThemeWithQuotes(ThemeView):
    """A theme with the voices nearest to its middle; texts are masked."""

    quoted: list[ItemView]


class SpikeView(View):
    """A day on which a driver was heard more often than its past explains. `total` are all voices of that day."""

    id: UUID
    day: date
    code: str
    observed: int
    expected: float
    total: int
    p: float
    q: float
    quotes: list[UUID]
    found_at: datetime


class Spikes(View):
    """Alarms, newest first, and the share of them that may be false."""

    false_alarm_rate: float
    spikes: list[SpikeView]


class ReplyView(View):
    """A public reply and where it stands: drafted, approved, sent, failed, withdrawn, reopened."""

    id: UUID
    item_id: UUID
    version: int
    state: str
    text: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    sent_at: datetime | None
    failure: str | None
    reopened_by: str | None


class KeyHint(BaseModel):
    """A key that names a customer whom nobody found; all but its last three signs are hidden."""

    kind: str
    ends_with: str


class ReviewerRequestView(View):
    """The question to an author who they are; state is asking, asked, or failed with what the platform answered."""

    item_id: UUID
    state: str
    message: str
    asked_by: str
    asked_at: datetime
    failure: str | None


class UnmatchedView(BaseModel):
    """A voice that waits for its customer."""

    item: ItemView
    keys: list[KeyHint]
    author: str | None
    """What the platform calls who wrote it; null where it does not say."""
    place: str | None
    """The site or branch that it is about; null where the platform does not say."""
    reviewer_request: ReviewerRequestView | None
    """What its author was asked; null when nothing."""
    waiting_since: datetime


class DuplicateView(BaseModel):
    """Another item that is likely the same voice: same_words, or same_customer with the likeness of the meaning (cosine)."""

    item: ItemView
    reason: str
    likeness: float


class Interval(BaseModel):
    """A share with its 95 % interval (Wilson 1927); null without observations."""

    share: float | None
    low: float | None
    high: float | None


class Trend(BaseModel):
    """This period against the one before: p of the two-proportion test, and Cohen's h (0.2 small, 0.5 medium); null without voices on a side."""

    before: int
    p: float | None
    effect: float | None


class Priority(BaseModel):
    """A driver with what makes it matter. priority = severity x low end of the prevalence x trend factor x 100."""

    driver: str
    voices: int
    severity: float
    """Mean grade, 1 to 4."""
    prevalence: Interval
    trend: Trend
    trend_factor: float
    """1, or 1 + h where the share grew and p is under .05, at most 2; under 1 where it fell."""
    priority: float


class Priorities(BaseModel):
    """Drivers by priority. `reviewed_share` says how many voices of the period have a driver at all: shares are of all voices."""

    since: datetime
    until: datetime
    voices: int
    known_share: float | None
    drivers: list[Priority]


class Slice(BaseModel):
    """One value of an attribute. Everything but the value is null where fewer than the least number of voices stand behind it."""

    value: str
    voices: int | None
    negative: Interval | None
    mean_score_share: float | None
    """Mean place on the scale, 0 worst to 1 best; null without scores."""


class Slices(BaseModel):
    """Voices by an attribute. A cell under `least` is hidden, and with it the next smallest where it could be worked out from the rest."""

    attribute: str
    least: int
    since: datetime
    hidden: int
    slices: list[Slice]


class Recovery(BaseModel):
    """How follow-ups of the period ended. The rate counts customers who answered: confirmed / (confirmed + not recovered)."""

    since: datetime
    closed: int
    outcomes: dict[str, int]
    recovered: Interval
    answered: Interval
    """The share of closed follow-ups whose customer answered at all: the rate says nothing of the others."""
    on_time: Interval
    """The share whose customer was reached by the promised time."""
    median_hours_to_contact: float | None
    median_hours_to_close: float | None
    still_open: int
    overdue: int

"""What feedback answers about its own workings: sources and what they sent, rules, readings that are not stored, and who saw clear words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.kit.fields import View


class SourceView(View):
    """A source of reviews, without its secret."""

    key: str
    kind: str
    reference_kind: str
    previous_until: datetime | None
    version: int


class NewSourceView(SourceView):
    """A source as it was put; `secret` is the last part of the address, shown this once, null when it did not change."""

    secret: str | None


class WebhookEventView(View):
    """One event that a platform sent, and what became of it."""

    id: UUID
    source_key: str
    name: str
    outcome: str
    item_id: UUID | None
    received_at: datetime


class ReviewToFetchView(View):
    """A review that its platform only named; `failure` says why its text could not be fetched, null while it waits for its turn."""

    source_key: str
    external_id: str
    told_at: datetime
    failure: str | None


class FetchedAgain(View):
    """How many reviews are tried again."""

    reviews: int


class FailedCallView(View):
    """A call that could not be applied; `failure` names the kind of error."""

    id: UUID
    source_key: str
    kind: str
    failure: str
    received_at: datetime


class Replayed(View):
    """How many calls are tried again."""

    calls: int


class RuleView(View):
    """A follow-up rule in force; shipped ones are among them until they are replaced."""

    key: str
    priority: int
    active: bool
    due_office_hours: float
    wants_contact: bool | None
    kinds: list[str]
    lowest_score_share: float | None
    sentiment: str | None
    least_severity: int | None
    drivers: list[str]
    wants_call_back: bool
    owner: str | None
    escalate_to: str | None
    when: str | None


class RuleVersionView(View):
    """One version of a rule."""

    key: str
    version: int
    rule: dict[str, Any]
    by: str
    at: datetime


class Candidate(BaseModel):
    """A code and its probability."""

    code: str
    probability: float


class TextReadingView(BaseModel):
    """What would be said of a text now. `driver` is null when it is like nothing in the taxonomy; `best` are the likeliest codes all the same."""

    language: str | None
    sentiment: str
    sentiment_confidence: float
    tones: dict[str, float]
    """The probability of each tone."""
    severity: int
    reasons: list[str]
    driver: str | None
    decision: str
    confidence: float | None
    best: list[Candidate]
    familiarity: float | None
    """Energy score of the text: low means like nothing that was learned from."""
    words: list[str]
    department: str | None
    product: str | None
    model: str | None


class DisclosureView(View):
    """Somebody saw clear words; `chain` is the SHA-256 of the row before and this one, so that no row can be taken out unseen."""

    place: int
    item_id: UUID
    by: str
    at: datetime
    chain: str


class Asked(View):
    """The search was asked for; it runs in the background."""

    at: datetime

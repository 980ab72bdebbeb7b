"""What feedback tells the others: what was said, what it is about, and whose duty it became."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.customers.contract import IdentityKey
from services.feedback.contract.views import AspectView, CustomerViews, FollowUpView, GivenLabel, ItemView, SectionView
from services.kit.events import Event

__all__ = [
    "AspectView",
    "ContributorFound",
    "ContributorTold",
    "CustomerViews",
    "FeedbackCategorised",
    "FeedbackCorrected",
    "FeedbackMatched",
    "FeedbackMerged",
    "FeedbackReceived",
    "FeedbackReferenced",
    "FeedbackRemoved",
    "FeedbackSpiked",
    "FollowUpClosed",
    "FollowUpEscalated",
    "FollowUpOpened",
    "FollowUpView",
    "GivenLabel",
    "ItemView",
    "ReplyPublished",
    "SectionView",
    "SubjectErased",
    "ThemeGrew",
]


class FeedbackReceived(Event):
    """A voice was recorded. `score` is on `scale_max` (5 for stars); no text travels: who may read it asks feedback."""

    subject: ClassVar[str] = "feedback.received.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    customer_id: UUID | None
    customer_keys: list[IdentityKey]
    source: str
    """survey, trustpilot, call_note, rest, …"""
    kind: str
    """answer, service_review, product_review, call_note, chat, email, idea."""
    external_id: str
    score: float | None
    scale_max: float | None
    contact_id: UUID | None
    said_at: datetime


class FeedbackCategorised(Event):
    """What an item is about, and how sure we are.

    May be told again for the same item (the review was edited, the customer became known): the latest holds.
    """

    subject: ClassVar[str] = "feedback.categorised.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    customer_id: UUID | None
    source: str
    kind: str
    language: str | None
    sentiment: str
    """negative, neutral or positive."""
    severity: int
    """1 (remark) to 4 (urgent)."""
    driver: str | None
    department: str | None
    product: str | None
    labels: list[GivenLabel]
    contact_id: UUID | None
    case_id: UUID | None
    score: float | None
    scale_max: float | None
    said_at: datetime


class FeedbackCorrected(Event):
    """A person put a label right."""

    subject: ClassVar[str] = "feedback.corrected.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    axis: str
    was: str | None
    now: str
    department: str | None
    """The department that the corrected driver belongs to; None on other axes."""
    by: str


class FollowUpOpened(Event):
    """Somebody owes this customer an answer, by `due_at`. Told again for the same follow-up when the customer now asks for a call as well."""

    subject: ClassVar[str] = "feedback.follow_up_opened.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id", "follow_up_id")

    follow_up_id: UUID
    item_id: UUID
    customer_id: UUID | None
    issue: str
    """The driver, or `general`."""
    reason: str
    """Which rule opened it: contact_me, low_score, one_star, severity."""
    wants_call_back: bool
    channel: str
    language: str | None
    severity: int
    department: str | None
    owner: str | None
    due_at: datetime


class FeedbackRemoved(Event):
    """The author took a review back: its text is gone here; nobody should count or quote it any more."""

    subject: ClassVar[str] = "feedback.removed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    customer_id: UUID | None
    source: str
    removed_at: datetime


class FollowUpEscalated(Event):
    """A follow-up waits too long: level 1 reminds its owner, from level 2 on it is overdue and goes to the next person."""

    subject: ClassVar[str] = "feedback.follow_up_escalated.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id", "follow_up_id")

    follow_up_id: UUID
    customer_id: UUID | None
    level: int
    owner: str | None
    department: str | None
    due_at: datetime


class FollowUpClosed(Event):
    """The inner loop ended: confirmed by the customer, not_recovered, or no_answer (documented)."""

    subject: ClassVar[str] = "feedback.follow_up_closed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id", "follow_up_id")

    follow_up_id: UUID
    customer_id: UUID | None
    issue: str
    outcome: str
    closed_at: datetime


class SubjectErased(Event):
    """Everything here that named, quoted or described this customer is gone; counts stayed."""

    subject: ClassVar[str] = "feedback.subject_erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int
    """How many rows were blanked or deleted."""


class ContributorFound(Event):
    """A customer had spoken about what has changed now: they are to be told, once. It may be said again; that changes nothing."""

    subject: ClassVar[str] = "feedback.contributor_found.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    initiative_id: UUID
    customer_id: UUID
    messages: dict[str, str]
    """BCP 47 language to the sentence for the customer; the same for everybody, and about nobody."""
    found_at: datetime


class ContributorTold(Event):
    """A customer who had spoken about it was told what changed."""

    subject: ClassVar[str] = "feedback.contributor_told.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    initiative_id: UUID
    channel: str
    language: str


class ThemeGrew(Event):
    """Something that nobody has a name for is said again and again: new, or said at least twice as often as before."""

    subject: ClassVar[str] = "feedback.theme_grew.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("theme_id",)

    theme_id: UUID
    words: list[str]
    size: int
    recent: int
    """Voices of the last seven days."""
    growth: float
    """Voices a day of the last seven days, over those of the days before."""


class FeedbackSpiked(Event):
    """On a day a code was heard more often than its past explains; five of a hundred such alarms may be false (false discovery rate)."""

    subject: ClassVar[str] = "feedback.spiked.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("code",)

    code: str
    day: date
    observed: int
    expected: float
    total: int
    q: float
    """Adjusted chance of so many by accident."""


class FeedbackMatched(Event):
    """A person said whose voice this is, where no key did."""

    subject: ClassVar[str] = "feedback.matched.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    customer_id: UUID
    by: str


class FeedbackReferenced(Event):
    """A platform told later whose a voice is: these keys came with a newer version of it, while nobody knew its customer."""

    subject: ClassVar[str] = "feedback.referenced.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    customer_keys: list[IdentityKey]


class FeedbackMerged(Event):
    """An item repeats another and is not counted any more; `merged` false: that was undone, it counts again."""

    subject: ClassVar[str] = "feedback.merged.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    into: UUID
    merged: bool
    by: str


class ReplyPublished(Event):
    """A reply to a review stands on its platform."""

    subject: ClassVar[str] = "feedback.reply_published.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("item_id",)

    item_id: UUID
    reply_id: UUID
    customer_id: UUID | None
    source: str
    sent_at: datetime

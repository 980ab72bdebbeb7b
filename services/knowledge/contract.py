"""What knowledge tells the others: what is written down, what was reused, and where self-service failed."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.customers.contract import IdentityKey
from services.kit.events import Event
from services.kit.fields import View


class ArticleChanged(Event):
    """An article is new, changed its text or its state."""

    subject: ClassVar[str] = "knowledge.article_changed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("article_id",)

    article_id: UUID
    version: int
    title: str
    state: str
    """work_in_progress, not_validated, validated or archived."""
    audience: str
    """internal or customer."""
    language: str
    driver: str | None
    case_id: UUID | None
    customer_id: UUID | None
    """The customer whose case it was written for, so that the timeline can show it; None when written without one."""
    changed_at: datetime


class ArticleLinked(Event):
    """An article was used to solve a case or a contact."""

    subject: ClassVar[str] = "knowledge.article_linked.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("article_id",)

    article_id: UUID
    title: str
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    by: str
    linked_at: datetime


class SelfServiceFailed(Event):
    """A customer searched and did not find what helps; carries what was tried."""

    subject: ClassVar[str] = "knowledge.self_service_failed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("session_id",)

    session_id: UUID
    customer_id: UUID | None
    customer_keys: list[IdentityKey]
    language: str
    queries: list[str]
    articles: list[UUID]
    wants_contact: bool
    channel: str | None
    failed_at: datetime
    steps: tuple[str, ...] = ()
    """What was answered in guides, in words and in order; empty in events from before there were guides."""


class GuideEnded(Event):
    """Somebody came to the end of a guide: solved, unsolved or handed over to a person."""

    subject: ClassVar[str] = "knowledge.guide_ended.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("run_id",)

    run_id: UUID
    guide_id: UUID
    guide_version: int
    driver: str | None
    session_id: UUID | None
    case_id: UUID | None
    customer_id: UUID | None
    outcome: str
    ended_at: datetime


class SubjectErased(Event):
    """Everything here that named, quoted or described this customer is gone; counts stayed."""

    subject: ClassVar[str] = "knowledge.subject_erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int
    """How many rows were blanked or deleted."""


class TrainingCompleted(Event):
    """An agent learned something; where the module raises a skill, routing may take the level over."""

    subject: ClassVar[str] = "knowledge.training_completed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("agent_id",)

    assignment_id: UUID
    agent_id: UUID
    module: str
    topic: str | None
    minutes: int
    skill: str | None
    """None when the module raises no skill."""
    skill_level: int | None
    """1 to 5: at least this level from now on; never a lowering."""
    valid_until: datetime | None
    """When the refresher is due; None when there is none."""
    completed_at: datetime


class ArticleView(View):
    """An article as it stands."""

    id: UUID
    title: str
    problem: str | None
    """Markdown, as are `environment`, `cause` and `resolution`; None when nobody wrote that section."""
    environment: str | None
    cause: str | None
    resolution: str | None
    html: dict[str, str]
    """Section -> sanitised HTML, made when the text was saved."""
    language: str
    state: str
    audience: str
    product: str | None
    driver: str | None
    case_id: UUID | None
    author: str
    owner: str | None
    """Who keeps it right; None: whoever works on it."""
    review_at: datetime | None
    """When somebody should look whether it is still right; None before it is validated."""
    published_at: datetime | None
    """When it was first validated."""
    similar_to: UUID | None
    """An article that tells the same and should be reused instead of this draft; None when there is none."""
    similarity: float | None
    version: int
    created_at: datetime
    changed_at: datetime


class ArticleVersionView(View):
    """One wording and standing that an article had."""

    article_id: UUID
    version: int
    title: str
    problem: str | None
    environment: str | None
    cause: str | None
    resolution: str | None
    language: str
    state: str
    audience: str
    reason: str
    """created, edited, case_written_up, state_set, promoted_by_reuse, reused_instead or erased."""
    changed_by: str
    changed_at: datetime


class ArticleUseView(View):
    """What reuse and readers say about an article."""

    article_id: UUID
    links: int
    people: int
    """Different people other than the author who solved something with it."""
    helpful: int
    unhelpful: int
    open_flags: int


class FlagView(View):
    """A complaint about an article; settled by the next edit."""

    id: UUID
    article_id: UUID
    article_version: int
    reason: str
    note: str | None
    flagged_by: str
    flagged_at: datetime
    settled_at: datetime | None


class LinkView(View):
    """An article that solved a case or a contact."""

    id: UUID
    article_id: UUID
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    linked_by: str
    linked_at: datetime


class TermScore(View):
    """What one word of the question adds to the score of one article."""

    word: str
    """As it was typed."""
    term: str
    """As it was found: stemmed, or corrected."""
    corrected: bool
    title: float
    """By standing in the title."""
    body: float
    """By standing in the whole text, the title included."""


class FoundArticle(View):
    """One search result."""

    article_id: UUID
    """The id of the article, guide or peer answer."""
    kind: str
    """article, guide or peer_answer: what is from a customer is marked as such."""
    title: str
    language: str
    state: str
    audience: str
    version: int
    snippet: str
    """HTML: everything escaped, the found words in <mark>."""
    score: float
    """Rounded to 6 places, the same on every database; equal scores are ordered by id. Words, mixed with meaning where vectors are ready."""
    words: float
    """What the words alone add up to (BM25)."""
    closeness: float | None
    """Cosine of question and best passage; None while there is no vector, or when only words were searched."""
    boosts: dict[str, float]
    """Shares by which state, reuse and an overdue review raise or lower the score."""
    because: list[TermScore]
    """What `words` adds up to, strongest first."""


class Correction(View):
    """A word that no visible article holds, and what was searched instead."""

    word: str
    taken_as: list[str]


class SearchView(View):
    """What a search found."""

    query: str
    results: list[FoundArticle]
    corrections: list[Correction]


class HelpSearchView(View):
    """What a customer's own search found; the session carries everything tried to the agent."""

    session_id: UUID
    query: str
    results: list[FoundArticle]
    corrections: list[Correction]


class HelpArticleView(View):
    """A published article as a customer reads it."""

    id: UUID
    title: str
    html: dict[str, str]
    language: str
    changed_at: datetime


class GuideView(View):
    """A guide as it stands."""

    id: UUID
    title: str
    language: str
    audience: str
    product: str | None
    driver: str | None
    state: str
    """draft, published or archived."""
    version: int
    published_version: int | None
    changed_by: str
    changed_at: datetime


class OptionView(View):
    """One way on from a page of a guide."""

    key: str
    label: str


class PageView(View):
    """What is on one page of a guide."""

    node: str
    kind: str
    html: str
    article_id: UUID | None
    options: list[OptionView]
    """Empty: simply go on, or it is the end."""
    solved: bool | None
    """Of an end alone."""


class RunView(View):
    """One walk through a guide, where it stands."""

    id: UUID
    guide_id: UUID
    title: str
    guide_version: int
    state: str
    """open, solved, unsolved or handed_over."""
    version: int
    """The number of this page: send it with the answer."""
    about: int
    """Pages that it will be at least."""
    page: PageView
    steps: list[str]
    """What was answered so far, in words."""


class PeerAnswerView(View):
    """What a customer tells other customers."""

    id: UUID
    title: str
    html: str
    language: str
    article_id: UUID | None
    display_name: str | None
    state: str
    """waiting, published, refused or withdrawn."""
    from_customer: bool
    """Always true: to be shown as such."""
    checked_at: datetime | None
    """When somebody of ours looked at it; None while nobody has."""
    solved: int
    not_solved: int
    written_at: datetime


class GapView(View):
    """Something customers look for and do not find."""

    query: str
    """As one of them typed it, personal data masked."""
    language: str | None
    sessions: int
    """Different visitors who got no answer: the rank."""
    searches: int
    without_result: int
    without_click: int
    """Searches with results after which the visitor opened nothing."""
    wanted_contact: int
    """Visitors who then asked to be contacted: what the gap costs."""
    last_at: datetime


class HelpSessionView(View):
    """What a customer tried in self-service."""

    session_id: UUID
    language: str | None
    queries: list[str]
    articles: list[UUID]
    """Opened, in order."""
    steps: list[str]
    """What was answered in guides, in words and in order."""
    failed: bool
    wants_contact: bool
    started_at: datetime
    last_at: datetime


class CaseSuggestions(View):
    """Articles for one open case."""

    case_id: UUID
    case_title: str
    articles: list[FoundArticle]

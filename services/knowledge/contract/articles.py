"""What others see of articles and of what people do with them."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View


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
    source: str | None
    """Its name where it was imported from, `origin/path`; None when it was written here."""
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


class ImportFault(View):
    """What could not be taken in, and why."""

    source: str
    says: str


class ImportView(View):
    """What became of an import."""

    created: int
    changed: int
    same: int
    refused: int
    faults: list[ImportFault]
    """The first 50."""

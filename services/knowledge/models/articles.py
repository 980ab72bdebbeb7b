"""Tables of articles, what people do with them, and what knowledge keeps of cases and contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from services.knowledge.models.base import COUNT, FREE_TEXT, INDIRECT, Base


class Article(Base, table=True):
    """What is known about one issue, as it stands now; `article_version` keeps how it came to be."""

    __tablename__ = "article"

    id: UUID = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    problem: str | None = Field(sa_column_kwargs=FREE_TEXT)
    environment: str | None = Field(sa_column_kwargs=FREE_TEXT)
    cause: str | None = Field(sa_column_kwargs=FREE_TEXT)
    resolution: str | None = Field(sa_column_kwargs=FREE_TEXT)
    html: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=FREE_TEXT)
    """Section -> safe HTML, made when the text was saved."""
    plain: str = Field(sa_column_kwargs=FREE_TEXT)
    """All sections as a reader sees them: what is indexed and cut into snippets."""
    language: str
    state: str = Field(index=True)
    audience: str
    product: str | None = Field(index=True)
    driver: str | None
    case_id: UUID | None = Field(unique=True)
    """The case whose write-up it is; None when written without one."""
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    source: str | None = Field(unique=True)
    """Its name where it was imported from; None when it was written here."""
    author: str
    owner: str | None
    """Who keeps it right; None: whoever works on it."""
    review_at: datetime | None = Field(index=True)
    """When somebody should look whether it is still right; None before it is validated."""
    published_at: datetime | None
    """When it was first validated."""
    similar_to: UUID | None
    """An article that already tells the same and should be reused instead; None when there is none."""
    similarity: float | None
    version: int
    created_at: datetime
    changed_at: datetime


class ArticleVersion(Base, table=True):
    """One earlier or present wording and standing of an article; never changed, blanked on erasure."""

    __tablename__ = "article_version"

    article_id: UUID = Field(primary_key=True, sa_column_kwargs={"info": {"part_of": "article.id"}})
    version: int = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    problem: str | None = Field(sa_column_kwargs=FREE_TEXT)
    environment: str | None = Field(sa_column_kwargs=FREE_TEXT)
    cause: str | None = Field(sa_column_kwargs=FREE_TEXT)
    resolution: str | None = Field(sa_column_kwargs=FREE_TEXT)
    language: str
    state: str
    audience: str
    reason: str
    """created, edited, case_written_up, state_set, promoted_by_reuse, reused_instead or erased."""
    changed_by: str
    changed_at: datetime


class ArticleLink(Base, table=True):
    """An article solved a case or a contact."""

    __tablename__ = "article_link"
    __table_args__ = (UniqueConstraint("article_id", "solved"),)

    id: UUID = Field(primary_key=True)
    article_id: UUID = Field(index=True)
    solved: str
    """`case:<id>` or `contact:<id>`: an article is linked to each once."""
    case_id: UUID | None = Field(index=True)
    contact_id: UUID | None
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    linked_by: str
    linked_at: datetime


class ArticleFlag(Base, table=True):
    """Somebody says that an article is wrong, unclear or out of date; settled by the next edit."""

    __tablename__ = "article_flag"

    id: UUID = Field(primary_key=True)
    article_id: UUID = Field(index=True, sa_column_kwargs={"info": {"part_of": "article.id"}})
    article_version: int
    reason: str
    note: str | None = Field(sa_column_kwargs=FREE_TEXT)
    case_id: UUID | None = Field(index=True)
    flagged_by: str
    flagged_at: datetime
    settled_at: datetime | None
    """None while open."""


class ArticleVote(Base, table=True):
    """Whether an article helped one visitor of self-service; the last word counts."""

    __tablename__ = "article_vote"

    article_id: UUID = Field(primary_key=True)
    session_id: UUID = Field(primary_key=True, index=True)
    """Of who has none, a stand-in for the day that nothing can be told from (domain/visitors.py)."""
    helpful: bool
    voted_at: datetime


class OpenCase(Base, table=True):
    """Our copy of the words of cases that are not resolved yet, to suggest articles for them."""

    __tablename__ = "open_case"

    case_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(index=True, sa_column_kwargs=INDIRECT)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    text: str = Field(sa_column_kwargs=FREE_TEXT)
    language: str
    opened_at: datetime


class ArticleCheck(Base, table=True):
    """One look at an article with the content-standard checklist (KCS): for coaching, not a target."""

    __tablename__ = "article_check"

    id: UUID = Field(primary_key=True)
    article_id: UUID = Field(index=True)
    article_version: int
    answers: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=COUNT)
    """Criterion -> yes or no."""
    note: str | None = Field(sa_column_kwargs=FREE_TEXT)
    checked_by: str
    checked_at: datetime


class ClosedCase(Base, table=True):
    """That a case was resolved, and when: the whole of which the linked ones are a part."""

    __tablename__ = "closed_case"

    case_id: UUID = Field(primary_key=True)
    driver: str | None
    resolved_at: datetime = Field(index=True)


class HeardContact(Base, table=True):
    """What we must know of a contact to judge self-service, training and processes."""

    __tablename__ = "heard_contact"

    contact_id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    driver: str | None = Field(index=True)
    department: str | None
    agent_id: UUID | None = Field(index=True)
    team: str | None
    resolved: str | None
    handle_seconds: float = Field(sa_column_kwargs=COUNT)
    waited_seconds: float = Field(sa_column_kwargs=COUNT)
    """From the start to the end without the handling."""
    started_at: datetime = Field(index=True)


class ErasedCustomer(Base, table=True):
    """A customer whom we have forgotten: what is told late about them is not kept."""

    __tablename__ = "erased_customer"

    customer_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    erased_at: datetime

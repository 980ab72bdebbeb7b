"""Tables of the knowledge service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.kit.tables import kit_tables
from services.knowledge.domain.analysis import LONGEST_TERM

_TERM = String(LONGEST_TERM).with_variant(String(LONGEST_TERM, collation="C"), "postgresql")
"""Terms are compared byte by byte on both databases."""
_FREE_TEXT = {"info": {"pii": "free_text"}}
_INDIRECT = {"info": {"pii": "indirect"}}
_COUNT = {"info": {"pii": "none"}}
"""Numbers about a text, not the text."""


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""


class Article(Base, table=True):
    """What is known about one issue, as it stands now; `article_version` keeps how it came to be."""

    __tablename__ = "article"

    id: UUID = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=_FREE_TEXT)
    problem: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    environment: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    cause: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    resolution: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    html: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=_FREE_TEXT)
    """Section -> safe HTML, made when the text was saved."""
    plain: str = Field(sa_column_kwargs=_FREE_TEXT)
    """All sections as a reader sees them: what is indexed and cut into snippets."""
    language: str
    state: str = Field(index=True)
    audience: str
    product: str | None
    driver: str | None
    case_id: UUID | None = Field(unique=True)
    """The case whose write-up it is; None when written without one."""
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=_INDIRECT)
    author: str
    similar_to: UUID | None
    """An article that already tells the same and should be reused instead; None when there is none."""
    similarity: float | None
    version: int
    created_at: datetime
    changed_at: datetime


class ArticleVersion(Base, table=True):
    """One earlier or present wording and standing of an article; never changed, blanked on erasure."""

    __tablename__ = "article_version"

    article_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=_FREE_TEXT)
    problem: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    environment: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    cause: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    resolution: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    language: str
    state: str
    audience: str
    reason: str
    """created, edited, case_written_up, state_set, promoted_by_reuse, reused_instead or erased."""
    changed_by: str
    changed_at: datetime


class IndexedArticle(Base, table=True):
    """What a search must know of an article before it looks at its text."""

    __tablename__ = "kb_doc"

    article_id: UUID = Field(primary_key=True)
    title_length: int = Field(sa_column_kwargs=_COUNT)
    """Terms, as is `body_length`."""
    body_length: int = Field(sa_column_kwargs=_COUNT)
    language: str
    """Primary language alone: zh for zh-Hans."""
    state: str
    audience: str


class Posting(Base, table=True):
    """How often one term occurs in one article; written in the article's own transaction."""

    __tablename__ = "kb_posting"

    term: str = Field(sa_type=_TERM, primary_key=True, sa_column_kwargs=_FREE_TEXT)
    article_id: UUID = Field(primary_key=True, index=True)
    in_title: int = Field(sa_column_kwargs=_COUNT)
    in_body: int = Field(sa_column_kwargs=_COUNT)


class Word(Base, table=True):
    """A word that stood in an article; only for corrections, so nothing is counted here and no row gets hot."""

    __tablename__ = "kb_word"
    __table_args__ = (Index("ix_kb_word_initial_length", "initial", "length"),)

    term: str = Field(sa_type=_TERM, primary_key=True, sa_column_kwargs=_FREE_TEXT)
    initial: str
    length: int


class ArticleLink(Base, table=True):
    """An article solved a case or a contact."""

    __tablename__ = "article_link"
    __table_args__ = (UniqueConstraint("article_id", "solved"),)

    id: UUID = Field(primary_key=True)
    article_id: UUID = Field(index=True)
    solved: str
    """`case:<id>` or `contact:<id>`: an article is linked to each once."""
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=_INDIRECT)
    linked_by: str
    linked_at: datetime


class ArticleFlag(Base, table=True):
    """Somebody says that an article is wrong, unclear or out of date; settled by the next edit."""

    __tablename__ = "article_flag"

    id: UUID = Field(primary_key=True)
    article_id: UUID = Field(index=True)
    article_version: int
    reason: str
    note: str | None = Field(sa_column_kwargs=_FREE_TEXT)
    case_id: UUID | None = Field(index=True)
    flagged_by: str
    flagged_at: datetime
    settled_at: datetime | None
    """None while open."""


class ArticleVote(Base, table=True):
    """Whether an article helped one visitor of self-service; the last word counts."""

    __tablename__ = "article_vote"

    article_id: UUID = Field(primary_key=True)
    session_id: UUID = Field(primary_key=True)
    helpful: bool
    voted_at: datetime


class OpenCase(Base, table=True):
    """Our copy of the words of cases that are not resolved yet, to suggest articles for them."""

    __tablename__ = "open_case"

    case_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(index=True, sa_column_kwargs=_INDIRECT)
    title: str = Field(sa_column_kwargs=_FREE_TEXT)
    text: str = Field(sa_column_kwargs=_FREE_TEXT)
    language: str
    opened_at: datetime


class HelpSession(Base, table=True):
    """One visitor of self-service, from the first search to the answer or to us."""

    __tablename__ = "help_session"

    id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=_INDIRECT)
    """None while nobody knows who it is."""
    customer_keys: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs={"info": {"pii": "direct"}})
    language: str | None
    started_at: datetime
    last_at: datetime
    failed_at: datetime | None
    """None while the visitor has not said that nothing helped."""
    wants_contact: bool


class HelpQuery(Base, table=True):
    """What a visitor asked, and how many articles answered."""

    __tablename__ = "help_query"

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(index=True)
    query: str = Field(sa_column_kwargs=_FREE_TEXT)
    query_key: str = Field(index=True, sa_column_kwargs=_FREE_TEXT)
    """The different terms in alphabetical order: rewordings of one question share it."""
    language: str | None
    results: int | None
    """None when the visitor searched elsewhere and only told us about it."""
    searched_at: datetime


class HelpOpening(Base, table=True):
    """A visitor opened an article."""

    __tablename__ = "help_opening"

    session_id: UUID = Field(primary_key=True)
    article_id: UUID = Field(primary_key=True)
    opened_at: datetime


KIT = kit_tables(Base.metadata)

"""Tables of the search index."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from services.knowledge.models.base import COUNT, FREE_TEXT, STANDING, TERM, Base


class IndexedArticle(Base, table=True):
    """What a search must know of an article, guide or peer answer before it looks at its words."""

    __tablename__ = "kb_doc"
    __table_args__ = (Index("ix_kb_doc_standing", "standing", "title_length", "text_length"),)

    article_id: UUID = Field(primary_key=True)
    """The id of the article, guide or peer answer."""
    standing: str = Field(sa_type=STANDING, sa_column_kwargs=COUNT)
    """See domain/standing.py."""
    title_length: int = Field(sa_column_kwargs=COUNT)
    """Terms, as is `text_length`, which counts the title too."""
    text_length: int = Field(sa_column_kwargs=COUNT)
    analyzer: int
    """Version of the analyzer that read it; older ones are read again."""


class Posting(Base, table=True):
    """How often one term occurs in one article; written in the article's own transaction. The key holds all, so that the index alone answers."""

    __tablename__ = "kb_posting"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  SQLAlchemy reads a plain dict

    term: str = Field(sa_type=TERM, primary_key=True, sa_column_kwargs=FREE_TEXT)
    standing: str = Field(sa_type=STANDING, primary_key=True, sa_column_kwargs=COUNT)
    article_id: UUID = Field(primary_key=True, index=True)
    in_title: int = Field(primary_key=True, sa_column_kwargs=COUNT)
    in_text: int = Field(primary_key=True, sa_column_kwargs=COUNT)
    title_length: int = Field(primary_key=True, sa_column_kwargs=COUNT)
    text_length: int = Field(primary_key=True, sa_column_kwargs=COUNT)


class ChangedArticle(Base, table=True):
    """When the index rows of an article last changed, for processes that keep them in memory."""

    __tablename__ = "kb_change"

    article_id: UUID = Field(primary_key=True)
    stamp: int = Field(sa_type=BigInteger, index=True)
    """Grows with each change; not below the number of the transaction on PostgreSQL, one after the other on SQLite."""


class Word(Base, table=True):
    """A word that stood in an article; only for corrections, so nothing is counted here and no row gets hot."""

    __tablename__ = "kb_word"
    __table_args__ = (Index("ix_kb_word_initial_length", "initial", "length"), Index("ix_kb_word_final_length", "final", "length"))

    term: str = Field(sa_type=TERM, primary_key=True, sa_column_kwargs=FREE_TEXT)
    initial: str
    final: str
    length: int


class ArticleVector(Base, table=True):
    """The meaning of an article's parts as vectors; filled by a job soon after the commit."""

    __tablename__ = "kb_vector"

    article_id: UUID = Field(primary_key=True)
    stamp: int = Field(index=True)
    """Grows with each batch; each process reads on from the last one it knows."""
    standing: str = Field(sa_type=STANDING, sa_column_kwargs=COUNT)
    parts: int = Field(sa_column_kwargs=COUNT)
    vectors: bytes = Field(sa_column_kwargs=FREE_TEXT)
    """`parts` rows of float16, empty when nothing is left of the text."""
    embedder: str


class VectorClock(Base, table=True):
    """One row; locked while a batch of vectors is written, so that stamps become visible in order."""

    __tablename__ = "kb_vector_clock"

    id: int = Field(primary_key=True)
    stamp: int


class AwaitingVector(Base, table=True):
    """An article whose vectors are behind its text or standing."""

    __tablename__ = "kb_awaiting_vector"

    article_id: UUID = Field(primary_key=True)
    since: datetime

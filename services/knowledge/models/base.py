"""What all tables of this service share."""

from sqlalchemy import String
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from services.knowledge.domain.analysis import LONGEST_TERM
from services.knowledge.domain.standing import LONGEST_STANDING

TERM = String(LONGEST_TERM).with_variant(String(LONGEST_TERM, collation="C"), "postgresql")
"""Terms are compared byte by byte on both databases."""
STANDING = String(LONGEST_STANDING).with_variant(String(LONGEST_STANDING, collation="C"), "postgresql")
FREE_TEXT = {"info": {"pii": "free_text"}}
INDIRECT = {"info": {"pii": "indirect"}}
DIRECT = {"info": {"pii": "direct"}}
COUNT = {"info": {"pii": "none"}}
"""Numbers about a text, not the text."""


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

"""The base of routing's tables, and the words for what is personal in them."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

DIRECT = {"info": {"pii": "direct"}}
INDIRECT = {"info": {"pii": "indirect"}}
FREE_TEXT = {"info": {"pii": "free_text"}}
NONE = {"info": {"pii": "none"}}


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

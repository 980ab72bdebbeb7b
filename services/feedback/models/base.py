"""What all tables of feedback share."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

DIRECT = {"info": {"pii": "direct"}}
INDIRECT = {"info": {"pii": "indirect"}}
FREE = {"info": {"pii": "free_text"}}
NONE = {"info": {"pii": "none"}}


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

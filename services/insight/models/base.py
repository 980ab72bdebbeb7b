"""What all of insight's tables share."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

INDIRECT = {"info": {"pii": "indirect"}}
DIRECT = {"info": {"pii": "direct"}}
FREE_TEXT = {"info": {"pii": "free_text"}}
NONE = {"info": {"pii": "none"}}


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

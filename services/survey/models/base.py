"""What every table of survey shares."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel

DIRECT = {"info": {"pii": "direct"}}
INDIRECT = {"info": {"pii": "indirect"}}
FREE_TEXT = {"info": {"pii": "free_text"}}


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

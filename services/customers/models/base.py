"""What every table of customers stands on."""

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

DIRECT = {"info": {"pii": "direct"}}
INDIRECT = {"info": {"pii": "indirect"}}
NONE = {"info": {"pii": "none"}}
FREE_TEXT = {"info": {"pii": "free_text"}}
SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

"""What every table of customers stands on."""

from sqlalchemy import BigInteger, Integer, text
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

DIRECT = {"info": {"pii": "direct"}}
INDIRECT = {"info": {"pii": "indirect"}}
NONE = {"info": {"pii": "none"}}
FREE_TEXT = {"info": {"pii": "free_text"}}
ZERO = {"server_default": text("0")}
FALSE = {"server_default": text("false")}
SERIAL = BigInteger().with_variant(Integer, "sqlite")


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""

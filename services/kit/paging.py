"""Cursors: opaque to the client, the sort key of the last row to us; new rows before it never shift a page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BinasciiError
from typing import Generic, TypeVar

import orjson
from pydantic import BaseModel

from services.kit.errors import InvalidInput

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some items, and where the next ones begin; `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


def encode_cursor(*parts: str) -> str:
    """Return the cursor that stands behind the row with this sort key."""
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_cursor(text: str, count: int) -> list[str]:
    """Return the `count` parts of a cursor; raises InvalidInput when it is not one of ours."""
    try:
        parts = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, BinasciiError):
        parts = None
    if not isinstance(parts, list) or len(parts) != count or not all(isinstance(part, str) and "\x00" not in part for part in parts):
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor")
    return parts

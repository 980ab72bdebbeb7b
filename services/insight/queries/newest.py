"""Lists whose newest rows come first, page by page; ids are UUIDv7, so that their order is that of time."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, desc
from sqlmodel import SQLModel, col

from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.fields import View
from services.kit.paging import decode_cursor, encode_cursor

V = TypeVar("V", bound=View)


async def newest(tx: Tx, statement: Select[Any], model: type[SQLModel], view: type[V], page: tuple[str | None, int]) -> tuple[list[V], str | None]:
    """Return one page (cursor, size) of what the statement finds of a model, newest first, and where the next one begins; raises InvalidInput."""
    cursor, limit = page
    key: Any = col(model.id)  # type: ignore[attr-defined]  # every table that is listed has one
    if cursor is not None:
        try:
            statement = statement.where(key < UUID(decode_cursor(cursor, 1)[0]))
        except ValueError as wrong:
            raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor") from wrong
    found = await tx.all(statement.order_by(desc(key)).limit(limit + 1), model)
    views = [view.model_validate(one) for one in found[:limit]]
    return views, encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None  # type: ignore[attr-defined]  # as above

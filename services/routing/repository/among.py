"""Reading or changing many rows by their keys in one statement."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, any_, bindparam

from services.kit.db import Tx


def among(tx: Tx, column: Any, keys: Collection[Any]) -> Any:
    """Return the condition that a column has one of the keys; on PostgreSQL one array, where `IN` would be one parameter for each."""
    if tx.dialect_name == "postgresql":
        return column == any_(bindparam(None, sorted(keys), type_=ARRAY(column.type)))
    return column.in_(sorted(keys))

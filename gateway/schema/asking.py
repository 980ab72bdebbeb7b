"""How a question of the root is put to a service: its filters as text, one page at a time, and nothing for what is not there."""

from datetime import datetime
from typing import Any

from gateway.clients.failures import Problem
from gateway.clients.service import Query
from gateway.context import GatewayContext, Info, at
from gateway.schema.relay import checked_first

NOT_FOUND = 404


async def or_none(asked: Any) -> Any:
    """Return None for what is not there; every other refusal is an error."""
    try:
        return await asked
    except Problem as problem:
        if problem.status == NOT_FOUND:
            return None
        raise


def paged(info: Info, first: int, after: str | None, **filters: object) -> tuple[GatewayContext, Query]:
    """Return the context, and the query of one page."""
    context = at(info)
    return context, {**texts(**filters), "limit": checked_first(first), "cursor": after}


def texts(**filters: object) -> dict[str, str | None]:
    """Return the filters as they stand in an address."""
    return {name: _text(value) for name, value in filters.items()}


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)

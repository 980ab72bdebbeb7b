"""Whom a fact is shown to: readers and writers of some sites or vendors only see what happened there."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel

from services.kit.db import Tx


def seen(tx: Tx, model: type[SQLModel]) -> list[ColumnElement[bool]]:
    """Return the conditions that keep a principal to their sites and vendors; none for one without limits."""
    table: Any = model
    limits: list[ColumnElement[bool]] = []
    if tx.principal is not None and tx.principal.sites is not None:
        limits.append(table.site.in_(sorted(tx.principal.sites)))
    if tx.principal is not None and tx.principal.vendors is not None:
        limits.append(table.vendor.in_(sorted(tx.principal.vendors)))
    return limits


def is_limited(tx: Tx) -> bool:
    """Say whether the principal may see a part of the organisation only."""
    return tx.principal is not None and (tx.principal.sites is not None or tx.principal.vendors is not None)

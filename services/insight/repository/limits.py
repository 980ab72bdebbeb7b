"""Whom a fact is shown to: readers and writers of some sites or vendors only see what happened there."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, col

from services.insight.domain.alerts import AlertKind
from services.insight.models import Alert
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


def alerts_shown(tx: Tx) -> list[ColumnElement[bool]]:
    """Return the conditions that keep alerts to what the principal may see.

    A reader of some sites or vendors sees the broken stages of these; not what is told of the whole house, nor an outlier, whose sentence
    names the share of the whole house.
    """
    return [*seen(tx, Alert), col(Alert.kind) == AlertKind.CYCLE] if is_limited(tx) else []

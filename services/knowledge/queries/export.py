"""Knowledge's part of a copy of a person's data."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.customers.contract import ExportView
from services.kit.db import Tx
from services.kit.subjects import rows_about
from services.knowledge.models import Base, HelpSession


async def export_customers(tx: Tx, customer_ids: Collection[UUID]) -> ExportView:
    """Return every row that names these records, or a self-service session of theirs, or hangs on such a row."""
    mine = select(col(HelpSession.id)).where(col(HelpSession.customer_id).in_(customer_ids))
    sessions = [row["id"] for row in await tx.rows(mine)]
    tables = await rows_about(tx, Base.metadata, "customer_id", customer_ids)
    for name, rows in (await rows_about(tx, Base.metadata, "session_id", sessions) if sessions else {}).items():
        known = tables.setdefault(name, [])
        known += [row for row in rows if row not in known]
    kept = {name: rows for name, rows in sorted(tables.items()) if rows}
    return ExportView(service="knowledge", customer_ids=sorted(customer_ids), as_of=tx.now, tables=kept)

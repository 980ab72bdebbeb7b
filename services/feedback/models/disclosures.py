"""Who saw clear text."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.feedback.models.base import DIRECT, INDIRECT, Base


class Disclosure(Base, table=True):
    """Somebody read the clear text of an item. Rows are only ever added; each carries the hash of the one before."""

    __tablename__ = "disclosure"

    place: int = Field(primary_key=True)
    item_id: UUID = Field(sa_column_kwargs=INDIRECT)
    by: str = Field(sa_column_kwargs=DIRECT)
    at: datetime
    chain: str

"""What customers had from us before: asks and tellings, as caps and cool-downs count them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import col, select

from services.kit.db import Tx
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.telling import NO_PROGRAMME
from services.survey.models import Invitation
from services.survey.models.told import Telling
from services.survey.repository.planning import quickly

_ASKS: Any = (
    *(Invitation.customer_id, Invitation.invited_at, Invitation.programme, Invitation.survey, Invitation.channel, Invitation.state),
    *(quickly(col(Invitation.attribution)), quickly(col(Invitation.reminded_at))),
)
_TELLINGS: Any = (Telling.customer_id, Telling.counted_at, Telling.channel)


async def contacts_of(tx: Tx, customer_ids: Collection[UUID], *, but: UUID | None = None) -> dict[UUID, list[PastAsk]]:
    """Return every ask and telling that these customers ever had, oldest first; `but` is a telling that is left out. Who had none is missing."""
    found: dict[UUID, list[PastAsk]] = defaultdict(list)
    asks = select(*_ASKS).where(tx.among(col(Invitation.customer_id), customer_ids)).order_by(col(Invitation.invited_at))
    for row in await tx.rows(asks):
        found[row["customer_id"]].append(_ask(row))
    counted = select(*_TELLINGS).where(tx.among(col(Telling.customer_id), customer_ids), col(Telling.counted_at).is_not(None))
    told = await tx.rows(counted if but is None else counted.where(col(Telling.id) != but))
    for row in told:
        found[row["customer_id"]].append(PastAsk(row["counted_at"], NO_PROGRAMME, NO_PROGRAMME, row["channel"], is_question=False))
    for customer_id in {row["customer_id"] for row in told}:
        found[customer_id].sort(key=attrgetter("invited_at"))
    return found


def _ask(row: RowMapping) -> PastAsk:
    reminded = tuple(datetime.fromisoformat(moment) for moment in row["reminded_at"]) if row["reminded_at"] else ()
    is_answered = row["state"] == "answered"
    return PastAsk(row["invited_at"], row["programme"], row["survey"], row["channel"], is_answered, row["attribution"], reminded)

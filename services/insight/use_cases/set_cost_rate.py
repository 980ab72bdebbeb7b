"""What an hour of handling costs, from when on."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlmodel import col

from services.insight import repository
from services.insight.domain.charge import MAX_PER_HOUR, is_role, to_micros
from services.insight.models import ContactFact, CostRate
from services.insight.repository.rollups import touch_where
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Code, Command, Instant
from services.kit.ids import new_id

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class RoleUnused(Refused):
    """A contact is priced as `agent`, or as `agent.` and its channel; a rate for any other role would be read by nobody."""

    code = "role_unused"


class CurrencyDiffers(Conflict):
    """All rates are in one currency, because sums over departments and drivers need it."""

    code = "currency_differs"


class SetCostRate(Command):
    """A rate per hour of handling. `department` is the one that pays (None: any).

    `valid_from` None: since always for the first rate of this role and department, from now on for a later one.
    """

    per_hour: Annotated[Decimal, Field(ge=0, le=MAX_PER_HOUR, decimal_places=6)]
    currency: Currency
    department: Code | None = None
    valid_from: Instant | None = None


async def set_cost_rate(uow: UnitOfWork, role: str, command: SetCostRate) -> CostRate:
    """Add a rate; what ended before it holds keeps its price. The same rate again changes nothing."""
    if not is_role(role):
        raise RoleUnused(f"{role} prices nothing. Use agent, or agent. and a channel, e.g. agent.chat.", pointer="/role")
    currency = await repository.currency(uow)
    if currency not in {None, command.currency}:
        raise CurrencyDiffers(f"The other rates are in {currency}, this one is in {command.currency}.", pointer="/currency")
    payer, micros = command.department or "", to_micros(command.per_hour)
    current = await repository.current_rate(uow, role, payer, command.valid_from or uow.now)
    if current is not None and current.per_hour_micros == micros and command.valid_from in {None, current.valid_from}:
        return current
    valid_from = command.valid_from or (uow.now if current else ALWAYS)
    rate = CostRate(
        id=current.id if current and current.valid_from == valid_from else new_id(),
        role=role,
        department=payer,
        per_hour_micros=micros,
        currency=command.currency,
        valid_from=valid_from,
        set_by=uow.principal.subject if uow.principal else "house",
        set_at=uow.now,
    )
    await uow.upsert(CostRate, rate.model_dump(), key=("role", "department", "valid_from"))
    await touch_where(uow, ContactFact, col(ContactFact.ended_at) >= valid_from)
    await repository.price(uow, col(ContactFact.ended_at) >= valid_from)
    return rate

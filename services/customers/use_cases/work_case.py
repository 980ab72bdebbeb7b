"""Open a case, write down what solved it, and resolve it."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CaseOpened, CaseResolved, CaseWrittenUp
from services.customers.models import CaseWriteUp, CustomerCase
from services.customers.use_cases.find_customer import find_customer
from services.customers.use_cases.name_actor import actor
from services.customers.use_cases.put_customer import GivenKey
from services.kit.db import UnitOfWork
from services.kit.fields import Body, Code, Command, Language, Line, Name
from services.kit.ids import new_id

NEW = {
    **dict.fromkeys(("resolved_at", "confirmed_at", "promise", "promised_for")),
    "state": "open",
    "contact_count": 0,
    "written_exchanges": 0,
    "call_advised": False,
}
"""What every case begins with."""


class OpenCase(Command):
    """An issue of a customer, named by `customer_key` or `customer_id`. `owner` is the agent who opens it when it is left out."""

    customer_key: GivenKey | None = None
    customer_id: UUID | None = None
    title: Line
    description: Body
    product: Name | None = None
    driver: Code | None = None
    language: Language
    owner: Name | None = None


class WriteUpCase(Command):
    """What was wrong and what solved it, for everybody who meets it next."""

    title: Line
    problem: Body
    environment: Body | None = None
    cause: Body | None = None
    resolution: Body
    language: Language


async def open_case(uow: UnitOfWork, command: OpenCase) -> CustomerCase:
    """Open a case."""
    customer_id = await find_customer(uow, command.customer_id, command.customer_key)
    told = {
        **command.model_dump(include={"title", "description", "product", "driver", "language"}),
        "customer_id": customer_id,
        "owner": command.owner or actor(uow),
        "opened_at": uow.now,
    }
    row = {**told, "id": new_id(), **NEW, "version": 1}
    await repository.add_case(uow, row)
    await repository.touch(uow, customer_id)
    uow.emit(CaseOpened.model_validate({**told, "case_id": row["id"]}))
    return CustomerCase.model_validate(row)


async def write_up_case(uow: UnitOfWork, case_id: UUID, command: WriteUpCase) -> CaseWriteUp:
    """Write down what solved it; a second write-up stands beside the first and replaces it in the knowledge base."""
    case = await repository.case(uow, case_id, lock=True)
    row = {**command.model_dump(), "id": new_id(), "case_id": case_id, "author": actor(uow), "written_at": uow.now}
    await repository.add_write_up(uow, case.customer_id, row)
    await repository.change_case(uow, case, {})
    uow.emit(CaseWrittenUp.model_validate({**row, "customer_id": case.customer_id, "product": case.product, "driver": case.driver}))
    return CaseWriteUp.model_validate(row)


async def resolve_case(uow: UnitOfWork, case_id: UUID) -> CustomerCase:
    """Close a case; again changes nothing."""
    case = await repository.case(uow, case_id, lock=True)
    if case.state != "open":
        return case
    uow.emit(CaseResolved(case_id=case_id, customer_id=case.customer_id, driver=case.driver, resolved_at=uow.now))
    return await repository.change_case(uow, case, {"state": "resolved", "resolved_at": uow.now})

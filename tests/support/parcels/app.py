"""Parcels: one table, two events, one job; enough to see every promise of the kit kept."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import Response
from sqlalchemy import func
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col, select, update

from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.due import DueJob, TxJob
from services.kit.errors import Conflict, NotFound, StaleVersion
from services.kit.events import Event
from services.kit.fields import Command, Int32, Line, Name, Reference, View
from services.kit.http import APIRouter, Cursor, IfMatch, Page, PageSize, Read, Write, etag, requires
from services.kit.ids import new_id
from services.kit.paging import decode_cursor, encode_cursor
from services.kit.service import Consumer, Runtime, Service
from services.kit.settings import ServiceSettings
from services.kit.tables import kit_tables


class Base(SQLModel, registry=registry()):
    """Tables of parcels alone."""


class Parcel(Base, table=True):
    __tablename__ = "parcel"
    id: UUID = Field(primary_key=True)
    name: str
    weight: int
    reference: str | None = Field(unique=True)
    sent_at: datetime
    reminded: int = 0
    version: int = 1


class Heard(Base, table=True):
    __tablename__ = "heard"
    id: UUID = Field(primary_key=True)
    place: str
    parcel: str
    number: int


KIT = kit_tables(Base.metadata)


class ParcelSent(Event):
    subject: ClassVar[str] = "parcels.sent.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("parcel_id",)
    parcel_id: UUID
    name: str


class ParcelMoved(Event):
    subject: ClassVar[str] = "depot.parcel_moved.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("parcel",)
    parcel: str
    place: str
    number: int


class SendParcel(Command):
    name: Name
    weight: Int32
    reference: Reference | None = None
    note: Line | None = None
    marks: list[Name] = Field(default=[], max_length=10)


class ParcelView(View):
    id: UUID
    name: str
    weight: int
    version: int


class TooHeavy(Conflict):
    """Parcels weigh at most 1,000."""

    code = "parcels_too_heavy"


async def send_parcel(uow: UnitOfWork, command: SendParcel) -> Parcel:
    if command.weight > 1000:
        raise TooHeavy(f"{command.weight} is more than 1,000.", pointer="/weight")
    parcel = {"id": new_id(), "name": command.name, "weight": command.weight, "reference": command.reference, "sent_at": uow.now}
    await uow.insert(Parcel, parcel)
    uow.emit(ParcelSent(parcel_id=parcel["id"], name=command.name))
    await uow.schedule("remind", key=str(parcel["id"]), at=uow.now + timedelta(hours=1), payload={"times": 1})
    return Parcel.model_validate({**parcel, "version": 1, "reminded": 0})


async def rename(uow: UnitOfWork, parcel_id: UUID, name: str, expected: int) -> ParcelView:
    changed = await uow.execute(
        update(Parcel).where(col(Parcel.id) == parcel_id, col(Parcel.version) == expected).values(name=name, version=expected + 1)
    )
    if not changed:
        raise StaleVersion(f"Parcel {parcel_id} is not at version {expected} any more.")
    return await parcel_by_id(uow, parcel_id)


async def parcel_by_id(tx: Tx, parcel_id: UUID) -> ParcelView:
    found = await tx.first(select(Parcel).where(col(Parcel.id) == parcel_id), ParcelView)
    if found is None:
        raise NotFound(f"There is no parcel {parcel_id}.")
    return found


async def parcels_after(tx: Tx, cursor: str | None, limit: int) -> Page[ParcelView]:
    statement = select(Parcel).order_by(col(Parcel.id)).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(Parcel.id) > UUID(decode_cursor(cursor, 1)[0]))
    found = await tx.all(statement, ParcelView)
    return Page(items=found[:limit], next_cursor=encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None)


async def count(tx: Tx) -> int:
    return int(await tx.scalar(select(func.count()).select_from(Parcel)))


async def heard_of(tx: Tx, parcel: str) -> list[int]:
    return [heard.number for heard in await tx.all(select(Heard).where(col(Heard.parcel) == parcel).order_by(col(Heard.id)), Heard)]


async def hear_moved(uow: UnitOfWork, event: ParcelMoved) -> None:
    if event.place == "nowhere":
        raise ValueError("nowhere is no place")
    await uow.insert(Heard, {"id": new_id(), "place": event.place, "parcel": event.parcel, "number": event.number})


async def remind(uow: UnitOfWork, job: DueJob) -> None:
    statement = update(Parcel).where(col(Parcel.id) == UUID(job.key)).values(reminded=col(Parcel.reminded) + job.payload["times"])
    assert await uow.execute(statement) == 1


router = APIRouter(tags=["parcels"])


@router.post("/v1/parcels", status_code=201, response_model=ParcelView)
async def post_parcel(command: SendParcel, write: Write, _: Annotated[Principal, requires("parcels:write")]) -> Response:
    return await write(send_parcel, command, view=ParcelView)


@router.get("/v1/parcels/{parcel_id}", response_model=ParcelView)
async def get_parcel(parcel_id: UUID, read: Read, response: Response, _: Annotated[Principal, requires("parcels:read")]) -> ParcelView:
    found = await read(parcel_by_id, parcel_id)
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/v1/parcels", response_model=Page[ParcelView])
async def list_parcels(
    read: Read, _: Annotated[Principal, requires("parcels:read")], cursor: Cursor = None, limit: PageSize = 50
) -> Page[ParcelView]:
    return await read(parcels_after, cursor, limit)


class Rename(Command):
    name: Name


@router.patch("/v1/parcels/{parcel_id}", response_model=ParcelView)
async def patch_parcel(
    parcel_id: UUID, command: Rename, expected: IfMatch, write: Write, _: Annotated[Principal, requires("parcels:write")]
) -> Response:
    return await write(rename, parcel_id, command.name, expected, view=ParcelView)


async def start(runtime: Runtime) -> None:
    runtime.resources["started"] = True


service = Service(
    name="parcels",
    package="tests.support.parcels",
    metadata=Base.metadata,
    settings=ServiceSettings,
    routers=[router],
    consumers=[Consumer(ParcelMoved, hear_moved)],
    jobs=[TxJob("remind", remind)],
    on_start=start,
)

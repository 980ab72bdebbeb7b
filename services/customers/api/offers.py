"""The offer catalogue, and the offer for one customer."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.customers import repository
from services.customers.contract import OfferView
from services.customers.queries.offer import offer
from services.customers.use_cases.put_offer import PutOffer, put_offer
from services.kit.auth import Principal
from services.kit.fields import View
from services.kit.http import APIRouter, Page, Read, RuntimeDep, Write, requires

router = APIRouter(tags=["offers"])
OfferKey = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class Place(StrEnum):
    """Where the offer would be shown."""

    DESK = "desk"
    SELF_SERVICE = "self_service"


class CatalogueView(View):
    """An offer in the catalogue."""

    key: str
    title: str
    for_products: list[str]
    message: dict[str, str]
    version: int
    changed_at: datetime


@router.put("/v1/offers/{key}", response_model=CatalogueView)
async def put_catalogued(key: OfferKey, command: PutOffer, write: Write, _: Annotated[Principal, requires("customers:admin")]) -> Response:
    """Create or replace an offer of the catalogue."""
    return await write(put_offer, key, command, view=CatalogueView)


@router.get("/v1/offers", response_model=Page[CatalogueView])
async def list_catalogued(read: Read, _: Annotated[Principal, requires("customers:read")]) -> Page[CatalogueView]:
    """Return the catalogue."""
    return Page(items=[CatalogueView.model_validate(row) for row in await read(repository.catalogue)], next_cursor=None)


@router.get("/v1/customers/{customer_id}/offer", response_model=OfferView)
async def get_offer(
    customer_id: UUID,
    read: Read,
    runtime: RuntimeDep,
    _: Annotated[Principal, requires("customers:read")],
    place: Annotated[Place, Query()] = Place.DESK,
) -> OfferView:
    """Return the offer that fits what the customer bought, or every reason to withhold one now."""
    return await read(offer, customer_id, place.value, timedelta(days=runtime.settings.offer_quiet_days))

"""Customers by key and by id."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.customers import repository
from services.customers.contract import CandidateView, CustomerView, RefusalView
from services.customers.contract.likely import LikelyAuthorView
from services.customers.domain.keys import KeyKind
from services.customers.queries.candidates import candidates
from services.customers.queries.likely_authors import WhoWrote, likely_authors
from services.customers.queries.resolve import customer_by_key
from services.customers.use_cases.erase_customer import erase_customer
from services.customers.use_cases.put_customer import GivenKey, PutCustomer, add_key, put_customer
from services.customers.use_cases.read_key import read_key
from services.customers.use_cases.refuse_candidate import allow_candidate, refuse_candidate
from services.kit.auth import Principal
from services.kit.db import UnitOfWork
from services.kit.http import APIRouter, Page, Read, Write, requires

router = APIRouter(tags=["customers"])
KeyValue = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
CountryHint = Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="reads phone numbers written without +")]


@router.put("/v1/customers/by-key/{kind}/{value:path}", response_model=CustomerView)
async def put_by_key(
    kind: KeyKind, value: KeyValue, command: PutCustomer, write: Write, _: Annotated[Principal, requires("customers:write")]
) -> Response:
    """Create the customer with this key, or change what is known. Keys of two different customers are refused with 409 (`key_taken`)."""
    return await write(put_customer, GivenKey(kind=kind, value=value), command, view=CustomerView)


@router.get("/v1/customers/by-key/{kind}/{value:path}", response_model=CustomerView)
async def get_by_key(
    kind: KeyKind, value: KeyValue, read: Read, _: Annotated[Principal, requires("customers:read")], country: CountryHint = None
) -> CustomerView:
    """Return the person who has this key."""
    return await read(customer_by_key, read_key(kind, value, country=country, pointer="/value"))


@router.get("/v1/customers/{customer_id}", response_model=CustomerView)
async def get_customer(customer_id: UUID, read: Read, _: Annotated[Principal, requires("customers:read")]) -> CustomerView:
    """Return a person by the id of any of their records."""
    return await read(repository.customer_view, customer_id)


@router.get("/v1/customers/{customer_id}/candidates", response_model=Page[CandidateView])
async def list_candidates(
    customer_id: UUID,
    read: Read,
    _: Annotated[Principal, requires("customers:read")],
    refused: Annotated[bool, Query(description="those alone of whom somebody said that they are other persons")] = False,
) -> Page[CandidateView]:
    """Return who may be the same person, the likeliest first, with what speaks for it. Nothing is merged: a person decides."""
    return Page(items=await read(partial(candidates, refused=refused), customer_id), next_cursor=None)


@router.get("/v1/likely-authors", response_model=list[LikelyAuthorView])
async def list_likely_authors(
    asked: Annotated[WhoWrote, Query()], read: Read, _: Annotated[Principal, requires("customers:read")]
) -> list[LikelyAuthorView]:
    """Return who may have written a review that is signed with a name alone, the likeliest first. Whose it is, a person tells feedback."""
    return await read(likely_authors, asked)


@router.put("/v1/customers/{customer_id}/candidates/{other_id}/refusal", response_model=RefusalView)
async def put_refusal(customer_id: UUID, other_id: UUID, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Say that the two are different persons: neither is suggested for the other any more. They can still be merged."""
    return await write(refuse_candidate, customer_id, other_id, view=RefusalView)


@router.delete("/v1/customers/{customer_id}/candidates/{other_id}/refusal", status_code=204)
async def delete_refusal(customer_id: UUID, other_id: UUID, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Take that back: they are suggested again."""
    return await write(allow_candidate, customer_id, other_id)


@router.post("/v1/customers/{customer_id}/keys", status_code=201, response_model=CustomerView)
async def post_key(customer_id: UUID, command: GivenKey, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Give one more key to a customer."""
    return await write(add_key, customer_id, command, view=CustomerView)


@router.post("/v1/customers/{customer_id}/erase", status_code=204)
async def post_erase(customer_id: UUID, write: Write, _: Annotated[Principal, requires("privacy:erase", "customers:admin")]) -> Response:
    """Forget a person, as `POST /v1/erasures` does, which also shows how far it is."""
    return await write(_erase, customer_id)


async def _erase(uow: UnitOfWork, customer_id: UUID) -> None:
    await erase_customer(uow, customer_id)

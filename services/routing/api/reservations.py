"""An agent's answer to an offer."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.kit.auth import Principal
from services.kit.http import APIRouter, Read, requires
from services.routing.api.settled import Settled
from services.routing.contract import ReservationView
from services.routing.repository import contacts
from services.routing.use_cases.accept_offer import accept_offer
from services.routing.use_cases.decline_offer import DeclineOffer, decline_offer
from services.routing.use_cases.finish_wrap_up import finish_wrap_up

router = APIRouter(tags=["reservations"])
Writer = Annotated[Principal, requires("routing:write")]


@router.get("/v1/reservations/{reservation_id}")
async def get_reservation(reservation_id: UUID, read: Read, _: Annotated[Principal, requires("routing:read")]) -> ReservationView:
    """Return a reservation."""
    return ReservationView.model_validate(await read(contacts.reservation, reservation_id))


@router.post("/v1/reservations/{reservation_id}/accept", response_model=ReservationView)
async def post_accept(reservation_id: UUID, write: Settled, _: Writer) -> Response:
    """Take the contact. Twice is once; too late is 409, and says who has it."""
    return await write(accept_offer, reservation_id, view=ReservationView)


@router.post("/v1/reservations/{reservation_id}/decline", response_model=ReservationView)
async def post_decline(reservation_id: UUID, command: DeclineOffer, write: Settled, _: Writer) -> Response:
    """Let the contact pass, with a reason; it goes on with its age."""
    return await write(decline_offer, reservation_id, command, view=ReservationView)


@router.post("/v1/reservations/{reservation_id}/complete", response_model=ReservationView)
async def post_complete(reservation_id: UUID, write: Settled, _: Writer) -> Response:
    """Finish the wrap-up before its time is over."""
    return await write(finish_wrap_up, reservation_id, view=ReservationView)

"""Facts made anew from what the other rooms show: for the command that rebuilds them, and for nobody else."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field, JsonValue, ValidationError

from services.insight.use_cases.empty_facts import empty_facts, rebuild_sums
from services.insight.use_cases.tell_again import Told, told_of
from services.kit.auth import Principal
from services.kit.errors import InvalidInput
from services.kit.events import Envelope
from services.kit.fields import Command, View
from services.kit.http import APIRouter, RuntimeDep, requires
from services.kit.ids import new_id

router = APIRouter(tags=["facts"])
Admin = Annotated[Principal, requires("insight:admin")]
Kind = Annotated[Literal["contacts", "invitations", "decisions", "responses", "items", "follow-ups"], Path()]
MOST = 200


class TellAgain(Command):
    """Things of one kind as the room that owns them shows them in REST."""

    items: Annotated[list[dict[str, JsonValue]], Field(max_length=MOST)]


class StepOfRebuild(Command):
    """begin: forget all facts; end: add every day up anew."""

    step: Literal["end", "begin"]


class ToldAgain(View):
    """How many events came of them."""

    events: int


class Emptied(View):
    """How many facts were forgotten, or days marked to be added up anew."""

    rows: int


def _events(kind: str, items: list[dict[str, JsonValue]]) -> list[Told]:
    found = []
    for place, item in enumerate(items):
        try:
            found += told_of(kind, item)
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            where = "/".join(str(part) for part in first["loc"])
            raise InvalidInput(f"This is not what the owner shows: {where}: {first['msg']}.", pointer=f"/items/{place}/{where}") from wrong
    return found


def _envelope(told: Told, run: UUID) -> Envelope:
    at, event = told
    data = event.model_dump_json().encode()
    return Envelope(
        id=new_id(), subject=event.subject, occurred_at=at, key=event.ordering_key(), correlation_id=str(run), causation_id=None, data=data
    )


@router.post("/v1/facts/{kind}", response_model=ToldAgain)
async def post_facts(kind: Kind, command: TellAgain, runtime: RuntimeDep, _: Admin) -> ToldAgain:
    """Hear things again as if their events came now; what is known already is brought up to date, not counted twice."""
    run, told = new_id(), _events(kind, command.items)
    await runtime.inbox.deliver([_envelope(one, run) for one in told], None)
    return ToldAgain(events=len(told))


@router.post("/v1/rebuilds", response_model=Emptied)
async def post_rebuild(command: StepOfRebuild, runtime: RuntimeDep, _: Admin) -> Emptied:
    """Forget all facts and sums before a rebuild from nothing, or have every day added up anew at its end.

    What people decided (rates, disputes, initiatives, reviews) stays.
    """
    if command.step == "end":
        return Emptied(rows=await runtime.write(rebuild_sums))
    rows = 0
    while gone := await runtime.write(empty_facts):
        rows += gone
    return Emptied(rows=rows)

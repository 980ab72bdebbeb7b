"""Simulations: what a draft would have done, before it does it."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Response

from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Read, Write, requires
from services.survey.contract.sampling import SimulationView
from services.survey.repository import asking
from services.survey.use_cases.simulate_programme import SimulateProgramme, start_simulation

router = APIRouter(tags=["simulations"])
EXAMPLES = {"draft": {"summary": "Draft 3 over the last 30 days", "value": {"version": 3, "days": 30}}}
Wanted = Annotated[SimulateProgramme, Body(openapi_examples=EXAMPLES)]


@router.post("/v1/programmes/{key}/simulations", status_code=202, response_model=SimulationView)
async def post_simulation(key: Code, command: Wanted, write: Write, _: Annotated[Principal, requires("survey:admin")]) -> Response:
    """Replay recorded history under a draft beside the live version; runs in the background, ask for it by its id."""
    return await write(start_simulation, key, command, view=SimulationView)


@router.get("/v1/simulations/{simulation_id}")
async def get_simulation(simulation_id: UUID, read: Read, _: Annotated[Principal, requires("survey:read")]) -> SimulationView:
    """Return how far a simulation is, and its report when it is done."""
    return SimulationView.model_validate(await read(asking.simulation, simulation_id))

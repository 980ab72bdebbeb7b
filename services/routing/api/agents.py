"""Agents, their activity and their offers."""

from typing import Annotated

from fastapi import Response

from services.kit.auth import Principal
from services.kit.fields import Reference
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires
from services.routing.api.settled import Settled
from services.routing.contract import AgentView, OfferView
from services.routing.queries.queue_state import offers_of
from services.routing.repository import agents
from services.routing.use_cases.change_activity import ChangeActivity, change_activity
from services.routing.use_cases.put_agent import PutAgent, put_agent
from services.routing.use_cases.put_load import PutLoad, put_load

router = APIRouter(tags=["agents"])
Reader = Annotated[Principal, requires("routing:read")]


@router.put("/v1/agents/{external_id}", response_model=AgentView)
async def write_agent(external_id: Reference, command: PutAgent, write: Settled, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Create or replace an agent; offers at once what the agent can take."""
    return await write(put_agent, external_id, command, view=AgentView)


@router.put("/v1/agents/{external_id}/load", response_model=AgentView)
async def write_load(external_id: Reference, command: PutLoad, write: Settled, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Say what contacts cost the agent, how much is carried at once, and what may interrupt what; it counts from now on."""
    return await write(put_load, external_id, command, view=AgentView)


@router.get("/v1/agents")
async def list_agents(read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[AgentView]:
    """List the agents of your sites and vendors by external id."""
    page = await read(agents.agents_page, cursor, limit)
    return Page(items=[AgentView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/v1/agents/{external_id}")
async def get_agent(external_id: Reference, read: Read, _: Reader) -> AgentView:
    """Return an agent."""
    return AgentView.model_validate(await read(agents.agent_called, external_id))


@router.post("/v1/agents/{external_id}/activity", response_model=AgentView)
async def post_activity(
    external_id: Reference, command: ChangeActivity, write: Settled, _: Annotated[Principal, requires("routing:write")]
) -> Response:
    """Start, pause or go. Open offers of who goes are given to somebody else."""
    return await write(change_activity, external_id, command, view=AgentView)


@router.get("/v1/agents/{external_id}/offers")
async def list_offers(external_id: Reference, read: Read, _: Reader) -> Page[OfferView]:
    """Return what the agent is asked to take now, oldest first, each with its reason."""
    return Page(items=await read(offers_of, external_id), next_cursor=None)

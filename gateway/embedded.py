"""Everything in one process on SQLite, no server: the one composition root, and the map of the house.

`make run` is `python -m gateway`: it migrates, opens every service, loads the demo organisation once and prints where to look.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI

from gateway.app import create_gateway
from gateway.clients.transport import AsgiTransport
from gateway.settings import GatewaySettings
from infra.demo.organisation import load_organisation
from infra.demo.welcome import welcome
from services.customers.app import service as customers
from services.feedback.app import service as feedback
from services.insight.app import service as insight
from services.kit.bus import InProcessBus
from services.kit.clock import MovableClock, SystemClock
from services.kit.service import House, Service, create_app, settle_memory
from services.knowledge.app import service as knowledge
from services.routing.app import service as routing
from services.survey.app import service as survey

SERVICES: Sequence[Service] = (customers, routing, survey, feedback, knowledge, insight)
HOST = "127.0.0.1"


def create_house(clock: MovableClock | None = None) -> FastAPI:
    """Return the gateway with all services behind it in this process; nothing is opened before its lifespan.

    A mounted app's lifespan never runs by itself (Kludex/starlette#649), so the house enters each service's lifespan.
    """
    time = clock or SystemClock()
    carried = InProcessBus(rooms=len(SERVICES) + 1)  # the gateway's own room listens, too
    rooms = {service.name: create_app(service, House(bus=carried, clock=time)) for service in SERVICES}
    gateway = create_gateway({name: AsgiTransport(room) for name, room in rooms.items()}, house=House(bus=carried, clock=time))
    opened = gateway.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for room in rooms.values():
                await stack.enter_async_context(room.router.lifespan_context(room))
            await stack.enter_async_context(opened(app))
            yield

    gateway.router.lifespan_context = lifespan
    gateway.state.rooms = rooms
    return gateway


def app() -> FastAPI:
    """Return the house for `uvicorn --factory gateway.embedded:app`."""
    return create_house()


async def serve(port: int) -> None:
    """Run the house on `port` until it is told to stop; in development load the demo organisation and print a ready-made key."""
    settings = GatewaySettings()
    house = create_house()
    server = uvicorn.Server(uvicorn.Config(house, host=os.environ.get("HOST", HOST), port=port, log_level="warning", access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():  # noqa: ASYNC110  uvicorn offers a flag to look at, no event to wait for
        await asyncio.sleep(0.02)
    if server.started and settings.mode == "development":
        key = await welcome(house, settings, port)
        await load_organisation(f"http://{HOST}:{port}", key)
    settle_memory()
    await running


def run(port: int) -> None:
    """Run the house on `port`; its databases are there and at the newest version, or are made now."""
    os.environ.setdefault("ANTIPHON_PUBLIC_URL", f"http://{HOST}:{port}")
    with suppress(KeyboardInterrupt):  # uvicorn has stopped by then, and says Ctrl-C once more
        asyncio.run(serve(port))

"""The gateway: one schema and one door before all services, in one process with them or in front of many."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import FastAPI

from gateway.access.service import service
from gateway.clients.all import NAMES, OWN, make_clients
from gateway.clients.service import Patience
from gateway.clients.transport import AsgiTransport, Transport
from gateway.console.pages import router
from gateway.edge.door import Door
from gateway.edge.site import Lane, Site
from gateway.execution.documents import Documents
from gateway.execution.run import Runner
from gateway.execution.stale import LastGood
from gateway.execution.trusted import load
from gateway.last_resort import LastResort
from gateway.limits.bucket import Buckets
from gateway.schema.build import core_schema
from gateway.settings import GatewaySettings
from services.kit.problems import install_problems
from services.kit.service import House, Runtime, create_app, settle_memory

CHANGE_MARGIN_S = 1.0
"""An operation outlives its longest call, so that the call's own end is what the client reads."""


def create_gateway(clients: Mapping[str, Transport], settings: GatewaySettings | None = None, house: House | None = None) -> FastAPI:
    """Return the gateway before these services; nothing is opened before its lifespan.

    `house` gives bus, clock and background as for every service; `settings` win over those of the house.
    """
    missing = [name for name in NAMES if name not in clients]
    if missing:
        message = f"no way to {', '.join(missing)} is known"
        raise ValueError(message)
    home = house or House()
    own = create_app(service, replace(home, settings=settings or home.settings))
    transports: dict[str, Transport] = {**clients, OWN: AsgiTransport(own)}

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with own.router.lifespan_context(own):
            app.state.door = make_door(own.state.runtime, transports)
            yield
            for transport in transports.values():
                await transport.close()

    app = FastAPI(
        title="Antiphon",
        lifespan=lifespan,
        docs_url=None,
        redirect_slashes=False,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.own = own
    site = Site(lambda: app.state.door)
    install_problems(app)
    app.add_middleware(Lane, site=site)
    app.add_middleware(LastResort)
    app.include_router(router)
    app.mount("/", site)
    return app


def make_door(runtime: Runtime, transports: Mapping[str, Transport]) -> Door:
    """Put the running parts together."""
    settings: GatewaySettings = runtime.settings
    tokens = runtime.resources["internal_tokens"]
    schema = core_schema()
    clients = make_clients(transports, tokens.token, Patience(settings.call_seconds, settings.change_seconds))
    runtime.resources["clients"] = clients
    return Door(
        settings=settings,
        clock=runtime.clock,
        authenticator=runtime.resources["authenticator"],
        internal_tokens=tokens,
        transports=transports,
        clients=clients,
        last_good=LastGood(settings.stale_seconds),
        runner=Runner(
            documents=Documents(schema, suggestions=settings.open_schema),
            open_schema=settings.open_schema,
            query_seconds=settings.operation_seconds,
            change_seconds=settings.change_seconds + CHANGE_MARGIN_S,
            compiled=settings.compiled,
        ),
        trusted=load(settings.documents_mode, settings.documents_file),
        costs=Buckets(settings.bucket_size, settings.bucket_per_second),
        requests=Buckets(settings.rest_size, settings.rest_per_second),
    )


def split() -> FastAPI:
    """Return the gateway before services in other processes, by ANTIPHON_SERVICE_URLS (uvicorn --factory gateway.app:split)."""
    settings = GatewaySettings()
    missing = [name for name in NAMES if name not in settings.service_urls]
    if missing:
        message = f"ANTIPHON_SERVICE_URLS names no address of {', '.join(missing)}"
        raise ValueError(message)
    from gateway.clients.lean_transport import transport_to  # the HTTP client, which the house in one process does not need

    app = create_gateway({name: transport_to(settings.service_urls[name]) for name in NAMES}, settings)
    settle_memory()
    return app

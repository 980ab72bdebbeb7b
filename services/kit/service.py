"""A service, and how it is started: the same app alone, in one process with all others, and in tests."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI
from sqlalchemy import MetaData
from starlette.routing import BaseRoute

from services.kit import subjects
from services.kit.auth import TokenVerifier
from services.kit.bus import Bus
from services.kit.clock import Clock, MovableClock, SystemClock
from services.kit.database import Database, UseCase, make_database
from services.kit.due import BatchJob, DueEngine, Job, TxJob
from services.kit.front import StraightApp, straight_doors
from services.kit.inbox import Consumer, Inbox
from services.kit.log import configure_logging, get_logger
from services.kit.migrate import migrate
from services.kit.operations import operations_router
from services.kit.problems import install_problems
from services.kit.relay import Relay
from services.kit.settings import ServiceSettings
from services.kit.strict import StrictRoute

__all__ = ["BatchJob", "Consumer", "Job", "Runtime", "Service", "TxJob", "create_app"]

R = TypeVar("R")


@dataclass(frozen=True)
class Service:
    """Everything that makes one service; the app is built from it without acting."""

    name: str
    package: str
    metadata: MetaData
    settings: type[ServiceSettings]
    routers: Sequence[APIRouter]
    consumers: Sequence[Consumer] = ()
    jobs: Sequence[TxJob | BatchJob | Job] = ()
    on_start: Callable[["Runtime"], Awaitable[None]] | None = None
    on_stop: Callable[["Runtime"], Awaitable[None]] | None = None
    root_routers: Sequence[APIRouter] = ()
    """Routers without the service's prefix: addresses short enough for a text message, such as /s/…."""
    larger_bodies: dict[str, int] = field(default_factory=dict)
    """Path (with the service's prefix) to bytes, for doors that take more than 1 MiB."""


@dataclass
class Runtime:
    """The running service; what an endpoint or an outside job may use."""

    service: Service
    settings: Any
    clock: Clock
    db: Database
    inbox: Inbox
    relay: Relay | None
    verifier: TokenVerifier
    resources: dict[str, Any] = field(default_factory=dict)
    due: DueEngine = field(init=False)
    log: Any = field(init=False)

    def __post_init__(self) -> None:
        self.log = get_logger(self.service.name)
        jobs = [*self.service.jobs, TxJob(subjects.KIND, subjects.forget_again), Job(subjects.TIDY, subjects.tidy)]
        self.due = DueEngine(self.service.name, self.db, self.clock, jobs, self)

    async def write(self, use_case: UseCase[R], *args: Any) -> R:
        """Run a use case in its own transaction."""
        return await self.db.write(use_case, *args)

    async def read(self, query: UseCase[R], *args: Any) -> R:
        """Run a query in its own read-only transaction."""
        return await self.db.read(query, *args)

    def clock_moved(self) -> None:
        """Look at everything that waits for a moment."""
        self.due.look_again()
        self.inbox.look_again()


@dataclass
class House:
    """What a composition root puts in from outside; None means that the service decides by its settings."""

    bus: Bus | None = None
    clock: MovableClock | None = None
    settings: ServiceSettings | None = None
    background: bool = True
    """False in tests that move everything by hand."""


def create_app(service: Service, house: House | None = None) -> FastAPI:
    """Return the app; nothing is opened before its lifespan begins."""
    home = house or House()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(service, home) as runtime:
            app.state.runtime = runtime
            if house is None:
                settle_memory()
            yield

    routers = [(f"/{service.name}", one) for one in [*service.routers, operations_router(service.name)]] + [("", one) for one in service.root_routers]
    routes = [_strict(route).below(prefix) for prefix, router in routers for route in router.routes]
    app = StraightApp(
        room=service.name,
        doors=straight_doors(routes),
        larger=service.larger_bodies,
        title=f"Antiphon {service.name}",
        version="1",
        description=(__import__(service.package, fromlist=["__doc__"]).__doc__ or "").strip(),
        lifespan=lifespan,
        docs_url=None,
        redirect_slashes=False,  # a redirect would be built from the Host header, which the client chooses
        redoc_url=None,
        openapi_url=f"/{service.name}/openapi.json",
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service
    install_problems(app)
    app.router.routes.extend(routes)  # include_router would build each of them, with its models, once more: 0.3 s and some MiB for a service
    return app


def settle_memory() -> None:
    """Take what lives as long as the process out of the collector's sight, and let it look less often: it was up to a half of the work under load.

    For a process that holds one service, a gateway or a house, once it is open; never for one that opens many, as tests do.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def _strict(route: BaseRoute) -> StrictRoute:
    if not isinstance(route, StrictRoute):
        raise TypeError(f"{route!r}: build routers with services.kit.http.APIRouter, so that bodies are read strictly")
    return route


@asynccontextmanager
async def running(service: Service, house: House) -> AsyncIterator[Runtime]:
    """Open the service: migrations, database, adapters, ear, mouth and hands; close them in the opposite order."""
    settings = house.settings or service.settings()
    configure_logging(settings.log_level)
    clock = house.clock or SystemClock()
    bus = house.bus
    async with AsyncExitStack() as stack:
        if settings.database_url is None or house.bus is not None:
            await migrate(room=service.name, package=service.package, database_url=settings.database_url, data_dir=settings.data_dir)
        db = make_database(service.name, settings, clock)
        await db.open()
        stack.push_async_callback(db.close)
        if bus is None and settings.bus_url is not None:
            from services.kit.bus_nats import JetStreamBus

            bus = JetStreamBus(settings.bus_url)
            stack.push_async_callback(bus.close)
        inbox = Inbox(service.name, db, service.consumers)
        # Without a bus the relay must not run: events would be marked as told to nobody. They wait in the outbox.
        relay = Relay(service.name, db, bus, clock) if bus is not None else None
        runtime = Runtime(service, settings, clock, db, inbox, relay, TokenVerifier(settings.token_public_key, service.name))
        if service.on_start is not None:
            await service.on_start(runtime)
        if service.on_stop is not None:
            stack.push_async_callback(service.on_stop, runtime)
        await _start_background(stack, runtime, house, bus)
        yield runtime


async def _start_background(stack: AsyncExitStack, runtime: Runtime, house: House, bus: Bus | None) -> None:
    room, inbox, relay = runtime.service.name, runtime.inbox, runtime.relay
    if house.bus is not None:
        await house.bus.listen(room, inbox.subjects, inbox.deliver, inbox.heard)
    if not house.background:
        return
    tasks = [asyncio.create_task(runtime.due.run()), asyncio.create_task(inbox.run())]
    stack.push_async_callback(_cancel, tasks)
    if relay is None:
        return
    if house.bus is not None:
        tasks.append(asyncio.create_task(relay.run()))
    elif bus is not None:
        from services.kit.lease import hold_lease  # with PostgreSQL's driver

        async def speak_and_listen() -> None:
            await asyncio.gather(bus.listen(room, inbox.subjects, inbox.deliver, inbox.heard), relay.run())

        url = runtime.settings.database_url
        tasks.append(asyncio.create_task(speak_and_listen() if url is None else hold_lease(url, room, speak_and_listen)))


async def _cancel(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

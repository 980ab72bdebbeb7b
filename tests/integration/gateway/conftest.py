"""The running house as a fixture: started once for each file, fair weather before each test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog
from structlog.testing import CapturingLogger

from gateway.app import make_door
from gateway.execution import run
from tests.integration.gateway.house import Running, open_house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Run every service and the gateway."""
    async with open_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def house(standing_house: Running) -> Running:
    """Mend what the test before broke: ways, breakers, and what was kept as last good."""
    for way in standing_house.ways.values():
        way.broken = None
        way.calls.clear()
    state = standing_house.app.state
    state.door = make_door(state.own.state.runtime, state.door.transports)
    return standing_house


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """The lines that the gateway writes, as they go out; what a test's output shows was opened before the test and is not captured with it."""
    lines = CapturingLogger()
    monkeypatch.setattr(run, "LOG", structlog.wrap_logger(lines, wrapper_class=structlog.get_config()["wrapper_class"]))
    return lines

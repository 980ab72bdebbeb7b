"""A third party's program with the generated Python client speaks with a running house over HTTP."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from infra.contracts import FOLDER, SERVICES
from infra.python_client import generate, public
from tests.integration.gateway.house import Running
from tests.support.server_files import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXAMPLE = Path(__file__).parents[3] / "infra" / "python_client_example.py"


@asynccontextmanager
async def _served(house: Running) -> AsyncIterator[str]:
    """Serve the house, which is open already, on a port of this machine."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(house.app, host="127.0.0.1", port=port, lifespan="off", log_level="warning", access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():  # noqa: ASYNC110  uvicorn offers a flag to look at, no event to wait for
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


async def _program(client: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the example with this client installed; return its exit code and what it printed and said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLE),
        *arguments,
        env={**os.environ, "PYTHONPATH": str(client)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await process.communicate()
    return process.returncode or 0, out.decode(), said.decode()


async def test_a_shop_tells_of_an_order_and_reads_the_timeline(house: Running, tmp_path: Path) -> None:
    client = await asyncio.to_thread(generate, "customers", tmp_path)
    key = await house.key("integration", holder="shop")
    async with _served(house) as url:
        told = await _program(client, url, key, "order", "ACC-17", "O-4711", "card")
        await house.settle()
        read = await _program(client, url, key, "timeline", "ACC-17")
        nobody = await _program(client, url, key, "timeline", "ACC-18")

    assert told == (0, "O-4711 is delivered\n", "")
    assert read == (0, "customers order_delivered Order delivered\ncustomers order_placed Order placed: card\n", "")
    assert (nobody[0], nobody[2].partition(":")[0]) == (1, "not_found")


@pytest.mark.parametrize("service", SERVICES)
async def test_every_public_door_has_a_name_of_its_own_in_the_client(service: str) -> None:
    document = public(json.loads((FOLDER / f"{service}.openapi.json").read_text(encoding="utf-8")))

    names = [(door["tags"][0], door["operationId"]) for doors in document["paths"].values() for door in doors.values()]
    assert len(names) == len(set(names))
    assert [name for _, name in names if service in name and "_v1_" in name] == []
    assert [path for path in document["paths"] if path.startswith((f"/{service}/internal/", f"/{service}/dev/"))] == []

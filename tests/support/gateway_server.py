"""Our gateway as a process of its own before the fixed services: `python -m tests.support.gateway_server PORT UPSTREAM_PORT FOLDER`.

Prints a key for an agent, then `ready`. Everything is on that is on in production: authentication, limits, cost, log lines, metrics.
"""

import asyncio
import sys
from pathlib import Path

import uvicorn

from gateway.access.keys import IssueKey, issue_key
from gateway.app import create_gateway
from gateway.clients.all import NAMES
from gateway.clients.lean_transport import transport_to
from gateway.settings import GatewaySettings
from services.kit.bus import InProcessBus
from services.kit.service import House, settle_memory


async def serve(port: int, upstream: int, folder: Path) -> None:
    """Serve until told to stop."""
    settings = GatewaySettings(data_dir=folder, bucket_size=1e9, bucket_per_second=1e9)  # counted as always, never empty
    ways = {name: transport_to(f"http://127.0.0.1:{upstream}") for name in NAMES}
    app = create_gateway(ways, settings, House(bus=InProcessBus(rooms=1)))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools"))
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():  # noqa: ASYNC110  uvicorn offers a flag to look at, no event to wait for
        await asyncio.sleep(0.02)
    runtime = app.state.own.state.runtime
    made = await runtime.write(issue_key, IssueKey(holder="bench", roles=["agent"]), runtime.resources["pepper"])
    settle_memory()
    print(made.key, flush=True)  # noqa: T201  whoever started this reads it
    print("ready", flush=True)  # noqa: T201
    await running


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))

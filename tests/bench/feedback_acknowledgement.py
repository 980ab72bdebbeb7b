"""How long a review platform waits until its call is acknowledged, beside an endpoint that does nothing.

Both are served by a uvicorn worker of their own and are called over kept connections at the same steady rate, in turns, whether or not the
call before has been answered: a platform sends when something happens. Ours checks the address, keeps the call where no crash loses it, and
applies what it kept meanwhile. (`feedback_webhooks` calls as fast as it is answered, which tells how much is taken, not how long one waits.)
"""

import asyncio
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import orjson
from fastapi import FastAPI, Response

from services.kit.auth import Principal, sign_token
from services.kit.settings import ServiceSettings
from tests.bench.figure import Figure
from tests.bench.house_ingest import at_rest, served
from tests.support.review_payloads import call

RATE = 200
"""Calls a second: 17 million a day, more than any platform sends to one business."""
ROUND_S = 5
ROUNDS = 5
WARM = 200
CONNECTIONS = 32
EMPTY = "/empty"


def empty() -> FastAPI:
    """Return the floor: FastAPI with one plain route that answers at once."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post(EMPTY)
    async def answer() -> Response:
        return Response(b'{"processed":0}', media_type="application/json")

    return app


async def acknowledged(api: aiohttp.ClientSession, address: str, first: int, count: int) -> list[float]:
    """Call `count` times at the rate; return the milliseconds until each was acknowledged, counted from when it should have been sent."""
    begin = time.perf_counter() + 0.1

    async def one(number: int) -> float:
        at = begin + number / RATE
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        body = orjson.dumps(call("trustpilot", first + number, "created", 1))
        async with api.post(address, data=body, headers={"Content-Type": "application/json"}) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{address.rpartition('/')[0]} answered {answer.status}")
            await answer.read()
        return (time.perf_counter() - at) * 1000

    return list(await asyncio.gather(*(one(number) for number in range(count))))


async def source(api: aiohttp.ClientSession, url: str, settings: ServiceSettings) -> str:
    """Put a source; return its address."""
    caller = Principal("bench", frozenset(), frozenset({"feedback:admin"}))
    secret = settings.token_private_key.get_secret_value()
    token = sign_token(secret, caller, audience="feedback", now=datetime.now(UTC), lifetime=timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}"}
    async with api.put(f"{url}/feedback/v1/webhook-sources/trustpilot", json={"kind": "trustpilot"}, headers=headers) as answer:
        answer.raise_for_status()
        return f"{url}/feedback/v1/webhooks/trustpilot/{(await answer.json())['secret']}"


async def run() -> list[Figure]:
    own, floor = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
        env = clean | {"ANTIPHON_DATA_DIR": str(folder), "ANTIPHON_FEEDBACK_EMBEDDER": "none"}
        settings = ServiceSettings(data_dir=folder)
        async with (
            served("empty", env, folder / "empty.log", module=__name__) as empty_url,
            served("ours", env, folder / "ours.log") as own_url,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as api,
        ):
            address = await source(api, own_url, settings)
            await acknowledged(api, empty_url + EMPTY, 0, WARM)
            await acknowledged(api, address, 0, WARM)
            for number in range(1, ROUNDS + 1):
                await at_rest(own_url)
                floor += await acknowledged(api, empty_url + EMPTY, 0, RATE * ROUND_S)
                own += await acknowledged(api, address, number * 1_000_000, RATE * ROUND_S)
    p99, floor99 = (statistics.quantiles(waits, n=100)[98] for waits in (own, floor))
    note = f"{len(own)} calls, {RATE} a second, SQLite; median {statistics.median(own):.1f} ms, empty {statistics.median(floor):.1f} ms; "
    note += "what was kept is applied meanwhile, the models do not read"
    reference = "empty FastAPI endpoint at the same rate, p99"
    return [Figure("feedback.webhook_ack_p99", p99, "ms", 3, lower_is_better=True, reference=reference, reference_value=floor99, note=note)]

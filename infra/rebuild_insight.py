"""`python -m infra.rebuild_insight --url http://127.0.0.1:8000 --key KEY`: make insight's facts anew from what the other rooms show.

Reads contacts, invitations, what rules held back, answers, feedback and follow-ups page by page through the public doors and has insight hear
them again, with progress. With --from-nothing insight forgets its facts first. It may be stopped and started again: nothing is counted twice.
The key needs the role administrator. Customers' segments are those of today; erased customers
stay erased; article links, which no room lists, stay as they were heard.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

SOURCES = {
    "contacts": "/routing/v1/contacts?state=ended",
    "invitations": "/survey/v1/invitations",
    "decisions": "/survey/v1/decisions?outcome=skipped",
    "responses": "/survey/v1/responses",
    "items": "/feedback/v1/items",
    "follow-ups": "/feedback/v1/follow-ups",
}
PAGE = 100
TRIES = 5


async def _call(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    """Call a door, again when it is busy; raises HTTPStatusError when it refuses."""
    for turn in range(TRIES):
        answer = await client.request(method, path, **more)
        if answer.status_code not in {429, 502, 503, 504} or turn == TRIES - 1:
            break
        await asyncio.sleep(float(answer.headers.get("Retry-After", 2**turn)))
    answer.raise_for_status()
    return answer.json()


async def pages(client: httpx.AsyncClient, path: str) -> AsyncIterator[list[dict[str, Any]]]:
    """Return a list of a room page by page."""
    cursor = None
    while True:
        asked = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
        found = await _call(client, "GET", path.partition("?")[0], params=httpx.URL(path).params.merge(asked))
        yield found["items"]
        cursor = found["next_cursor"]
        if cursor is None:
            return


async def rebuild(client: httpx.AsyncClient, *, from_nothing: bool, say: Callable[[str], object] = sys.stderr.write) -> dict[str, int]:
    """Have insight hear everything again; return how many things of each kind there were."""
    if from_nothing:
        gone = await _call(client, "POST", "/insight/v1/rebuilds", json={"step": "begin"})
        say(f"insight forgot {gone['rows']} facts\n")
    counts = {}
    for kind, path in SOURCES.items():
        counts[kind] = 0
        async for items in pages(client, path):
            if items:
                await _call(client, "POST", f"/insight/v1/facts/{kind}", json={"items": items})
                counts[kind] += len(items)
                say(f"\r{kind}: {counts[kind]}")
        say(f"\r{kind}: {counts[kind]}, done\n")
    days = await _call(client, "POST", "/insight/v1/rebuilds", json={"step": "end"})
    say(f"{days['rows']} days will be added up anew\n")
    return counts


async def _run(url: str, key: str | None, *, from_nothing: bool) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        await rebuild(client, from_nothing=from_nothing)


def main() -> int:
    """Rebuild; exit 1 with a sentence when a door refuses."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--url", default="http://127.0.0.1:8000")
    asked.add_argument("--key", default=os.environ.get("ANTIPHON_KEY"), help="an API key of an administrator; default: ANTIPHON_KEY")
    asked.add_argument("--from-nothing", action="store_true", help="forget all facts first")
    given = asked.parse_args()
    try:
        asyncio.run(_run(given.url, given.key, from_nothing=given.from_nothing))
    except httpx.HTTPError as refused:
        sys.stderr.write(f"\n{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

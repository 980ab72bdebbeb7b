"""The public doors of a running house, as the demo uses them: bounded, repeated when busy, and patient until everything has been heard."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any, Final, Self, TypeVar

import httpx

T = TypeVar("T")
SERVICES: Final[tuple[str, ...]] = ("customers", "routing", "survey", "feedback", "knowledge", "insight")
ROOMS: Final = (*SERVICES, "gateway")
"""The gateway last: what it signs must not be from the future."""
AT_ONCE: Final = 8
PATIENCE_S: Final = 120.0
LOOK_S: Final = 0.05
BUSY: Final = (429, 503)
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class NotPlayed(Exception):
    """The house refused something, or does not come to rest."""


class Stage:
    """One running house: `api` goes in with a key, `outside` is the customers' browser and the review platform."""

    def __init__(self, url: str, key: str) -> None:
        """Open nothing yet: `async with` does."""
        limits = httpx.Limits(max_connections=AT_ONCE)
        self.api = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, limits=limits, timeout=30)
        self.outside = httpx.AsyncClient(base_url=url, limits=limits, timeout=30, follow_redirects=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.api.aclose()
        await self.outside.aclose()

    async def send(self, method: str, path: str, body: Any = None, *, once: str | None = None, **parameters: Any) -> Any:
        """Return the answer's JSON; `once` is the Idempotency-Key. A busy house is asked again; a refusal raises NotPlayed."""
        headers = {"Idempotency-Key": once} if once else {}
        for attempt in range(6):
            answer = await self.api.request(method, path, json=body, headers=headers, params=parameters)
            if answer.status_code not in BUSY:
                break
            await asyncio.sleep(min(float(answer.headers.get("Retry-After", 0)) or 0.1 * 2**attempt, 5))
        if answer.is_error:
            message = f"{method} {path}: {answer.status_code} {answer.text[:400]}"
            raise NotPlayed(message)
        return answer.json() if answer.content else None

    async def get(self, path: str, **parameters: Any) -> Any:
        """Return what is at a path."""
        return await self.send("GET", path, **parameters)

    async def post(self, path: str, body: Any = None, *, once: str | None = None) -> Any:
        """Post a body."""
        return await self.send("POST", path, body, once=once)

    async def every(self, path: str, **parameters: Any) -> AsyncIterator[Any]:
        """Yield all items of a list, page by page."""
        cursor: str | None = None
        while True:
            page = await self.get(path, **parameters, limit=100, **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def graphql(self, document: str, **variables: Any) -> Any:
        """Return the data of a GraphQL answer."""
        found = await self.post("/graphql", {"query": document, "variables": variables})
        if found.get("errors"):
            raise NotPlayed(str(found["errors"][0])[:400])
        return found["data"]

    async def move_to(self, moment: datetime) -> datetime:
        """Make `moment` the present in every room, never backwards; return the latest present among them.

        One after the other: a token that was made before its reader's clock moved is too old when it arrives.
        """
        told = [await self.send("PUT", f"/{service}/dev/clock", {"now": moment.isoformat()}) for service in ROOMS]
        return max(datetime.fromisoformat(one["now"]) for one in told)

    async def rest(self) -> None:
        """Wait until every event was heard, nothing is overdue and every voice was understood, twice in a row."""
        loop = asyncio.get_running_loop()
        end, calm, asked = loop.time() + PATIENCE_S, 0, SERVICES
        while calm < 2:  # noqa: PLR2004  an event may be between two services at the first look
            busy = await self._busy(asked)
            calm = 0 if busy or asked != SERVICES else calm + 1
            asked = tuple(busy) or SERVICES
            if loop.time() > end:
                message = f"The house does not come to rest (outbox, overdue, held, unread): {busy}"
                raise NotPlayed(message)
            await asyncio.sleep(LOOK_S)

    async def _busy(self, asked: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        """Return which of these services have something to do, and how much."""
        sizes = await asyncio.gather(*(self.get(f"/{service}/readyz") for service in asked))
        found: dict[str, tuple[int, ...]] = {one["service"]: (one["outbox"], one["due_overdue"], one["held"] - one["parked"]) for one in sizes}
        if "feedback" in asked:  # what is being read is not overdue, and yet not done
            unread = await self.get("/feedback/v1/items", state="received", limit=1)
            found["feedback"] = (*found["feedback"], len(unread["items"]))
        return {service: each for service, each in found.items() if any(each)}

    async def open_page(self, link: str) -> dict[str, str]:
        """Open a survey link as a customer does; return the hidden fields of the form, empty when the link is used up."""
        page = await self.outside.get(link)
        return dict(HIDDEN.findall(page.text)) if page.status_code == httpx.codes.OK else {}

    async def send_page(self, link: str, form: dict[str, str]) -> bool:
        """Send the form; False when the house did not take it."""
        return (await self.outside.post(link, data=form)).is_success


async def together(work: Iterable[Callable[[], Coroutine[Any, Any, T]]]) -> list[T]:
    """Do pieces of work side by side, few at a time; return their results in order."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(piece: Callable[[], Coroutine[Any, Any, T]]) -> T:
        async with gate:
            return await piece()

    return list(await asyncio.gather(*(one(piece) for piece in work)))

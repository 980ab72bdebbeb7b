"""A contact centre's desk in a test: short words for what the doors of routing take."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.room import Room

Json = dict[str, Any]


@dataclass
class Desk:
    """Speaks to one running routing service."""

    room: Room
    api: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.api = self.room.client("routing:admin", "routing:write", "routing:read")

    async def skill(self, *keys: str) -> None:
        for key in keys:
            assert (await self.api.put(f"/routing/v1/skills/{key}", json={"name": key.title(), "category": "product"})).status_code == 200

    async def queue(self, key: str, **more: Any) -> Json:
        body = {"name": key.title(), "channels": ["voice", "chat"], "sla_seconds": 20, "sla_share": 0.8} | more
        return _good(await self.api.put(f"/routing/v1/queues/{key}", json=body))

    async def agent(self, external_id: str, **more: Any) -> Json:
        body = {
            "name": external_id.title(),
            "team": "blue",
            "site": "leipzig",
            "vendor": "inhouse",
            "time_zone": "Europe/Berlin",
            "languages": {"de": 4},
            "skills": {},
            "capacity": {"voice": 1},
            "activity": "available",
        } | more
        return _good(await self.api.put(f"/routing/v1/agents/{external_id}", json=body))

    async def activity(self, external_id: str, activity: str) -> Json:
        return _good(await self.api.post(f"/routing/v1/agents/{external_id}/activity", json={"activity": activity}))

    async def contact(self, queue: str, **more: Any) -> Json:
        body = {"channel": "voice", "queue": queue} | more
        return await self.seen(_good(await self.api.post("/routing/v1/contacts", json=body), 201))

    async def seen(self, contact: Json) -> Json:
        return _good(await self.api.get(f"/routing/v1/contacts/{contact['id']}"))

    async def offers(self, external_id: str) -> list[Json]:
        items: list[Json] = _good(await self.api.get(f"/routing/v1/agents/{external_id}/offers"))["items"]
        return items

    async def offered(self, external_id: str) -> list[str]:
        """Ids of the contacts that the agent is asked to take."""
        return [offer["contact"]["id"] for offer in await self.offers(external_id)]

    async def reservation_of(self, external_id: str) -> str:
        """Id of the agent's only open offer."""
        (offer,) = await self.offers(external_id)
        reservation_id: str = offer["reservation"]["id"]
        return reservation_id

    async def accept(self, reservation_id: str) -> httpx.Response:
        return await self.api.post(f"/routing/v1/reservations/{reservation_id}/accept")

    async def decline(self, reservation_id: str, reason: str = "in a meeting") -> httpx.Response:
        return await self.api.post(f"/routing/v1/reservations/{reservation_id}/decline", json={"reason": reason})

    async def end(self, contact: Json, **more: Any) -> httpx.Response:
        return await self.api.post(f"/routing/v1/contacts/{contact['id']}/end", json={"disposition": "solved"} | more)

    async def abandon(self, contact: Json) -> httpx.Response:
        return await self.api.post(f"/routing/v1/contacts/{contact['id']}/abandon")

    async def transfer(self, contact: Json, **more: Any) -> httpx.Response:
        return await self.api.post(f"/routing/v1/contacts/{contact['id']}/transfer", json={"reason": "wrong line"} | more)

    async def why(self, contact: Json) -> Json:
        return _good(await self.api.get(f"/routing/v1/contacts/{contact['id']}/explanation"))

    async def why_not(self, contact: Json, external_id: str) -> Json:
        return _good(await self.api.get(f"/routing/v1/contacts/{contact['id']}/explanation/agents/{external_id}"))


def _good(response: httpx.Response, status: int = 200) -> Json:
    assert response.status_code == status, response.text
    body: Json = response.json()
    return body

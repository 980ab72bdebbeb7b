"""The command that makes insight's facts anew ends where the events had led."""

import httpx
import pytest

from infra.rebuild_insight import rebuild
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")
CONTACT = {
    "external_id": "rebuild-1", "channel": "voice", "direction": "inbound", "driver": "late-delivery", "resolved": "yes",
    "started_at": "2026-11-22T10:00:00Z", "ended_at": "2026-11-22T10:05:00Z",
}  # fmt: skip
ITEM = {
    "external_id": "r-1", "kind": "service_review", "text": "The parcel came a week late. Terrible.", "score": 1, "scale_max": 5,
    "said_at": "2026-11-22T11:00:00Z",
}  # fmt: skip
SHOWN = ("contacts", "feedback", "figures", "drivers")


async def _facts(house: Running, key: str) -> dict[str, object]:
    asked = "from=2026-11-01T00:00:00Z&to=2026-11-24T00:00:00Z&format=json"
    return {name: (await house.rest(key, "GET", f"/insight/v1/exports/{name}?{asked}")).json() for name in SHOWN}


async def test_facts_made_anew_are_the_facts_that_were_heard(house: Running) -> None:
    key = await house.key("administrator")
    assert (await house.rest(key, "POST", "/routing/v1/ended-contacts", json=CONTACT)).status_code == 201
    assert (await house.rest(key, "POST", "/feedback/v1/items", json=ITEM)).status_code in {201, 202}
    await house.settle()
    heard = await _facts(house, key)
    told: list[str] = []
    transport = httpx.ASGITransport(app=house.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://antiphon.test", headers={"Authorization": f"Bearer {key}"}) as client:
        again = await rebuild(client, from_nothing=False, say=told.append)
        twice = await _facts(house, key)
        from_nothing = await rebuild(client, from_nothing=True, say=told.append)
    await house.settle()

    assert isinstance(heard["contacts"], list)
    assert [one["driver"] for one in heard["contacts"]] == ["late-delivery"]
    assert (again["contacts"], again["items"]) == (from_nothing["contacts"], from_nothing["items"]) == (1, 1)
    assert twice == heard
    assert await _facts(house, key) == heard
    assert told[-1].endswith("days will be added up anew\n")


async def test_only_an_administrator_rebuilds_and_nonsense_is_named(house: Running) -> None:
    analyst, admin = await house.key("analyst", holder="reader"), await house.key("administrator", holder="chief")
    refused = await house.rest(analyst, "POST", "/insight/v1/rebuilds", json={"step": "begin"})
    wrong = await house.rest(admin, "POST", "/insight/v1/facts/contacts", json={"items": [{"id": "x"}]})

    assert refused.status_code == 403
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"].startswith("/items/0/")) == (422, True)

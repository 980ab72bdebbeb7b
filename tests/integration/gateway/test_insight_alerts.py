"""Alerts through GraphQL: listed, taken, and followed live."""

import asyncio

import pytest

from gateway.clients.all import NAMES
from services.insight.domain.alerts import AlertKind, Finding
from services.insight.use_cases.raise_alerts import raise_alerts
from tests.integration.gateway.doors import stream
from tests.integration.gateway.house import Running
from tests.integration.gateway.test_routing_live import shown

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIST = "query { alerts(first: 5) { edges { node { uid kind figure sentence state owner version } } } }"
LIVE = "subscription { openAlerts { figure state } }"
TAKE = "mutation($id: ID!, $owner: String) { acknowledgeAlert(id: $id, owner: $owner) { entity { state owner } userErrors { code } } }"
FOUND = Finding(
    AlertKind.OUTLIER, "csat.site.south", "Customer satisfaction of site south is outside of the 99.8 % limits: 28 of 56 (50.0%), 83.3% of all."
)


async def test_an_alert_is_seen_at_once_and_taken_by_somebody(house: Running) -> None:
    key, guest = await house.key("administrator", holder="ann"), await house.key("agent", holder="guest")
    insight = house.runtimes[NAMES.index("insight")]
    async with stream(house, key, LIVE, {}) as live:
        assert await asyncio.wait_for(live.get(), 5) == "200"
        assert shown(await asyncio.wait_for(live.get(), 5), "openAlerts") == []
        await insight.write(raise_alerts, [], [FOUND], None)
        assert shown(await asyncio.wait_for(live.get(), 5), "openAlerts") == [{"figure": "csat.site.south", "state": "open"}]
        (edge,) = (await house.ask(key, LIST))["data"]["alerts"]["edges"]
        taken = (await house.ask(key, TAKE, id=edge["node"]["uid"], owner="ben"))["data"]["acknowledgeAlert"]
        assert shown(await asyncio.wait_for(live.get(), 5), "openAlerts") == []
    await insight.write(raise_alerts, [], [], None)
    late = (await house.ask(key, TAKE, id=edge["node"]["uid"]))["data"]["acknowledgeAlert"]
    refused = await house.ask(guest, LIST)

    found = {name: edge["node"][name] for name in ("kind", "figure", "sentence", "state", "owner", "version")}
    assert found == {"kind": "outlier", "figure": "csat.site.south", "sentence": FOUND.sentence, "state": "open", "owner": None, "version": 1}
    assert taken == {"entity": {"state": "acknowledged", "owner": "ben"}, "userErrors": []}
    assert late == {"entity": None, "userErrors": [{"code": "alert_over"}]}
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"

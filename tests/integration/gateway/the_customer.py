"""One customer over all services: who it is, what is asked of them, and how they came to have it."""

from services.kit.ids import new_id
from tests.integration.gateway.house import Running

VIEW = """
query View($key: IdentityKeyInput!) {
  customer(key: $key) {
    id uid displayName language keys { kind value }
    timeline(first: 10) { edges { cursor node { kind title occurredAt seq } } pageInfo { hasNextPage endCursor } }
    cases(first: 5) { edges { node { id uid title state status } } }
    orders(first: 5) { edges { node { orderReference state status amount currency } } }
    value { orders amounts { currency amount } recencyDays }
    contacts(first: 5) { edges { node { uid channel disposition } } }
    followUps(first: 5) { edges { node { uid issue } } }
    feedback(first: 5) { edges { node { uid kind text } } }
    invitations(first: 5) { edges { node { uid state } } }
    responses(first: 5) { edges { node { uid comment } } }
    suggestedArticles(first: 5) { edges { node { articleId title caseTitle } } }
    offer { offer { key } withheld { code sentence } }
    mood { mood because }
    consents(first: 5) { edges { node { purpose granted } } }
    sections { name state reason }
  }
}
"""
KEY = {"kind": "account", "value": "C-1001"}


async def fill(house: Running) -> str:
    """One customer with an order, a case and a contact; returns an agent's key."""
    key = await house.key("agent", holder=f"agent {new_id()}")
    put = await house.rest(key, "PUT", "/customers/v1/customers/by-key/account/C-1001", json={"display_name": "Ana Pérez", "language": "es"})
    assert put.status_code in {200, 201}, put.text
    placed = await house.ask(
        key,
        """mutation($o: PlaceOrderInput!) {
          orderPlaced(input: $o, idempotencyKey: "o-1") { entity { orderReference state } userErrors { code } }
        }""",
        o={"orderReference": "R-77", "customerKey": KEY, "product": "router", "amount": "49.90", "currency": "EUR"},
    )
    assert placed["data"]["orderPlaced"] == {"entity": {"orderReference": "R-77", "state": "placed"}, "userErrors": []}
    opened = await house.ask(
        key,
        """mutation($c: OpenCaseInput!) { openCase(input: $c, idempotencyKey: "case-1") { entity { id uid state } userErrors { code field } } }""",
        c={"customerKey": KEY, "title": "The router drops the line", "description": "Every evening.", "language": "en"},
    )
    assert opened["data"]["openCase"]["userErrors"] == []
    ended = await house.ask(
        key,
        """mutation($c: EndContactInput!) {
          endContact(input: $c, idempotencyKey: "c-1") { entity { uid disposition } userErrors { code field message } }
        }""",
        c={
            "externalId": "call-1",
            "channel": "voice",
            "direction": "inbound",
            "customerKey": KEY,
            "startedAt": "2026-11-23T08:40:00Z",
            "endedAt": "2026-11-23T08:50:00Z",
            "disposition": "order placed",
            "orderReference": "R-77",
        },
    )
    assert ended["data"]["endContact"]["userErrors"] == []
    await house.settle()
    return key

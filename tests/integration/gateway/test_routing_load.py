"""What agents carry, over GraphQL."""

from tests.integration.gateway.house import Running
from tests.integration.gateway.test_routing_live import a_floor, asked

SHOWN = "load { capacity cap costs { channel cost } interruptedBy { channel by } }"
PUT = f"""mutation($a: String!, $load: AgentLoadInput!) {{ putAgentLoad(agent: $a, input: $load) {{
  entity {{ externalId {SHOWN} }} userErrors {{ code field }} }} }}"""
GET = f"query($a: String!) {{ deskAgent(agent: $a) {{ externalId {SHOWN} }} }}"


async def test_what_an_agent_carries_is_said_and_asked_over_graphql(house: Running) -> None:
    key = await a_floor(house, "load1", "loa1")
    assert (await asked(house, key, GET, a="loa1"))["deskAgent"] == {"externalId": "loa1", "load": None}
    said = {"costs": [{"channel": "voice", "cost": 2}], "capacity": 5, "cap": 0.8, "interruptedBy": [{"channel": "email", "by": ["voice"]}]}
    put = (await asked(house, key, PUT, a="loa1", load=said))["putAgentLoad"]
    assert put == {"entity": {"externalId": "loa1", "load": said}, "userErrors": []}
    assert (await asked(house, key, GET, a="loa1"))["deskAgent"] == put["entity"]
    refused = (await asked(house, key, PUT, a="loa1", load={"costs": [{"channel": "voice", "cost": 9}], "capacity": 5}))["putAgentLoad"]
    assert refused == {"entity": None, "userErrors": [{"code": "never_fits", "field": "costs.voice"}]}
    assert (await asked(house, key, PUT, a="loa1", load={}))["putAgentLoad"]["entity"]["load"] is None
    assert (await asked(house, key, GET, a="nobody"))["deskAgent"] is None

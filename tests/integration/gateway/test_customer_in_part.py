"""What is left of the unified customer when a service is gone, silent, or not for the reader."""

import orjson
import pytest
from structlog.testing import CapturingLogger

from gateway.clients.transport import Unreachable
from services.kit.ids import new_id
from tests.integration.gateway.house import Running
from tests.integration.gateway.the_customer import KEY, VIEW, fill

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_dead_service_costs_its_own_sections_and_one_error(house: Running) -> None:
    key = await fill(house)
    house.ways["feedback"].broken = Unreachable("connection refused: 127.0.0.1:9103")

    answer = await house.ask(key, VIEW, key=KEY)

    assert len(answer["errors"]) == 1
    error = answer["errors"][0]
    assert error["message"] == "feedback is not available"
    assert error["path"][0] == "customer"
    assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert error["extensions"]["service"] == "feedback"
    assert error["extensions"]["retryable"] is True
    assert error["extensions"]["errorId"]
    customer = answer["data"]["customer"]
    assert customer["feedback"] is None
    assert customer["followUps"] is None
    assert customer["displayName"] == "Ana Pérez"
    states = {status["name"]: status for status in customer["sections"]}
    assert states["feedback"] == {"name": "feedback", "state": "UNAVAILABLE", "reason": "SERVICE_UNAVAILABLE"}
    assert states["contacts"]["state"] == "FRESH"
    assert "127.0.0.1" not in str(answer)


async def test_the_last_good_answer_is_shown_as_stale_while_a_service_is_silent(house: Running) -> None:
    key = await fill(house)
    await house.ask(key, VIEW, key=KEY)
    house.ways["routing"].broken = Unreachable()

    answer = await house.ask(key, VIEW, key=KEY)

    assert "errors" not in answer
    states = {status["name"]: status["state"] for status in answer["data"]["customer"]["sections"]}
    assert states["contacts"] == "STALE"
    assert [edge["node"]["disposition"] for edge in answer["data"]["customer"]["contacts"]["edges"]] == ["order placed"]


async def test_without_customers_there_is_no_customer_and_one_error_says_so(house: Running) -> None:
    key = await fill(house)
    house.ways["customers"].broken = Unreachable()

    answer = await house.ask(key, VIEW, key=KEY)

    assert answer["data"] == {"customer": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SERVICE_UNAVAILABLE"]


async def test_a_role_without_the_scope_gets_no_section_and_no_change(house: Running) -> None:
    await fill(house)
    narrow = await house.key("integration", holder=f"robot {new_id()}")

    answer = await house.ask(
        narrow, "query($key: IdentityKeyInput!) { customer(key: $key) { displayName contributions(first: 1) { pageInfo { endCursor } } } }", key=KEY
    )
    change = await house.ask(
        narrow,
        """mutation { startInitiative(input: {title: "t", driver: "d", responsible: "a", accountable: "b", target: {metric: "csat", value: 0.9}
        baselineFrom: "2026-10-01T00:00:00Z", baselineTo: "2026-11-01T00:00:00Z", due: "2026-12-24T00:00:00Z"})
        { entity { uid } userErrors { code } } }""",
    )

    assert answer["data"]["customer"] == {"displayName": "Ana Pérez", "contributions": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert [error["extensions"]["code"] for error in change["errors"]] == ["FORBIDDEN"]


async def test_the_line_of_log_names_the_scopes_that_a_caller_lacks(house: Running, written: CapturingLogger) -> None:
    await fill(house)
    narrow = await house.key("integration", holder=f"robot {new_id()}")
    asked = "query($key: IdentityKeyInput!) { customer(key: $key) { displayName %s } }"
    written.calls.clear()

    await house.ask(narrow, asked % "contributions(first: 1) { pageInfo { endCursor } }", key=KEY)
    await house.ask(narrow, asked % "language", key=KEY)

    lines = [orjson.loads(call.args[0]) for call in written.calls]
    assert [(line["event"], line.get("missing")) for line in lines] == [("graphql.operation", "insight:read"), ("graphql.operation", None)]

"""What the gateway refuses, how cheaply, and what it says about it."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from logging import WARNING
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from structlog.testing import CapturingLogger

from gateway.edge.door import Door
from gateway.execution.trusted import Trusted, TrustMode, build, hash_of, load, main
from gateway.limits.bucket import Buckets
from services.kit.ids import new_id
from tests.integration.gateway.house import Running
from tests.support.attacks import ATTACKS, wild_bodies
from tests.support.gateway_alone import Alone, gateway_alone

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUERY = "query Who($id: ID!) { customer(id: $id) { displayName } }"
STRICT = {"accept": "application/graphql-response+json"}


@pytest_asyncio.fixture(loop_scope="module")
async def key(house: Running) -> AsyncIterator[str]:
    yield await house.key("agent", holder=f"agent {new_id()}")


def door(house: Running, **changed: Any) -> None:
    """Change what the running door is made of; the next test gets a new one."""
    current: Door = house.app.state.door
    house.app.state.door = replace(current, **changed)


async def test_who_has_used_up_the_allowance_is_told_when_there_is_some_again(house: Running, key: str) -> None:
    door(house, costs=Buckets(size=3, per_second=0.0001))
    body = {"query": QUERY, "variables": {"id": str(new_id())}}

    answers = [await house.post(key, body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"cost";q=3;w=30000'
    assert answers[0].headers["ratelimit"].startswith('"cost";r=2;t=')
    assert answers[3].json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert int(answers[3].headers["retry-after"]) > 9_000


async def test_rest_has_its_own_allowance_with_the_same_fields(house: Running, key: str) -> None:
    door(house, requests=Buckets(size=2, per_second=0.0001))

    answers = [await house.rest(key, "GET", f"/customers/v1/customers/{new_id()}") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[1].headers["ratelimit"].startswith('"requests";r=0;t=')
    assert answers[2].json()["code"] == "allowance_used_up"
    assert int(answers[2].headers["retry-after"]) > 9_000


async def test_a_registered_document_is_asked_for_by_its_hash_by_post_and_get(house: Running, key: str) -> None:
    door(house, trusted=Trusted(TrustMode.ONLY, {hash_of(QUERY): QUERY}))
    variables = {"id": str(new_id())}
    address = {"documentId": f"sha256:{hash_of(QUERY)}", "variables": orjson.dumps(variables).decode()}

    posted = await house.post(key, {"documentId": f"sha256:{hash_of(QUERY)}", "variables": variables})
    apollo = await house.post(key, {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(QUERY)}}, "variables": variables})
    got = await house.rest(key, "GET", "/graphql", params=address, headers=STRICT)

    assert [answer.json()["data"] for answer in (posted, apollo, got)] == [{"customer": None}] * 3


async def test_where_only_registered_documents_are_taken_nothing_else_is(house: Running, key: str) -> None:
    door(house, trusted=Trusted(TrustMode.ONLY, {hash_of(QUERY): QUERY}))

    text = await house.post(key, {"query": "{ __typename }"}, **STRICT)
    unknown = await house.post(key, {"documentId": "sha256:00"}, **STRICT)

    assert [(answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) for answer in (text, unknown)] == [(404, "DOCUMENT_NOT_FOUND")] * 2


async def test_a_get_neither_runs_a_text_nor_comes_from_a_page_of_another_site(house: Running, key: str) -> None:
    mutation = 'mutation M { resolveCase(id: "x") { userErrors { code } } }'
    door(house, trusted=Trusted(TrustMode.ALLOW, {hash_of(QUERY): QUERY, hash_of(mutation): mutation}))

    plain = await house.rest(key, "GET", "/graphql", params={"documentId": hash_of(QUERY)})
    text = await house.rest(key, "GET", "/graphql", params={"query": "{ __typename }"}, headers=STRICT)
    change = await house.rest(key, "GET", "/graphql", params={"documentId": hash_of(mutation)}, headers=STRICT)

    assert [answer.status_code for answer in (plain, text, change)] == [400, 400, 400]
    assert change.json()["errors"][0]["message"] == "A GET only asks; send changes and streams by POST."


async def test_documents_are_registered_only_when_the_schema_and_the_limits_take_them(tmp_path: Path) -> None:
    (tmp_path / "good.graphql").write_text(QUERY, encoding="utf-8")

    assert main(["build", str(tmp_path / "documents.json"), str(tmp_path)]) == 0
    assert load(TrustMode.ONLY, tmp_path / "documents.json").text({"documentId": hash_of(QUERY)}) == (QUERY, hash_of(QUERY))

    (tmp_path / "codegen.json").write_bytes(orjson.dumps({f"sha256:{hash_of(QUERY)}": QUERY}))  # as graphql-codegen names them
    assert load(TrustMode.ONLY, tmp_path / "codegen.json").text({"documentId": f"sha256:{hash_of(QUERY)}"}) == (QUERY, hash_of(QUERY))

    (tmp_path / "bad.graphql").write_text("{ nothing }", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.graphql: Cannot query field 'nothing'"):
        build([tmp_path])


async def test_graphiql_is_not_there_where_it_is_not_wanted(house: Running) -> None:
    shown = await house.rest(None, "GET", "/graphiql")
    door(house, settings=house.app.state.door.settings.model_copy(update={"ide": False}))

    hidden = await house.rest(None, "GET", "/graphiql")

    assert [shown.status_code, hidden.status_code] == [200, 404]


async def test_metrics_are_for_who_runs_the_house(house: Running, key: str) -> None:
    keeper = await house.key("administrator", holder=f"keeper {new_id()}")

    refused = await house.rest(key, "GET", "/metrics")
    shown = await house.rest(keeper, "GET", "/metrics")

    assert refused.status_code == 403
    assert 'antiphon_gateway_service_calls_total{outcome="answered",service="customers"}' in shown.text


@pytest.mark.parametrize("name", sorted(ATTACKS))
async def test_an_attack_is_refused_with_at_most_one_line_of_log(
    house: Running, key: str, name: str, written: CapturingLogger, caplog: pytest.LogCaptureFixture
) -> None:
    attack = ATTACKS[name]
    door(house, runner=replace(house.app.state.door.runner, open_schema=False))

    answer = await house.rest(key, "POST", "/graphql", content=attack.body, headers={"content-type": "application/json", **STRICT})

    assert answer.status_code == attack.status, answer.text[:200]
    assert len(written.calls) + len([record for record in caplog.records if record.levelno >= WARNING]) <= 1
    assert len(answer.content) < 2_000


async def test_no_generated_body_makes_the_gateway_fail_over_real_services(house: Running, key: str) -> None:
    door(house, costs=Buckets(size=1e9, per_second=1e9))
    statuses = [
        (await house.rest(key, "POST", "/graphql", content=body, headers={"content-type": "application/json", **STRICT})).status_code
        for body in wild_bodies(range(40))
    ]

    assert [status for status in statuses if status >= 500] == []


async def patiently(alone: Alone, body: bytes) -> int:
    """Return the status; 503 says "busy, ask again", which a machine under load may say of any request, so that it is asked three times."""
    for _ in range(2):
        answer = await alone.post(body)
        if answer.status != 503:
            return answer.status
    return (await alone.post(body)).status


async def test_none_of_two_thousand_generated_requests_makes_the_gateway_fail(tmp_path: Path) -> None:
    async with gateway_alone(tmp_path) as alone:
        statuses = Counter([await patiently(alone, body) for body in wild_bodies(range(1_000, 3_000), deepest=1)])

    assert set(statuses) == {200, 400}
    assert statuses[200] > 700

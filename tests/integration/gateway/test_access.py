"""Keys and tokens: who comes in, with which rights, and until when."""

import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlmodel import select

from gateway.access.issuers import OutsideTokens
from gateway.access.key_format import new_api_key
from gateway.models import AccessKey
from gateway.settings import TrustedIssuer
from services.kit.auth import sign_token
from services.kit.clock import SteppingClock
from services.kit.errors import Unauthenticated, Unavailable
from services.kit.ids import new_id
from tests.integration.gateway.house import START, Running

pytestmark = pytest.mark.asyncio(loop_scope="module")
NODE = "query($id: ID!) { node(id: $id) { __typename ... on AccessKey { uid roles key } } }"
ME = "{ __typename }"


def someone() -> str:
    return f"holder {new_id()}"


async def issue(house: Running, keeper: str, **body: Any) -> dict[str, Any]:
    answer = await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": someone(), "roles": ["agent"], **body})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def test_nobody_comes_in_without_a_key_and_every_reason_has_one_sentence(house: Running) -> None:
    unknown = new_api_key().text()

    for key in (None, "nonsense", unknown, unknown[:-1] + "!", "a.b.c", "x" * 20_000):
        answer = await house.post(key, {"query": ME})
        assert answer.status_code == 401, key
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert answer.headers["www-authenticate"] == "Bearer"
        rest = await house.rest(key, "GET", "/gateway/v1/keys")
        assert rest.status_code == 401
        assert rest.json()["code"] == "unauthenticated"


async def test_a_key_opens_by_bearer_and_by_its_own_header(house: Running) -> None:
    key = await house.key("agent", holder=someone())

    assert (await house.ask(key, ME))["data"] == {"__typename": "Query"}
    assert (await house.post(None, {"query": ME}, **{"X-API-Key": key})).json()["data"] == {"__typename": "Query"}


async def test_a_key_is_shown_once_and_kept_as_a_hash(house: Running) -> None:
    keeper = await house.key("administrator", holder=someone())
    made = await issue(house, keeper)
    secret = made["key"][18:48]

    shown = await house.rest(keeper, "GET", f"/gateway/v1/keys/{made['id']}")
    rows = await house.app.state.own.state.runtime.read(lambda tx: tx.rows(select(AccessKey)))

    assert "key" not in shown.json()
    assert made["public_id"] == made["key"][9:17]
    assert secret not in str([dict(row) for row in rows])


async def test_a_revoked_key_opens_nothing_at_once_nor_does_its_token(house: Running) -> None:
    keeper = await house.key("administrator", holder=someone())
    made = await issue(house, keeper)
    token = (await house.rest(None, "POST", "/gateway/v1/tokens", json={"key": made["key"]})).json()["access_token"]
    assert (await house.post(made["key"], {"query": ME})).status_code == 200
    assert (await house.post(token, {"query": ME})).status_code == 200

    gone = await house.rest(keeper, "DELETE", f"/gateway/v1/keys/{made['id']}")

    assert gone.status_code == 204
    assert (await house.post(made["key"], {"query": ME})).status_code == 401
    assert (await house.post(token, {"query": ME})).status_code == 401


async def test_a_token_ends_after_fifteen_minutes_and_makes_no_other(house: Running) -> None:
    key = await house.key("agent", holder=someone())
    answer = await house.rest(None, "POST", "/gateway/v1/tokens", json={"key": key})
    token = answer.json()["access_token"]

    assert answer.json()["expires_in"] == 900
    assert (await house.rest(None, "POST", "/gateway/v1/tokens", json={"key": token})).status_code in {401, 422}
    house.clock.move_to(house.clock.now() + timedelta(minutes=14))
    assert (await house.post(token, {"query": ME})).status_code == 200
    house.clock.move_to(house.clock.now() + timedelta(minutes=1))
    assert (await house.post(token, {"query": ME})).status_code == 401


async def test_a_holder_has_two_live_keys_so_that_one_can_replace_the_other(house: Running) -> None:
    keeper = await house.key("administrator", holder=someone())
    old = await issue(house, keeper)

    new = await house.rest(keeper, "POST", f"/gateway/v1/keys/{old['id']}/replacement", json={"overlap_hours": 1})
    third = await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": old["holder"], "roles": ["agent"]})

    assert new.status_code == 201
    assert third.json()["code"] == "too_many_live_keys"
    for key in (old["key"], new.json()["key"]):
        assert (await house.post(key, {"query": ME})).status_code == 200
    house.clock.move_to(house.clock.now() + timedelta(hours=1, seconds=1))
    assert (await house.post(old["key"], {"query": ME})).status_code == 401
    assert (await house.post(new.json()["key"], {"query": ME})).status_code == 200
    assert (await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": old["holder"], "roles": ["agent"]})).status_code == 201


async def test_nobody_gives_away_more_than_they_have(house: Running) -> None:
    keeper = await house.key("administrator", holder=someone(), sites=["Lisbon"])

    wider = await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": someone(), "roles": ["agent"]})
    same = await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": someone(), "roles": ["agent"], "sites": ["Lisbon"]})
    unknown = await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": someone(), "roles": ["emperor"]})

    assert wider.json()["code"] == "rights_beyond_own"
    assert same.status_code == 201
    assert unknown.json()["errors"][0]["pointer"] == "/roles"


async def test_an_agent_keeps_no_keys(house: Running) -> None:
    agent = await house.key("agent", holder=someone())

    assert (await house.rest(agent, "GET", "/gateway/v1/keys")).status_code == 403
    assert (await house.rest(agent, "POST", "/gateway/v1/keys", json={"holder": "x", "roles": ["agent"]})).status_code == 403


async def test_keys_are_issued_and_revoked_by_graphql_too(house: Running) -> None:
    keeper = await house.key("administrator", holder=someone())
    made = await house.ask(
        keeper,
        "mutation($k: IssueKeyInput!) { issueKey(input: $k) { entity { id uid key roles } userErrors { code } } }",
        k={"holder": someone(), "roles": ["analyst"]},
    )
    entity = made["data"]["issueKey"]["entity"]
    assert (await house.post(entity["key"], {"query": ME})).status_code == 200

    found = await house.ask(keeper, NODE, id=entity["id"])
    hidden = await house.ask(entity["key"], NODE, id=entity["id"])
    gone = await house.ask(keeper, "mutation($id: ID!) { revokeKey(id: $id) { entity { revokedAt key } } }", id=entity["id"])

    assert found["data"]["node"] == {"__typename": "AccessKey", "uid": entity["uid"], "roles": ["analyst"], "key": None}
    assert hidden["data"]["node"] is None
    assert [error["extensions"]["code"] for error in hidden["errors"]] == ["FORBIDDEN"]
    assert gone["data"]["revokeKey"]["entity"]["revokedAt"] is not None
    assert gone["data"]["revokeKey"]["entity"]["key"] is None
    assert (await house.post(entity["key"], {"query": ME})).status_code == 401


async def test_the_day_of_use_is_noted_and_no_more(house: Running) -> None:
    keeper = await house.key("administrator", holder=someone())
    made = await issue(house, keeper)
    await house.post(made["key"], {"query": ME})
    await house.settle()

    shown = (await house.rest(keeper, "GET", f"/gateway/v1/keys/{made['id']}")).json()

    assert shown["last_used_on"] in {None, house.clock.now().strftime("%Y-%m-%dT00:00:00Z")}


async def test_an_internal_token_opens_nothing_at_the_edge(house: Running) -> None:
    door = house.app.state.door
    proved = await door.authenticator.prove(await house.key("administrator", holder=someone()))
    private = door.settings.token_private_key.get_secret_value()

    for audience in ("customers", "gateway", "antiphon:client"):
        token = sign_token(private, proved.principal, audience=audience, now=house.clock.now())
        assert (await house.post(token, {"query": ME})).status_code == 401


class Issuer:
    """An OpenID Connect issuer with an RSA key."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
        self.up = True
        self.reads = 0

    async def fetch(self, _: str) -> bytes:
        self.reads += 1
        if not self.up:
            raise OSError
        return json.dumps(KeySet([self.key]).as_dict(private=False)).encode()

    def token(self, clock: SteppingClock, algorithm: str = "RS256", **claims: Any) -> str:
        usual = {
            "iss": "https://id.example",
            "aud": "antiphon",
            "sub": "ana",
            "exp": int(clock.now().timestamp()) + 600,
            "realm": {"roles": ["team-lead"]},
            "sites": ["Lisbon"],
        }
        found = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode({"alg": algorithm, "kid": "one"}, found, self.key, algorithms=[algorithm])


def outside(issuer: Issuer, clock: SteppingClock) -> OutsideTokens:
    trusted = TrustedIssuer(
        issuer="https://id.example",
        audience="antiphon",
        jwks_url="https://id.example/keys",
        roles_claim="realm.roles",
        role_names={"team-lead": "supervisor"},
    )
    return OutsideTokens([trusted], issuer.fetch, clock)


async def test_another_issuers_token_brings_our_roles_and_its_limits() -> None:
    issuer, clock = Issuer(), SteppingClock(START)

    principal, until = await outside(issuer, clock).prove(issuer.token(clock), "https://id.example")

    assert principal.subject == "https://id.example#ana"
    assert principal.roles == {"supervisor"}
    assert "routing:write" in principal.scopes
    assert principal.sites == frozenset({"Lisbon"})
    assert principal.vendors is None
    assert until == clock.now() + timedelta(seconds=600)


@pytest.mark.parametrize(
    "claims",
    [{"aud": "others"}, {"iss": "https://evil.example"}, {"exp": 1}, {"exp": None}, {"sub": None}, {"sites": "Lisbon"}, {"realm": ["x"]}],
)
async def test_a_token_with_a_wrong_claim_is_refused(claims: dict[str, Any]) -> None:
    issuer, clock = Issuer(), SteppingClock(START)

    with pytest.raises(Unauthenticated):
        await outside(issuer, clock).prove(issuer.token(clock, **claims), "https://id.example")


async def test_an_algorithm_off_the_list_is_refused() -> None:
    issuer, clock = Issuer(), SteppingClock(START)

    with pytest.raises(Unauthenticated):
        await outside(issuer, clock).prove(issuer.token(clock, "RS512"), "https://id.example")


async def test_keys_outlive_their_issuers_outage_but_are_never_made_up() -> None:
    issuer, clock = Issuer(), SteppingClock(START)
    tokens = outside(issuer, clock)
    await tokens.prove(issuer.token(clock), "https://id.example")
    issuer.up = False
    clock.move_to(START + timedelta(hours=5))

    principal, _ = await tokens.prove(issuer.token(clock), "https://id.example")

    assert principal.roles == {"supervisor"}
    with pytest.raises(Unavailable):
        await outside(issuer, clock).prove(issuer.token(clock), "https://id.example")

"""Who may open which door: every REST operation of every service against every kind of credential and every role.

Nothing here is written by hand but the public doors with their reasons, and the committed table of roles, access_matrix.json. It is renewed
by `python -m tests.contract.test_access_matrix` and its difference is read by a person before it is committed.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from gateway.access.roles import ROLES
from gateway.access.roles import SERVICES as SERVICE_NAMES
from services.kit.auth import Principal, sign_token
from services.kit.crypto import new_token_keys
from tests.support.doors import SERVICES, Door, doors
from tests.support.room import Room, opened_room

pytestmark = pytest.mark.asyncio(loop_scope="module")
Rooms = dict[str, Room]
TABLE = Path(__file__).parent / "access_matrix.json"
INTERNAL = "internal"
"""The scope of the gateway itself, for the view contract; no role has it, and the gateway forwards no client there."""
GUARDED = [door for door in doors() if door.scopes]
PROBE = "health is asked by machines without keys, and tells nothing of the business"
SIGNED = "a provider; the signature is the key"
SCRAPED = "scraped inside the network; counts only"
LINK = "a customer with a link; the signed token is the key"
WRITER = "the writer must not be known; the address or the code is the secret"
PUBLIC = {
    **{f"GET /{name}/{probe}": PROBE for name in SERVICES for probe in ("healthz", "readyz")},
    **{f"GET /{name}/metrics": SCRAPED for name in SERVICES},
    **{f"{method} /{page}/{{token}}": LINK for page in ("s", "u", "me", "e") for method in ("GET", "HEAD", "POST")},
    "GET /survey/static/page.css": "the look of the public pages",
    "POST /survey/v1/delivery-reports": SIGNED,
    "POST /survey/v1/inbound-messages": SIGNED,
    "POST /feedback/v1/webhooks/{kind}/{secret}": "the address is the secret; some sign as well",
    "GET /feedback/v1/suggestion-box/{secret}": WRITER,
    "POST /feedback/v1/suggestion-box/{secret}": WRITER,
    "POST /feedback/v1/suggestion-mailbox": WRITER,
    "GET /knowledge/v1/help/search": "customers search what is published for them",
    "GET /knowledge/v1/help/articles/{article_id}": "customers read what is published for them",
    "POST /knowledge/v1/help/failures": "customers say that nothing helped",
    "POST /knowledge/v1/articles/{article_id}/vote": "customers say whether a published article helped",
    "POST /knowledge/v1/help/before-contact": "the contact form offers answers before it is sent",
    "GET /knowledge/v1/help/sessions/{session_id}": "a visitor sees what would be handed over, by the session's own id",
    "POST /knowledge/v1/help/sessions/{session_id}/solved": "visitors say that it is solved",
    "POST /knowledge/v1/help/guides/{guide_id}/runs": "customers walk through guides that are published for them",
    "GET /knowledge/v1/help/runs/{run_id}": "a walk is resumed by its own id",
    "POST /knowledge/v1/help/runs/{run_id}/answers": "a walk is moved by who knows its id",
    "POST /knowledge/v1/help/runs/{run_id}/back": "a walk is moved by who knows its id",
    "POST /knowledge/v1/help/peer-answers": "customers tell what solved it; nothing is shown before somebody looked at it",
    "GET /knowledge/v1/help/peer-answers/{answer_id}": "published answers are for everybody",
    "GET /knowledge/v1/help/articles/{article_id}/peer-answers": "published answers are for everybody",
    "POST /knowledge/v1/help/peer-answers/{answer_id}/votes": "visitors say whether it helped; one vote a session",
    "GET /insight/v1/board": "what was promised to customers is for everybody to see",
    "POST /gateway/v1/tokens": "the key in the body proves who asks",
}
CHANGES_NOTHING = {"POST /survey/v1/survey-checks": "judges the questionnaire in the body and stores nothing"}
"""What whoever may read may ask with POST, because the question does not fit into an address."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rooms(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """Open every service once."""
    folder = tmp_path_factory.mktemp("rooms")
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(opened_room(service, folder, None)) for name, service in SERVICES.items()}


def token(room: Room, *scopes: str, key: str | None = None, audience: str | None = None, minutes: float = 5) -> str:
    """Return a token for the room, right in everything that is not given."""
    mine = key or room.runtime.settings.token_private_key.get_secret_value()
    principal = Principal("tester", frozenset(), frozenset(scopes))
    lifetime = timedelta(minutes=minutes)
    return sign_token(mine, principal, audience=audience or room.service.name, now=room.clock.now(), lifetime=lifetime)


async def ask(room: Room, door: Door, authorization: str | None) -> httpx.Response:
    """Knock with a body that is valid JSON and nothing else: who may not come in must not learn what is wrong with it."""
    headers = {"if-match": '"v1"', **({"authorization": authorization} if authorization is not None else {})}
    client = room.anonymous()
    return await client.request(door.method, door.address(), json=None if door.body is None else {}, headers=headers)


def code_of(answer: httpx.Response) -> Any:
    found = answer.json() if answer.content and "json" in answer.headers.get("content-type", "") else None
    return found.get("code") if isinstance(found, dict) else None


async def test_every_door_says_once_who_may_open_it() -> None:
    assert [str(door) for door in doors() if door.guards != 1 or (not door.scopes and door.why is None)] == []


async def test_the_public_doors_are_these_for_these_reasons() -> None:
    assert {str(door): door.why for door in doors() if door.why is not None} == PUBLIC


async def test_every_scope_that_a_door_asks_for_is_brought_by_a_role() -> None:
    brought = frozenset[str]().union(*ROLES.values()) | {INTERNAL}
    assert sorted({scope for door in GUARDED for scope in door.scopes if scope not in brought}) == []


async def test_every_door_of_the_documents_is_in_this_matrix_and_the_other_way_round() -> None:
    from tests.support.doors import document

    described = {f"{method.upper()} {path}" for name in SERVICES for path, methods in document(name)["paths"].items() for method in methods}
    pages = {str(door) for door in doors() if door.path in {"/s/{token}", "/u/{token}", "/me/{token}", "/e/{token}", "/survey/static/page.css"}}
    hidden = {str(door) for door in doors()} - described
    assert described <= {str(door) for door in doors()}
    assert hidden <= pages


@pytest.mark.parametrize("door", GUARDED, ids=str)
async def test_a_door_opens_for_the_right_token_alone(rooms: Rooms, door: Door) -> None:
    room = rooms[door.service]
    right = token(room, *door.scopes)
    head, _, signature = right.rpartition(".")
    strange, _ = new_token_keys()
    refused = {
        "no token": None,
        "an empty token": "Bearer ",
        "another scheme": "Basic dXNlcjpwYXNz",
        "a forged token": f"Bearer {token(room, *door.scopes, key=strange)}",
        "an altered signature": f"Bearer {head}.{signature[::-1]}",
        "a token without signature": "Bearer eyJhbGciOiJub25lIn0." + right.split(".")[1] + ".",
        "an expired token": f"Bearer {token(room, *door.scopes, minutes=-1)}",
        "a token for another service": f"Bearer {token(room, *door.scopes, audience='insight' if door.service != 'insight' else 'survey')}",
    }
    for name, authorization in refused.items():
        answer = await ask(room, door, authorization)
        assert (name, answer.status_code, code_of(answer)) == (name, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    others = sorted({scope for other in GUARDED for scope in other.scopes} - set(door.scopes))
    for scopes in ((), tuple(others)):
        answer = await ask(room, door, f"Bearer {token(room, *scopes)}")
        assert (len(scopes), answer.status_code, code_of(answer)) == (len(scopes), 403, "forbidden")
    for scope in door.scopes:
        answer = await ask(room, door, f"Bearer {token(room, scope)}")
        assert answer.status_code not in {401, 403}, (scope, answer.text)
        assert answer.status_code < 500, (scope, answer.text)


@pytest.mark.parametrize("door", [door for door in doors() if door.why is not None and door.method != "HEAD"], ids=str)
async def test_a_public_door_asks_nobody_for_a_key(rooms: Rooms, door: Door) -> None:
    answer = await ask(rooms[door.service], door, None)
    assert answer.status_code < 500
    if door.why == SIGNED:
        assert (answer.status_code, code_of(answer)) == (401, "carrier_signature_wrong")
    else:
        assert (answer.status_code not in {401, 403}) or door.path == "/gateway/v1/tokens"


def matrix() -> dict[str, list[str]]:
    """Return each guarded door with the roles that open it."""
    return {str(door): sorted(role for role, scopes in ROLES.items() if scopes.intersection(door.scopes)) for door in GUARDED}


async def test_each_role_opens_the_doors_of_the_committed_table() -> None:
    assert matrix() == json.loads(TABLE.read_text(encoding="utf-8"))


def opened_by(role: str) -> set[str]:
    return {name for name, roles in matrix().items() if role in roles}


async def test_no_client_reaches_the_inside_of_the_house() -> None:
    assert {name for name, roles in matrix().items() if not roles} == {str(door) for door in GUARDED if door.scopes == (INTERNAL,)}


async def test_only_the_administrator_moves_the_clock_and_keeps_keys_and_who_configures_a_service_repairs_it() -> None:
    kept = {name: roles for name, roles in matrix().items() if "/dev/clock" in name or "/v1/keys" in name}
    assert set(map(tuple, kept.values())) == {("administrator",)}
    repairs = {name: roles for name, roles in matrix().items() if "/dead-letters" in name or "/parked-events" in name}
    beside = {(name.split("/")[1], role) for name, roles in repairs.items() for role in roles if role != "administrator"}
    assert beside == {("survey", "employee_survey_admin"), ("routing", "supervisor")}


async def test_analysts_and_privacy_officers_change_nothing_that_is_not_theirs() -> None:
    changes = {str(door) for door in GUARDED if door.method != "GET"} - CHANGES_NOTHING.keys()
    assert opened_by("analyst") & changes == set()
    assert {name for name in opened_by("privacy_officer") & changes if not name.split(" ")[1].startswith("/customers/")} == set()
    assert "POST /customers/v1/customers/{customer_id}/erase" in opened_by("privacy_officer")


async def test_what_is_said_to_change_nothing_reaches_no_database() -> None:
    assert {str(door): door.is_given_the_database for door in GUARDED if str(door) in CHANGES_NOTHING} == dict.fromkeys(CHANGES_NOTHING, False)


async def test_only_who_guards_privacy_erases_a_person() -> None:
    assert matrix()["POST /customers/v1/customers/{customer_id}/erase"] == ["administrator", "privacy_officer"]


async def test_agents_and_integrations_configure_nothing() -> None:
    configuring = {str(door) for door in GUARDED if any(scope.endswith(":admin") for scope in door.scopes) and not door.scopes[0].endswith(":read")}
    assert opened_by("agent") & configuring == set()
    assert opened_by("integration") & configuring == set()
    assert {"POST /routing/v1/ended-contacts", "POST /customers/v1/orders", "POST /feedback/v1/items"} <= opened_by("integration")


async def test_every_role_opens_something_in_the_services_it_is_for() -> None:
    assert {role for role in ROLES if not opened_by(role)} == set()
    assert set(SERVICE_NAMES) == set(SERVICES) - {"gateway"}


if __name__ == "__main__":
    TABLE.write_text(json.dumps(matrix(), indent=2) + "\n", encoding="utf-8")

"""Every refusal of the product has a code of its own, registered, with a sentence, and a page that explains it."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from gateway.app import create_gateway
from gateway.clients.transport import AsgiTransport
from gateway.settings import GatewaySettings
from services.kit.errors import REGISTRY, AntiphonError
from services.kit.problems import title_of
from services.kit.service import create_app
from tests.support.doors import NAMES, SERVICES

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parent.parent.parent
OURS = {code: kind for code, kind in REGISTRY.items() if kind.__module__.startswith(("services.", "gateway."))}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """Open the gateway alone: its pages need no service."""
    ways = {name: AsgiTransport(create_app(SERVICES[name])) for name in NAMES}
    app = create_gateway(ways, GatewaySettings(data_dir=tmp_path_factory.mktemp("gateway")))
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://antiphon.test") as http:
        yield http


def descendants(kind: type[AntiphonError]) -> Iterator[type[AntiphonError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


@cache
def sources() -> tuple[tuple[Path, ast.Module], ...]:
    paths = [path for room in ("services", "gateway") for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


async def test_every_kind_of_refusal_is_registered_under_its_own_code() -> None:
    kinds = {kind for kind in descendants(AntiphonError) if kind.__module__.startswith(("services.", "gateway."))}
    assert [kind.__qualname__ for kind in kinds if "code" not in vars(kind)] == []
    assert {kind.code: kind for kind in kinds} == {code: kind for code, kind in OURS.items() if code != "internal"}


async def test_no_source_raises_a_refusal_that_the_running_house_does_not_know() -> None:
    """A class in a module that nobody imports would have no page."""
    named = {
        statement.value.value
        for _, tree in sources()
        for kind in ast.walk(tree)
        if isinstance(kind, ast.ClassDef)
        for statement in kind.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name) and statement.targets[0].id == "code"
        if isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    }
    assert sorted(named - set(REGISTRY)) == []
    assert len(named) > 40


async def test_no_endpoint_refuses_without_a_code() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id == "HTTPException"
    ]
    assert bare == []


async def test_a_code_is_a_word_a_status_is_a_refusal_and_a_title_is_a_sentence() -> None:
    assert [code for code in OURS if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code)] == []
    assert [code for code, kind in OURS.items() if not 400 <= kind.status <= 503] == []
    assert [code for code, kind in OURS.items() if kind.__doc__ is None or (kind.__doc__ == AntiphonError.__doc__ and code != "internal")] == []
    assert [code for code, kind in OURS.items() if len(title_of(kind)) < 10] == []


@pytest.mark.parametrize("code", sorted(OURS))
async def test_a_code_has_a_page_that_says_its_sentence(client: httpx.AsyncClient, code: str) -> None:
    page = await client.get(f"/problems/{code}")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    words = re.sub(r"&#?\w+;", "", title_of(OURS[code])).split()[0]
    assert words in page.text
    assert f"HTTP status {OURS[code].status}." in page.text


async def test_all_codes_are_listed_and_no_other_has_a_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/problems")
    assert [code for code in OURS if f'href="/problems/{code}"' not in page.text] == []
    for odd in ("nothing", "%3Cscript%3E", "x" * 10_000, "%FF", "..%2F..", "__class__"):
        answer = await client.get(f"/problems/{odd}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

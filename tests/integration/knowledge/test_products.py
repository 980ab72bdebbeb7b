"""What is about one product is found and listed alone: nothing of other products is counted, ranked or suggested."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kit.migrate import migrate
from services.knowledge.app import service
from tests.conftest import OpenRoom
from tests.integration.knowledge.test_guides import router_guide
from tests.integration.knowledge.told import search, titles, written_up
from tests.support.migrated import migrated_database
from tests.support.room import opened_room
from tests.support.servers import drop_database, shared_postgres


async def about(api: httpx.AsyncClient, product: str | None, title: str, resolution: str = "Restart it.") -> dict[str, Any]:
    """Write an article about a product."""
    text = {"title": title, "resolution": resolution, "language": "en", "product": product}
    answer = await api.post("/knowledge/v1/articles", json=text)
    assert answer.status_code == 201, answer.text
    written: dict[str, Any] = answer.json()
    return written


async def test_a_search_for_one_product_knows_only_what_is_about_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await about(api, "Fiberbox 7", "Red light")
        await about(api, "Fiberbox 8", "Red light and blacklist")
        await about(api, None, "Red light on anything")
        assert titles(await search(api, "red light", product="Fiberbox 7")) == ["Red light"]
        assert titles(await search(api, "red light", product="Fiberbox 8", language="en")) == ["Red light and blacklist"]
        assert len((await search(api, "red light"))["results"]) == 3
        assert titles(await search(api, "red light", product="fiberbox 7")) == []
        assert (await search(api, "blaklist", product="Fiberbox 7"))["corrections"] == []
        assert (await search(api, "blaklist", product="Fiberbox 8"))["corrections"] == [{"word": "blaklist", "taken_as": ["blacklist"]}]
        alone = await search(api, "red", product="Fiberbox 7")
        await about(api, "Fiberbox 8", "Red again")
        assert await search(api, "red", product="Fiberbox 7") == alone
        suggested = await api.get("/knowledge/v1/suggestions", params={"text": "a red light", "product": "Fiberbox 7"})
        assert titles(suggested.json()) == ["Red light"]


async def test_an_article_that_changes_its_product_is_found_with_the_new_one_alone(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        article = await about(api, "Fiberbox 7", "Red light")
        where = f"/knowledge/v1/articles/{article['id']}"
        text = {"title": "Red light", "resolution": "Restart it.", "language": "en", "product": "Fiberbox 8"}
        assert (await api.put(where, json=text, headers={"If-Match": '"v1"'})).status_code == 200
        assert titles(await search(api, "red", product="Fiberbox 7")) == []
        assert titles(await search(api, "red", product="Fiberbox 8")) == ["Red light"]
        await api.post(f"{where}/state", json={"state": "validated", "audience": "customer"})
        found = [await customer.get("/knowledge/v1/help/search", params={"q": "red", "product": one}) for one in ("Fiberbox 7", "Fiberbox 8")]
        assert [titles(one.json()) for one in found] == [[], ["Red light"]]


async def test_lists_show_one_product_and_a_written_up_case_is_among_its_articles(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await about(api, "Fiberbox 7", "One")
        await about(api, "fiberbox", "Two")
        await about(api, None, "Three")
        await room.hear(written_up())  # about a fiberbox
        listed = (await api.get("/knowledge/v1/articles", params={"product": "fiberbox"})).json()["items"]
        assert [one["title"] for one in listed] == ["My new router keeps blinking red after the delivery", "Two"]
        assert titles(await search(api, "blinking", product="fiberbox")) == ["My new router keeps blinking red after the delivery"]
        guide = router_guide(title="Lights", product="fiberbox")
        assert (await api.post("/knowledge/v1/guides", json=guide)).status_code == 201
        assert titles(await search(api, "green", product="fiberbox")) == ["Lights"]
        counts = [len((await api.get("/knowledge/v1/guides", params={"product": one})).json()["items"]) for one in ("fiberbox", "Fiberbox 7")]
        assert counts == [1, 0]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_articles_from_before_products_were_in_the_index_are_found_by_theirs(tmp_path: Path, engine: str) -> None:
    from alembic import command

    url = await migrated_database(service) if engine == "postgresql" else None
    try:
        async with opened_room(service, tmp_path, url) as room:
            api = room.client("knowledge:read", "knowledge:write")
            await about(api, "Fiberbox 7", "Red light")
            await about(api, None, "Red light on anything")
            before = await search(api, "red light", product="Fiberbox 7")
        place: dict[str, Any] = {"room": service.name, "package": service.package, "database_url": url, "data_dir": tmp_path}
        await migrate(**place, action=lambda config: command.downgrade(config, "0004"))
        async with opened_room(service, tmp_path, url) as room:  # which brings it to the newest version
            api = room.client("knowledge:read", "knowledge:write")
            assert await search(api, "red light", product="Fiberbox 7") == before
            assert len((await search(api, "red light"))["results"]) == 2
    finally:
        if url is not None:
            await drop_database(shared_postgres(), url)

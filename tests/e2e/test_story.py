"""The story of product.md, in one process on SQLite and as separate processes on PostgreSQL and NATS."""

from pathlib import Path

import httpx
import pytest

from tests.support.embedded import embedded_house
from tests.support.split import split_house
from tests.support.story import Story


async def _told(url: str, key: str, mailbox: Path) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as api,
        httpx.AsyncClient(base_url=url, timeout=30) as customer_side,
    ):
        await Story(api, customer_side, mailbox).tell()


async def test_the_whole_story_in_one_process(tmp_path: Path) -> None:
    async with embedded_house(tmp_path) as house:
        await _told(house.url, house.key, house.mailbox)


@pytest.mark.split
async def test_the_whole_story_in_separate_processes(tmp_path: Path) -> None:
    from infra.demo.organisation import load_organisation

    async with split_house(tmp_path) as house:
        key = await house.issue_key("administrator")
        await load_organisation(house.gateway_url, key)
        await _told(house.gateway_url, key, house.data_dir / "mailbox")

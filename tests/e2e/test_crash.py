"""A crash loses nothing and does nothing twice; the bench `house_crash` does the same 25 times and in the split topology."""

from pathlib import Path

import httpx

from tests.support.crash import embedded_crashing, ordeal, quiet
from tests.support.crash_verdict import judge


async def test_three_crashes_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    async with embedded_crashing(tmp_path) as house:
        load, died = await ordeal(house, kills=3, seed=7, workers=4)
        async with httpx.AsyncClient(base_url=house.url, headers={"Authorization": f"Bearer {house.key}"}, timeout=30) as api:
            verdict = await judge(api, load, await quiet(api, skip_leases=True))
    assert died.total() == 3
    assert len(load.items) > 20
    assert len(load.contacts) > 20
    assert (verdict.lost, verdict.doubled, verdict.left) == ([], [], [])

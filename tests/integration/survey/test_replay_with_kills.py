"""Dispatchers die, clocks jump and disagree: nobody is asked twice, nobody is lost, no cap is broken."""

from pathlib import Path

from tests.integration.survey.replaying import TaskDispatcher, replay, tell
from tests.support.servers import drop_database, fresh_database, shared_postgres

EVENTS = 400
"""The full story (a million) is `make bench-long`; this one shares its code and must stay cheap."""


async def test_a_fortnight_with_kills_and_clock_changes_loses_doubles_and_forgets_nothing(tmp_path: Path) -> None:
    server = shared_postgres()
    url = await fresh_database(server)
    try:
        verdict = await replay(url, tmp_path, tell(EVENTS, 7), kills=8, seed=7, spawn=TaskDispatcher, hours=6)
    finally:
        await drop_database(server, url)
    assert (verdict.lost, verdict.doubled, verdict.cap_violations, verdict.undecided, verdict.outside_hours) == (0, 0, 0, 0, 0)
    assert verdict.invited > EVENTS // 10

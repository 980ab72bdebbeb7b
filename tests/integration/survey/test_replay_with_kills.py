"""Dispatchers die, clocks jump and disagree: nobody is asked twice, nobody is lost, no cap is broken."""

from dataclasses import astuple
from pathlib import Path

from tests.integration.survey.judging import Verdict
from tests.integration.survey.replaying import Place, ProcessDispatcher, Spawn, TaskDispatcher, replay
from tests.integration.survey.telling import tell
from tests.support.servers import drop_database, fresh_database, shared_postgres

EVENTS = 50_000
"""A million in `make bench-long`: this many take three quarters of a minute."""
WITH_LETTERS = 200


async def lived_through(folder: Path, events: int, spawn: Spawn, *, kills: int, letters: bool, hours: int) -> Verdict:
    """Replay so many events on a database of its own."""
    server = shared_postgres()
    url = await fresh_database(server)
    try:
        return await replay(Place(url, folder, letters), tell(events, 7), kills=kills, seed=7, spawn=spawn, hours=hours)
    finally:
        await drop_database(server, url)


def faults(verdict: Verdict) -> tuple[int, int, int, int, int]:
    """Return lost, doubled, cap violations, undecided and asks outside decent hours."""
    return verdict.lost, verdict.doubled, verdict.cap_violations, verdict.undecided, verdict.outside_hours


async def test_a_fortnight_of_fifty_thousand_events_with_kills_and_clock_changes_loses_doubles_and_forgets_nothing(tmp_path: Path) -> None:
    verdict = await lived_through(tmp_path, EVENTS, TaskDispatcher, kills=12, letters=False, hours=8)
    assert faults(verdict) == (0, 0, 0, 0, 0), astuple(verdict)
    assert verdict.invited > EVENTS // 10


async def test_dispatchers_that_are_processes_and_send_letters_survive_sigkill(tmp_path: Path) -> None:
    verdict = await lived_through(tmp_path, WITH_LETTERS, ProcessDispatcher, kills=1, letters=True, hours=12)
    assert faults(verdict) == (0, 0, 0, 0, 0), astuple(verdict)
    letters = list((tmp_path / "mailbox").glob("*.eml"))
    assert len(letters) == verdict.invited > WITH_LETTERS // 20  # whom the sample takes differs from run to run: about a tenth to a sixth

"""A week's frozen results."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import PeriodView, PulseGroupView, PulseReportView, PulseScoreView
from services.insight.domain.disclosure import filters_of
from services.insight.domain.intervals import wilson
from services.insight.models import Pulse, PulseAnswer, Release
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import share_moved
from services.kit.db import Tx
from services.kit.errors import NotFound

TOP_STEPS = 2
"""The two highest steps of a scale are favourable: 4 and 5 of 5, 9 and 10 of 10; on a scale of two steps the higher one alone."""
DEPTH = 2


async def pulses(tx: Tx) -> list[Pulse]:
    """Return all pulses; there are few."""
    return await tx.all(select(Pulse).order_by(col(Pulse.key)).limit(1000), Pulse)


async def has_sheets(tx: Tx, key: str, week: str) -> bool:
    """Say whether anybody answered in a week, or whether its results are frozen already."""
    frozen = select(col(Release.id)).where(col(Release.pulse) == key, col(Release.week) == week).limit(1)
    sheets = select(func.count()).select_from(PulseAnswer).where(col(PulseAnswer.pulse) == key, col(PulseAnswer.week) == week)
    return await tx.scalar(frozen) is not None or bool(await tx.scalar(sheets))


async def report(tx: Tx, key: str, week: str, compare_week: str | None) -> PulseReportView:
    """Return what was released of a week beside another one; raises NotFound.

    Whoever may see some sites or vendors only sees the groups of these, and nobody's words: words are of everybody together.
    The comparison tells nothing new about anybody: it is worked out from two releases that every reader may see.
    """
    found = await tx.first(select(Pulse).where(col(Pulse.key) == key), Pulse)
    rows = await _released(tx, key, week)
    if found is None or not rows:
        raise NotFound("Nobody answered this pulse in that week.")
    before = compare_week or await _last_before(tx, key, week)
    past = {} if before is None else _counts([row for row in await _released(tx, key, before) if row.size >= found.minimum])
    shown = [row for row in rows if row.size >= found.minimum]
    groups = [_group(row, past) for row in shown if _may_see(tx, row.about["filter"])]
    possible = sum(_may_see(tx, dict(one)) for one in filters_of(found.groups, min(DEPTH, len(found.groups))))
    words = [text for row in shown if not row.cells and _may_see(tx, {}) for text in row.about["comments"]]
    withheld = possible - len(groups)
    sentence = f"{len(groups)} of {possible} groups are shown; the others have under {found.minimum} people, or would expose somebody."
    monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    return PulseReportView(
        definition_id="pulse_favourable@1",
        period=PeriodView(start=monday, end=monday + timedelta(days=7)),
        filters=_limits(tx),
        pulse=key,
        week=week,
        compared_with=before,
        minimum=found.minimum,
        groups=groups,
        withheld=withheld,
        comments=words,
        sentence=sentence,
    )


def _limits(tx: Tx) -> dict[str, str]:
    who = tx.principal
    found = {} if who is None else {"site": who.sites, "vendor": who.vendors}
    return {name: ", ".join(sorted(allowed)) for name, allowed in found.items() if allowed is not None}


def _may_see(tx: Tx, group: Mapping[str, str]) -> bool:
    """Say whether a group lies within the reader's sites and vendors; one that names none is of the whole house."""
    who = tx.principal
    return who is None or all(allowed is None or group.get(name) in allowed for name, allowed in (("site", who.sites), ("vendor", who.vendors)))


async def _released(tx: Tx, key: str, week: str) -> Sequence[Release]:
    mine = select(Release).where(col(Release.pulse) == key, col(Release.week) == week)
    return await tx.all(mine.order_by(col(Release.cells)), Release)


async def _last_before(tx: Tx, key: str, week: str) -> str | None:
    """Return the last released week before: ISO weeks sort as they pass."""
    found: str | None = await tx.scalar(select(func.max(col(Release.week))).where(col(Release.pulse) == key, col(Release.week) < week))
    return found


def _favourable(counts: Mapping[str, int]) -> tuple[int, int]:
    """Return (answers on the highest steps, answers)."""
    top = sorted(counts, key=int)[-min(TOP_STEPS, len(counts) - 1) :]
    return sum(counts[mark] for mark in top), sum(counts.values())


Counts = dict[tuple[str, str], tuple[int, int]]
"""Group and question to (favourable, answers)."""


def _counts(rows: Sequence[Release]) -> Counts:
    return {(_name(row), question): _favourable(counts) for row in rows for question, counts in row.about["counts"].items() if counts}


def _name(row: Release) -> str:
    return "&".join(f"{attribute}={band}" for attribute, band in sorted(row.about["filter"].items()))


def _group(row: Release, past: Counts) -> PulseGroupView:
    scores = []
    for question, counts in sorted(row.about["counts"].items()):
        good, n = _favourable(counts) if counts else (0, 0)
        if n:
            mean = sum(int(mark) * count for mark, count in counts.items()) / n
            moved = share_moved(past.get((_name(row), question), (0, 0)), (good, n))
            interval = interval_view(wilson(good / n, n))
            scores.append(PulseScoreView(question=question, mean=mean, favourable=good / n, interval=interval, numerator=good, n=n, change=moved))
    return PulseGroupView(filter=row.about["filter"], n=row.size, scores=scores)

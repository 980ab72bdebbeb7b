"""A week's frozen results."""

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import PulseGroupView, PulseReportView, PulseScoreView
from services.insight.domain.disclosure import filters_of
from services.insight.domain.intervals import wilson
from services.insight.models import Pulse, PulseAnswer, Release
from services.insight.queries.metrics import interval_view
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


async def report(tx: Tx, key: str, week: str) -> PulseReportView:
    """Return what was released of a week; raises NotFound."""
    found = await tx.first(select(Pulse).where(col(Pulse.key) == key), Pulse)
    rows = await tx.all(select(Release).where(col(Release.pulse) == key, col(Release.week) == week).order_by(col(Release.cells)), Release)
    if found is None or not rows:
        raise NotFound("Nobody answered this pulse in that week.")
    groups = [_group(row) for row in rows if row.size >= found.minimum]
    possible = len(filters_of(found.groups, min(DEPTH, len(found.groups))))
    words = [text for row in rows if not row.cells and row.size >= found.minimum for text in row.about["comments"]]
    withheld = possible - len(groups)
    sentence = f"{len(groups)} of {possible} groups are shown; the others have under {found.minimum} people, or would expose somebody."
    return PulseReportView(pulse=key, week=week, minimum=found.minimum, groups=groups, withheld=withheld, comments=words, sentence=sentence)


def _group(row: Release) -> PulseGroupView:
    scores = []
    for question, counts in sorted(row.about["counts"].items()):
        n = sum(counts.values())
        if n:
            top = sorted(counts, key=int)[-min(TOP_STEPS, len(counts) - 1) :]
            good = sum(counts[mark] for mark in top) / n
            mean = sum(int(mark) * count for mark, count in counts.items()) / n
            scores.append(PulseScoreView(question=question, mean=mean, favourable=good, interval=interval_view(wilson(good, n)), n=n))
    return PulseGroupView(filter=row.about["filter"], n=row.size, scores=scores)

"""How the knowledge base lives: reuse, time to publish, ageing, quality (KCS practices guide, performance assessment)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.kit.db import Tx
from services.knowledge.contract import Ages, MeasuresView, StandardView
from services.knowledge.domain.shares import share
from services.knowledge.domain.standard import Criterion, quality, seen_in
from services.knowledge.queries.guide_statistics import shown
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.repository.articles import use_of
from services.knowledge.repository.health import Span, checks, draft_ages, flag_ages, linked_cases, standing, times_to_publish, work


async def measures(tx: Tx, since: datetime, until: datetime) -> MeasuresView:
    """Return the figures of a span."""
    span = Span(since, until)
    did, states = await work(tx, span), dict(await standing(tx))
    overdue = states.pop("review_overdue")
    return MeasuresView(
        since=since,
        until=until,
        link_rate=shown(share(*await linked_cases(tx, span))),
        created=did["created"],
        improved=did["improved"],
        reused=did["reused"],
        reuse_per_article=round(did["links"] / did["reused"], 3) if did["reused"] else None,
        hours_to_publish=_ages(await times_to_publish(tx, span)),
        draft_days=_ages(await draft_ages(tx)),
        open_flag_days=_ages(await flag_ages(tx)),
        states=states,
        review_overdue=overdue,
        checklist={name: shown(share(*counts)) for name, counts in quality(await checks(tx, span)).items()},
    )


async def standard(tx: Tx, article_id: UUID) -> StandardView:
    """Return what the machine sees of the content standard in an article; raises ArticleNotFound."""
    article, use = await article_by_id(tx, article_id), await use_of(tx, article_id)
    seen = seen_in(
        title=article.title,
        sections={name: getattr(article, name) for name in ("problem", "environment", "cause", "resolution")},
        plain=article.plain,
        is_duplicate=article.similar_to is not None,
        open_flags=use.open_flags,
        review_overdue=article.review_at is not None and article.review_at < tx.now,
        has_driver=article.driver is not None,
    )
    return StandardView(
        article_id=article_id, version=article.version, seen={one.name: one.holds for one in seen}, asked=[one.value for one in Criterion]
    )


def _ages(ages: Sequence[float]) -> Ages:
    if not ages:
        return Ages(count=0, median=None, p90=None)
    middle = len(ages) // 2
    median = ages[middle] if len(ages) % 2 else (ages[middle - 1] + ages[middle]) / 2
    return Ages(count=len(ages), median=round(median, 3), p90=round(ages[min(len(ages) - 1, int(0.9 * len(ages)))], 3))

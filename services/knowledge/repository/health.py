"""Statements about the health of the whole knowledge base over a span of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, distinct, func, or_, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.domain.lifecycle import LIVING, ArticleState
from services.knowledge.models import Article, ArticleCheck, ArticleFlag, ArticleLink, ArticleVersion, ClosedCase

_MOST = 20_000
"""Rows of which a median is taken: the latest."""


@dataclass(frozen=True, slots=True)
class Span:
    """From, included, to, not included."""

    since: datetime
    until: datetime

    def holds(self, moment: Any) -> Any:
        """Return the condition that a column lies inside."""
        return and_(col(moment) >= self.since, col(moment) < self.until)


async def linked_cases(tx: Tx, span: Span) -> tuple[int, int]:
    """Return how many cases closed with an article linked or written up from them, and how many closed."""
    linked = select(col(ArticleLink.id)).where(col(ArticleLink.case_id) == col(ClosedCase.case_id)).exists()
    written = select(col(Article.id)).where(col(Article.case_id) == col(ClosedCase.case_id)).exists()
    counted = select(func.count().label("closed"), func.coalesce(func.sum(case((or_(linked, written), 1), else_=0)), 0).label("linked"))
    row = (await tx.rows(counted.select_from(ClosedCase).where(span.holds(ClosedCase.resolved_at))))[0]
    return int(row["linked"]), row["closed"]


async def work(tx: Tx, span: Span) -> Mapping[str, int]:
    """Return how many articles were created, improved and reused."""
    reason = col(ArticleVersion.reason)
    by_reason = select(
        func.coalesce(
            func.sum(case((reason == "created", 1), (and_(reason == "case_written_up", col(ArticleVersion.version) == 1), 1), else_=0)), 0
        ).label("created"),
        func.coalesce(func.sum(case((reason == "edited", 1), else_=0)), 0).label("improved"),
    ).where(span.holds(ArticleVersion.changed_at))
    row = (await tx.rows(by_reason))[0]
    used = select(func.count().label("links"), func.count(distinct(col(ArticleLink.article_id))).label("articles")).where(
        span.holds(ArticleLink.linked_at)
    )
    links = (await tx.rows(used))[0]
    return {"created": int(row["created"]), "improved": int(row["improved"]), "links": links["links"], "reused": links["articles"]}


async def times_to_publish(tx: Tx, span: Span) -> list[float]:
    """Return for each article that was published in the span how many hours after its beginning."""
    wanted = select(col(Article.created_at), col(Article.published_at)).where(span.holds(Article.published_at))
    rows = await tx.rows(wanted.order_by(col(Article.published_at).desc()).limit(_MOST))
    return sorted((row["published_at"] - row["created_at"]).total_seconds() / 3600 for row in rows)


async def draft_ages(tx: Tx) -> list[float]:
    """Return how many days the present drafts wait."""
    wanted = select(col(Article.created_at)).where(col(Article.state) == ArticleState.WORK_IN_PROGRESS.value)
    rows = await tx.rows(wanted.order_by(col(Article.created_at)).limit(_MOST))
    return sorted((tx.now - row["created_at"]).total_seconds() / 86_400 for row in rows)


async def flag_ages(tx: Tx) -> list[float]:
    """Return how many days the open flags wait."""
    wanted = select(col(ArticleFlag.flagged_at)).where(col(ArticleFlag.settled_at).is_(None)).order_by(col(ArticleFlag.flagged_at)).limit(_MOST)
    return sorted((tx.now - row["flagged_at"]).total_seconds() / 86_400 for row in await tx.rows(wanted))


async def standing(tx: Tx) -> Mapping[str, int]:
    """Return how many articles there are in each state, and how many living ones are overdue for review."""
    counted = select(col(Article.state), func.count().label("articles")).group_by(col(Article.state))
    found = {row["state"]: row["articles"] for row in await tx.rows(counted)}
    late = select(func.count()).select_from(Article).where(col(Article.review_at) < tx.now, col(Article.state).in_([one.value for one in LIVING]))
    return {**{state.value: found.get(state.value, 0) for state in ArticleState}, "review_overdue": await tx.scalar(late)}


async def checks(tx: Tx, span: Span) -> list[Mapping[str, bool]]:
    """Return the answers of every check in the span."""
    wanted = select(col(ArticleCheck.answers)).where(span.holds(ArticleCheck.checked_at)).order_by(col(ArticleCheck.id).desc()).limit(_MOST)
    return [row["answers"] for row in await tx.rows(wanted)]

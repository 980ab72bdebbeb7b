"""How knowledge lives and what it is good for: measures, deflection, gaps by driver, and the content standard."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.fields import Instant, View
from services.kit.http import APIRouter, IfMatch, Read, RuntimeDep, Write, requires
from services.knowledge.contract import ArticleView, DeflectionView, DriverGap, MeasuresView, RankedGap, StandardView
from services.knowledge.queries.deflection import deflection
from services.knowledge.queries.gaps import driver_gaps, ranked_gaps
from services.knowledge.queries.measures import measures, standard
from services.knowledge.use_cases.care_for_article import CareForArticle, CheckArticle, care_for_article, check_article

router = APIRouter(tags=["measures"])
Reader = Annotated[Principal, requires("knowledge:read")]
Author = Annotated[Principal, requires("knowledge:write")]
Since = Annotated[Instant | None, Query(description="from then on; none: 30 days before `until`")]
Until = Annotated[Instant | None, Query(description="up to then, not included; none: now")]
MOST_DAYS = 400


class CheckView(View):
    """What a colleague saw in an article."""

    id: UUID
    article_id: UUID
    article_version: int
    answers: dict[str, bool]
    note: str | None
    checked_by: str
    checked_at: datetime


@router.get("/v1/measures", response_model=MeasuresView)
async def get_measures(read: Read, runtime: RuntimeDep, _: Reader, since: Since = None, until: Until = None) -> MeasuresView:
    """Return link rate, reuse, time to publish, ageing and the checklist over a span."""
    return await read(measures, *span_of(since, until, runtime.clock.now()))


@router.get("/v1/deflection", response_model=DeflectionView)
async def get_deflection(read: Read, runtime: RuntimeDep, _: Reader, since: Since = None, until: Until = None) -> DeflectionView:
    """Return the share of self-service sessions without a contact afterwards, with its interval, and the effect against the hold-out."""
    return await read(deflection, *span_of(since, until, runtime.clock.now()), runtime.settings.deflection_days)


@router.get("/v1/gaps/drivers", response_model=list[DriverGap])
async def list_driver_gaps(
    read: Read,
    _: Reader,
    days: Annotated[int, Query(ge=1, le=366, description="how far to look back")] = 30,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 50,
) -> list[DriverGap]:
    """List contact drivers for which customers find nothing published, most contacts first."""

    async def missing(tx: Tx) -> list[DriverGap]:
        return await driver_gaps(tx, tx.now - timedelta(days=days), limit)

    return await read(missing)


@router.get("/v1/gaps/ranked", response_model=list[RankedGap])
async def list_ranked_gaps(
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    days: Annotated[int, Query(ge=1, le=366, description="how far to look back")] = 30,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 50,
) -> list[RankedGap]:
    """List what is missing in one list: questions without an answer, guides that did not help, drivers without an answer; most contacts first."""

    async def missing(tx: Tx) -> list[RankedGap]:
        return await ranked_gaps(tx, tx.now - timedelta(days=days), runtime.settings.deflection_days, limit)

    return await read(missing)


@router.get("/v1/articles/{article_id}/standard", response_model=StandardView)
async def get_standard(article_id: UUID, read: Read, _: Reader) -> StandardView:
    """Return what holds of the content standard in an article, and what to ask a colleague."""
    return await read(standard, article_id)


@router.post("/v1/articles/{article_id}/checks", status_code=201, response_model=CheckView)
async def post_check(article_id: UUID, command: CheckArticle, write: Write, _: Author) -> Response:
    """Say what holds of the content standard: for coaching."""
    return await write(check_article, article_id, command, view=CheckView)


@router.put("/v1/articles/{article_id}/care", response_model=ArticleView)
async def put_care(article_id: UUID, command: CareForArticle, expected: IfMatch, write: Write, _: Author) -> Response:
    """Say who keeps the article right, and when it is looked at again."""
    return await write(care_for_article, article_id, command, expected, view=ArticleView)


def span_of(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the span that was asked for; raises InvalidInput when it ends before it begins or is too long."""
    end = until or now
    begin = since or end - timedelta(days=30)
    if not begin < end or end - begin > timedelta(days=MOST_DAYS):
        raise InvalidInput(f"`since` must lie before `until`, and at most {MOST_DAYS} days.", pointer="/since")
    return begin, end

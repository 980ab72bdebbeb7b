"""Reading articles: as they stand, as they were, and what people say about them."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, etag, requires
from services.kit.paging import decode_cursor, encode_cursor
from services.knowledge.api.search import Product
from services.knowledge.contract import ArticleUseView, ArticleVersionView, ArticleView, FlagView
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.models import Article, ArticleFlag, ArticleVersion
from services.knowledge.repository import articles

router = APIRouter(tags=["articles"])
Reader = Annotated[Principal, requires("knowledge:read")]


@router.get("/v1/articles", response_model=Page[ArticleView])
async def list_articles(
    read: Read,
    _: Reader,
    state: ArticleState | None = None,
    product: Product = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[ArticleView]:
    """List articles, newest first."""

    async def page(tx: Tx) -> list[Article]:
        return await articles.articles(tx, state=state, product=product, before=id_in(cursor), limit=limit + 1)

    found = await read(page)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return Page(items=[ArticleView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.get("/v1/articles/{article_id}", response_model=ArticleView)
async def get_article(article_id: UUID, read: Read, _: Reader, response: Response) -> ArticleView:
    """Return an article as it stands, with its ETag."""
    found = await read(articles.article, article_id)
    response.headers["ETag"] = etag(found.version)
    return ArticleView.model_validate(found)


@router.get("/v1/articles/{article_id}/versions", response_model=Page[ArticleVersionView])
async def list_versions(article_id: UUID, read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[ArticleVersionView]:
    """List what the article was, newest first."""

    async def page(tx: Tx) -> list[ArticleVersion]:
        return await articles.versions(tx, article_id, before=_number(cursor), limit=limit + 1)

    found = await read(page)
    more = encode_cursor(str(found[limit - 1].version)) if len(found) > limit else None
    return Page(items=[ArticleVersionView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.get("/v1/articles/{article_id}/use", response_model=ArticleUseView)
async def get_use(article_id: UUID, read: Read, _: Reader) -> ArticleUseView:
    """Return how often the article solved something, what readers voted, and how many flags are open."""
    return await read(articles.use_of, article_id)


@router.get("/v1/articles/{article_id}/flags", response_model=list[FlagView])
async def list_flags(article_id: UUID, read: Read, _: Reader) -> list[FlagView]:
    """List the latest 100 complaints about the article, newest first."""

    async def latest(tx: Tx) -> list[ArticleFlag]:
        return await articles.flags(tx, article_id, limit=100)

    return [FlagView.model_validate(one) for one in await read(latest)]


def id_in(cursor: str | None) -> UUID | None:
    """Return the id that a cursor stands for; raises InvalidInput when it is not one of ours."""
    try:
        return UUID(decode_cursor(cursor, 1)[0]) if cursor else None
    except ValueError:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from None


def _number(cursor: str | None) -> int | None:
    part = decode_cursor(cursor, 1)[0] if cursor else None
    if part is None:
        return None
    if not part.isdecimal() or len(part) > 9:  # noqa: PLR2004 - digits of an int32
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor")
    return int(part)

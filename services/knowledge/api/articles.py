"""Writing articles, and what people do with them."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from services.kit.auth import Principal
from services.kit.http import APIRouter, IfMatch, Write, public, requires
from services.knowledge.contract import ArticleView, FlagView, LinkView
from services.knowledge.use_cases.flag_article import FlagArticle, flag_article
from services.knowledge.use_cases.link_article import LinkArticle, link_article
from services.knowledge.use_cases.reuse_instead import ReuseInstead, reuse_instead
from services.knowledge.use_cases.set_article_state import SetArticleState, set_article_state
from services.knowledge.use_cases.vote_on_article import VoteOnArticle, vote_on_article
from services.knowledge.use_cases.write_article import WriteArticle, rewrite_article, write_article

router = APIRouter(tags=["articles"])
Author = Annotated[Principal, requires("knowledge:write")]


@router.post("/v1/articles", status_code=201, response_model=ArticleView)
async def post_article(command: WriteArticle, write: Write, _: Author) -> Response:
    """Write an article for agents; it is found by the next search."""
    return await write(write_article, command, view=ArticleView)


@router.put("/v1/articles/{article_id}", response_model=ArticleView)
async def put_article(article_id: UUID, command: WriteArticle, expected: IfMatch, write: Write, _: Author) -> Response:
    """Replace the text; the earlier wording stays in the history, and open flags are settled."""
    return await write(rewrite_article, article_id, command, expected, view=ArticleView)


@router.post("/v1/articles/{article_id}/state", response_model=ArticleView)
async def post_state(article_id: UUID, command: SetArticleState, write: Write, _: Author) -> Response:
    """Set state and audience; customers see an article when it is validated and meant for them."""
    return await write(set_article_state, article_id, command, view=ArticleView)


@router.post("/v1/articles/{article_id}/link", status_code=201, response_model=LinkView)
async def post_link(article_id: UUID, command: LinkArticle, write: Write, principal: Author) -> Response:
    """Say that the article solved a case or a contact; reuse by several people validates it."""
    return await write(link_article, article_id, command, principal.subject, view=LinkView)


@router.post("/v1/articles/{article_id}/reuse-instead", response_model=ArticleView)
async def post_reuse_instead(article_id: UUID, command: ReuseInstead, write: Write, _: Author) -> Response:
    """Archive this draft in favour of an article that says the same, and link its case to that one; returns that one."""
    return await write(reuse_instead, article_id, command, view=ArticleView)


@router.post("/v1/articles/{article_id}/flags", status_code=201, response_model=FlagView)
async def post_flag(article_id: UUID, command: FlagArticle, write: Write, _: Author) -> Response:
    """Say that the article is wrong, unclear, out of date or a duplicate."""
    return await write(flag_article, article_id, command, view=FlagView)


@router.post("/v1/articles/{article_id}/vote", status_code=204)
async def post_vote(
    article_id: UUID,
    command: VoteOnArticle,
    request: Request,
    write: Write,
    _: Annotated[None, public("customers say whether a published article helped")],
) -> Response:
    """Say whether the article helped; the last word of a session counts. Thirty votes a visitor and day."""
    return await write(vote_on_article, article_id, command, request.client.host if request.client else None)

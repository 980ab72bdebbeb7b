"""Customers tell customers, and we look at it first."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, public, requires
from services.kit.paging import encode_cursor
from services.knowledge.api.reading import id_in
from services.knowledge.contract import PeerAnswerView, WaitingAnswerView
from services.knowledge.models import PeerAnswer
from services.knowledge.repository.peers import answer_by_id, answers, shown_at, view_of, viewed
from services.knowledge.use_cases.peer_answer import (
    Moderate,
    VoteOnPeerAnswer,
    WritePeerAnswer,
    moderate,
    vote_on_peer_answer,
    write_peer_answer,
)

router = APIRouter(tags=["peer answers"])


@router.post("/v1/help/peer-answers", status_code=201, response_model=PeerAnswerView)
async def post_peer_answer(
    command: WritePeerAnswer, write: Write, _: Annotated[None, public("customers tell what solved it; nothing is shown before somebody looked at it")]
) -> Response:
    """Tell others what solved it; three answers a day, shown after somebody of ours has looked at it."""

    async def written(uow: UnitOfWork) -> PeerAnswerView:
        return view_of(await write_peer_answer(uow, command))

    return await write(written, view=PeerAnswerView)


@router.get("/v1/help/peer-answers/{answer_id}", response_model=PeerAnswerView)
async def get_peer_answer(answer_id: UUID, read: Read, _: Annotated[None, public("published answers are for everybody")]) -> PeerAnswerView:
    """Return a published answer."""

    async def one(tx: Tx) -> PeerAnswerView:
        return (await viewed(tx, [await answer_by_id(tx, answer_id, published=True)]))[0]

    return await read(one)


@router.get("/v1/help/articles/{article_id}/peer-answers", response_model=list[PeerAnswerView])
async def list_at_article(
    article_id: UUID,
    read: Read,
    _: Annotated[None, public("published answers are for everybody")],
    limit: Annotated[int, Query(ge=1, le=50, description="how many at most")] = 10,
) -> list[PeerAnswerView]:
    """List what customers add to an article, the surest help first."""
    return await read(shown_at, article_id, limit)


@router.post("/v1/help/peer-answers/{answer_id}/votes", status_code=204)
async def post_peer_vote(
    answer_id: UUID, command: VoteOnPeerAnswer, write: Write, _: Annotated[None, public("visitors say whether it helped; one vote a session")]
) -> Response:
    """Say whether it solved it, in the session of the search that found it; the last word of a session counts."""
    return await write(vote_on_peer_answer, answer_id, command)


@router.get("/v1/peer-answers", response_model=Page[WaitingAnswerView])
async def list_peer_answers(
    read: Read,
    _: Annotated[Principal, requires("knowledge:write")],
    state: Annotated[str, Query(pattern="^(waiting|published|refused|withdrawn)$")] = "waiting",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[WaitingAnswerView]:
    """List answers for the moderators, newest first."""

    async def page(tx: Tx) -> list[PeerAnswer]:
        return await answers(tx, state=state, before=id_in(cursor), limit=limit + 1)

    found = await read(page)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return Page(items=[WaitingAnswerView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.post("/v1/peer-answers/{answer_id}/moderation", response_model=WaitingAnswerView)
async def post_moderation(answer_id: UUID, command: Moderate, write: Write, _: Annotated[Principal, requires("knowledge:write")]) -> Response:
    """Publish, refuse or withdraw an answer."""
    return await write(moderate, answer_id, command, view=WaitingAnswerView)

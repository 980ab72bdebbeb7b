"""Finding knowledge, and finding out what is missing."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.fields import Language
from services.kit.http import APIRouter, Page, Read, requires
from services.knowledge.contract import GapView, SearchView
from services.knowledge.domain.lifecycle import ArticleState, Audience
from services.knowledge.repository.cases import open_case
from services.knowledge.repository.search import Question, find, for_agents
from services.knowledge.repository.self_service import gaps
from services.knowledge.repository.similar import QUESTION_LENGTH

router = APIRouter(tags=["search"])
Reader = Annotated[Principal, requires("knowledge:read")]
Asked = Annotated[str, Query(min_length=1, max_length=500, pattern=r"^[^\x00]+$", description="what is looked for")]
Results = Annotated[int, Query(ge=1, le=50, description="how many results at most")]


@router.get("/v1/search", response_model=SearchView)
async def search(
    q: Asked,
    read: Read,
    _: Reader,
    language: Language | None = None,
    audience: Audience | None = None,
    state: ArticleState | None = None,
    limit: Results = 10,
) -> SearchView:
    """Search all articles that are not archived; each result says which words it was found by."""
    return await read(find, Question(q, language), for_agents(audience=audience, language=language, state=state), limit)


@router.get("/v1/suggestions", response_model=SearchView)
async def suggest(
    read: Read,
    _: Reader,
    text: Annotated[str | None, Query(min_length=1, max_length=QUESTION_LENGTH, pattern=r"^[^\x00]+$", description="what the customer says")] = None,
    case_id: UUID | None = None,
    limit: Results = 5,
) -> SearchView:
    """Suggest articles for a text, or for the words of an open case."""
    if (text is None) == (case_id is None):
        raise InvalidInput("Send either text or case_id.", pointer="/text")

    async def suggested(tx: Tx) -> SearchView:
        if case_id is None:
            return await find(tx, Question(text or "", None), for_agents(), limit)
        case = await open_case(tx, case_id)
        return await find(tx, Question(f"{case.title}\n{case.text}"[:QUESTION_LENGTH], case.language), for_agents(), limit)

    return await read(suggested)


@router.get("/v1/gaps", response_model=Page[GapView])
async def list_gaps(
    read: Read,
    _: Reader,
    days: Annotated[int, Query(ge=1, le=366, description="how far to look back")] = 30,
    limit: Annotated[int, Query(ge=1, le=100, description="how many at most")] = 50,
) -> Page[GapView]:
    """List what customers looked for without an answer, most visitors first."""

    async def missing(tx: Tx) -> list[GapView]:
        return await gaps(tx, since=tx.now - timedelta(days=days), limit=limit)

    return Page(items=await read(missing), next_cursor=None)

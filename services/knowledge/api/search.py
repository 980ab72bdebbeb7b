"""Finding knowledge, and finding out what is missing."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.fields import Language, Line
from services.kit.http import APIRouter, Page, Read, RuntimeDep, requires
from services.knowledge.contract import GapView, SearchView
from services.knowledge.domain.lifecycle import ArticleState, Audience
from services.knowledge.domain.vectors import Meaning
from services.knowledge.repository.cases import open_case
from services.knowledge.repository.ground import Scope, for_agents
from services.knowledge.repository.search import Question, find, find_json
from services.knowledge.repository.self_service import gaps
from services.knowledge.repository.similar import QUESTION_LENGTH

router = APIRouter(tags=["search"])
Reader = Annotated[Principal, requires("knowledge:read")]
Asked = Annotated[str, Query(min_length=1, max_length=500, pattern=r"^[^\x00]+$", description="what is looked for")]
Mode = Annotated[Literal["mixed", "words"], Query(description="mixed: words and meaning; words: words alone")]
Product = Annotated[Line | None, Query(description="only what is about this product, named as in the article")]
Results = Annotated[int, Query(ge=1, le=50, description="how many results at most")]


@router.get("/v1/search", response_model=SearchView)
async def search(
    q: Asked,
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    language: Annotated[Language | None, Query(description="only knowledge in this language")] = None,
    audience: Audience | None = None,
    state: ArticleState | None = None,
    product: Product = None,
    mode: Mode = "mixed",
    limit: Results = 10,
) -> Response:
    """Search everything that is not archived, by words and by meaning; each result says why it was found."""
    scope = for_agents(audience=audience, language=language, state=state, product=product)
    found = await read(find_json, Question(q, language, await meaning(runtime, q, scope, mode)), scope, limit, runtime.resources["search"])
    return Response(found, media_type="application/json")


@router.get("/v1/suggestions", response_model=SearchView)
async def suggest(
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    text: Annotated[str | None, Query(min_length=1, max_length=QUESTION_LENGTH, pattern=r"^[^\x00]+$", description="what the customer says")] = None,
    case_id: UUID | None = None,
    product: Product = None,
    limit: Results = 5,
) -> SearchView:
    """Suggest articles and guides for a text, or for the words of an open case."""
    if (text is None) == (case_id is None):
        raise InvalidInput("Send either text or case_id.", pointer="/text")
    language = None
    if case_id is not None:
        case = await read(open_case, case_id)
        text, language = f"{case.title}\n{case.text}"[:QUESTION_LENGTH], case.language
    scope = for_agents(product=product)
    return await read(find, Question(text or "", language, await meaning(runtime, text or "", scope)), scope, limit, runtime.resources["search"])


async def meaning(runtime: Any, text: str, scope: Scope, mode: Mode = "mixed") -> Meaning | None:
    """Return how near the visible knowledge is to a text; None when only words are to be searched, or nothing else is possible."""
    meanings = runtime.resources["meanings"]
    return await meanings.of(runtime, text, scope.sees) if meanings is not None and mode == "mixed" else None


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

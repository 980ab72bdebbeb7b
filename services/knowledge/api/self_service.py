"""The public doors: customers help themselves, or say that they could not."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import StringConstraints

from services.kit.fields import Command, Language
from services.kit.http import APIRouter, Read, RuntimeDep, Write, public
from services.knowledge.api.search import Asked, Product, meaning
from services.knowledge.contract import HelpArticleView, HelpSearchView
from services.knowledge.repository.ground import for_customers
from services.knowledge.repository.search import Question, find
from services.knowledge.repository.similar import QUESTION_LENGTH
from services.knowledge.use_cases.before_contact import BeforeContactView, before_contact, mark_solved
from services.knowledge.use_cases.report_help_failure import HelpFailureView, ReportHelpFailure, report_help_failure, trail
from services.knowledge.use_cases.search_help import note_help_search, open_help_article

router = APIRouter(tags=["self-service"])
Session = Annotated[UUID | None, Query(description="the session_id of the first answer; none in the first request")]


@router.get("/v1/help/search", response_model=HelpSearchView)
async def help_search(
    q: Asked,
    read: Read,
    write: Write,
    runtime: RuntimeDep,
    _: Annotated[None, public("customers search what is published for them")],
    session: Session = None,
    language: Language | None = None,
    product: Product = None,
    limit: Annotated[int, Query(ge=1, le=20, description="how many results at most")] = 10,
) -> Response:
    """Search what is published for customers; the question is logged, so that a missing answer becomes a gap."""
    scope = for_customers(product)
    question = Question(q, language, await meaning(runtime, q, scope))
    found = await read(find, question, scope, limit, runtime.resources["search"])
    return await write(note_help_search, question, session, found, view=HelpSearchView)


@router.get("/v1/help/articles/{article_id}", response_model=HelpArticleView)
async def help_article(
    article_id: UUID,
    write: Write,
    _: Annotated[None, public("customers read what is published for them")],
    session: Session = None,
) -> Response:
    """Return a published article; what the visitor opened is remembered with the session."""
    return await write(open_help_article, article_id, session, view=HelpArticleView)


@router.post("/v1/help/failures", status_code=201, response_model=HelpFailureView)
async def post_failure(
    command: ReportHelpFailure,
    write: Write,
    _: Annotated[None, public("customers say that nothing helped")],
) -> Response:
    """Say that nothing helped, and whether somebody should make contact; everything tried goes along."""
    return await write(report_help_failure, command, view=HelpFailureView)


class AskBeforeContact(Command):
    """What the visitor wrote into the contact form."""

    session_id: UUID
    text: Annotated[str, StringConstraints(min_length=1, max_length=QUESTION_LENGTH, strip_whitespace=True)]
    language: Language | None = None


@router.post("/v1/help/before-contact", response_model=BeforeContactView)
async def post_before_contact(
    command: AskBeforeContact,
    read: Read,
    write: Write,
    runtime: RuntimeDep,
    _: Annotated[None, public("the contact form offers answers before it is sent")],
) -> Response:
    """Offer answers for what is written in the contact form; a share of sessions, drawn by chance, is offered nothing, to tell the effect."""
    scope = for_customers()
    question = Question(command.text, command.language, await meaning(runtime, command.text, scope))
    found = await read(find, question, scope, 5, runtime.resources["search"])
    return await write(before_contact, command.session_id, question, found, runtime.settings.hold_out, view=BeforeContactView)


@router.get("/v1/help/sessions/{session_id}", response_model=HelpFailureView)
async def get_session(
    session_id: UUID, read: Read, _: Annotated[None, public("a visitor sees what would be handed over, by the session's own id")]
) -> HelpFailureView:
    """Return what would be handed over to the agent: what was searched, opened and answered."""
    return await read(trail, session_id)


@router.post("/v1/help/sessions/{session_id}/solved", status_code=204)
async def post_solved(session_id: UUID, write: Write, _: Annotated[None, public("visitors say that it is solved")]) -> Response:
    """Say that the problem is solved."""
    return await write(mark_solved, session_id)

"""A customer says that self-service did not help: everything tried goes along, so that the agent need not ask."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.customers.contract import IdentityKey, SubjectIdentified
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.fields import Code, Command, Language, Line, Reference, View
from services.knowledge.contract import SelfServiceFailed
from services.knowledge.domain.masking import mask
from services.knowledge.models import HelpOpening, HelpSession
from services.knowledge.repository.erasure import is_erased
from services.knowledge.repository.guides import trails_of
from services.knowledge.repository.search import Question
from services.knowledge.repository.self_service import MOST_TRIED, change_session, openings_of, queries_of, session, touch_session
from services.knowledge.use_cases.search_help import log_query


class ClaimedKey(Command):
    """The key by which the customer says we know them."""

    kind: Literal["account", "phone", "email", "platform", "order", "reference"]
    value: Reference


class ReportHelpFailure(Command):
    """What was tried outside our own search may be added; our own is known by the session."""

    session_id: UUID
    queries: Annotated[tuple[Line, ...], Field(max_length=MOST_TRIED)] = ()
    articles: Annotated[tuple[UUID, ...], Field(max_length=MOST_TRIED)] = ()
    language: Language
    wants_contact: bool
    share_trail: bool = True
    """False: the visitor does not want us to see what was tried."""
    customer_key: ClaimedKey | None = None
    channel: Code | None = None


class HelpFailureView(View):
    """What was noted."""

    session_id: UUID
    queries: list[str]
    articles: list[UUID]
    steps: list[str]
    """What was answered in guides, in words."""
    wants_contact: bool
    failed_at: datetime | None
    """None while the visitor has not said that nothing helped."""


async def report_help_failure(uow: UnitOfWork, command: ReportHelpFailure) -> HelpFailureView:
    """Note the failure once a session, and once more when the visitor then asks to be contacted."""
    await touch_session(uow, command.session_id, command.language)
    await _add_tried(uow, command)
    known = await session(uow, command.session_id)
    queries = (await queries_of(uow, [command.session_id])).get(command.session_id, [])
    articles = (await openings_of(uow, [command.session_id])).get(command.session_id, [])
    told_before = known is not None and known.failed_at is not None
    wanted_before = known is not None and known.wants_contact
    failed_at = known.failed_at if known is not None and known.failed_at is not None else uow.now
    view = HelpFailureView(
        session_id=command.session_id,
        queries=queries,
        articles=articles,
        steps=(await trails_of(uow, [command.session_id])).get(command.session_id, []),
        wants_contact=command.wants_contact or wanted_before,
        failed_at=failed_at,
    )
    if not told_before or (command.wants_contact and not wanted_before):
        await _fail(uow, command, view, known, failed_at)
    return view


class SessionUnknown(NotFound):
    """Nothing happened in this session."""

    code = "help_session_not_found"


async def trail(tx: Tx, session_id: UUID) -> HelpFailureView:
    """Return what would be handed over; raises SessionUnknown."""
    known = await session(tx, session_id)
    if known is None:
        raise SessionUnknown(f"There is no session {session_id}.")
    return HelpFailureView(
        session_id=session_id,
        queries=(await queries_of(tx, [session_id])).get(session_id, []),
        articles=(await openings_of(tx, [session_id])).get(session_id, []),
        steps=(await trails_of(tx, [session_id])).get(session_id, []),
        wants_contact=known.wants_contact,
        failed_at=known.failed_at,
    )


async def identify_visitor(uow: UnitOfWork, event: SubjectIdentified) -> None:
    """Whose session it was is known now."""
    if event.subject_kind == "self_service" and not await is_erased(uow, event.customer_id):
        await change_session(uow, event.subject_id, customer_id=event.customer_id)


async def _add_tried(uow: UnitOfWork, command: ReportHelpFailure) -> None:
    logged = (await queries_of(uow, [command.session_id])).get(command.session_id, [])
    for query in dict.fromkeys(command.queries):
        if mask(query) not in logged:
            await log_query(uow, command.session_id, Question(query, command.language), None)
    for article_id in dict.fromkeys(command.articles):
        await uow.insert_ignore(HelpOpening, {"session_id": command.session_id, "article_id": article_id, "opened_at": uow.now})


async def _fail(uow: UnitOfWork, command: ReportHelpFailure, view: HelpFailureView, known: HelpSession | None, failed_at: datetime) -> None:
    keys = list(known.customer_keys) if known else []
    if command.customer_key is not None:
        keys = [command.customer_key.model_dump()]
    await change_session(uow, command.session_id, failed_at=failed_at, wants_contact=view.wants_contact, customer_keys=keys)
    uow.emit(
        SelfServiceFailed(
            session_id=view.session_id,
            customer_id=known.customer_id if known else None,
            customer_keys=[IdentityKey.model_validate(key) for key in keys],
            language=command.language,
            queries=view.queries if command.share_trail else [],
            articles=view.articles if command.share_trail else [],
            wants_contact=view.wants_contact,
            channel=command.channel,
            failed_at=failed_at,
            steps=tuple(view.steps) if command.share_trail else (),
        ),
    )

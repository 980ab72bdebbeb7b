"""A customer answered: each scored answer becomes one fact."""

from collections import Counter
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from services.insight import repository
from services.insight.models import AnswerFact, ResponseFact
from services.insight.repository.rollups import touch, touch_where
from services.kit.db import UnitOfWork
from services.survey.contract import GivenAnswer, SurveyAnswered

SCORED = frozenset({"csat5", "nps11", "ces7"})


def mark_of(answer: GivenAnswer) -> str | None:
    """Return what a figure can count in an answer: its score, or the choice of a resolution question; None otherwise."""
    if answer.kind in SCORED:
        return None if answer.score is None else str(answer.score)
    return answer.choice if answer.kind == "resolved" else None


def _rows(event: SurveyAnswered, shared: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one row per scored answer, numbered within its kind and within its kind and dimension."""
    places: Counter[tuple[str, ...]] = Counter()
    rows: dict[str, dict[str, Any]] = {}
    for answer in event.answers:
        mark = mark_of(answer)
        if mark is None or answer.question in rows:
            continue
        kind, dimension = (answer.kind,), (answer.kind, answer.dimension)
        own = {"question": answer.question, "kind": answer.kind, "dimension": answer.dimension, "mark": mark}
        rows[answer.question] = {**shared, **own, "place": places[kind], "place_in_dimension": places[dimension]}
        places[kind] += 1
        places[dimension] += 1
    return list(rows.values())


async def record_answer(uow: UnitOfWork, event: SurveyAnswered) -> None:
    """Keep the response as last told. Flagged answers are kept too, and left out when figures are worked out."""
    told_at = uow.envelope.occurred_at
    mine = col(ResponseFact.response_id) == event.response_id
    known = await uow.first(select(ResponseFact).where(mine), ResponseFact)
    if known is not None and (known.revision, known.told_at) > (event.revision, told_at):
        return
    response = {"invitation_id": event.invitation_id, "flagged": event.flagged, "revision": event.revision, "told_at": told_at}
    await uow.upsert(ResponseFact, {"response_id": event.response_id, **response}, key=("response_id",))
    await touch_where(uow, AnswerFact, col(AnswerFact.response_id) == event.response_id)
    await uow.execute(delete(AnswerFact).where(col(AnswerFact.response_id) == event.response_id))
    about = event.attribution
    customer_id = await repository.customer_for(uow, event.customer_id, about.contact_id or event.response_id)
    shared = {
        "response_id": event.response_id,
        "flagged": event.flagged,
        "probability": event.inclusion_probability,
        "invitation_id": event.invitation_id,
        "contact_id": about.contact_id,
        "customer_id": customer_id,
        "programme": event.programme,
        "survey": event.survey,
        "mode": event.mode,
        "language": event.language,
        "team": about.team,
        "site": about.site,
        "vendor": about.vendor,
        "queue": about.queue,
        "topic": None if event.customer_id is not None and customer_id is None else about.topic,
        "attributed_driver": about.driver,
        "attributed_department": about.department,
        "driver": about.driver,
        "department": about.department or await repository.department_of(uow, about.driver),
        "agent_id": about.agent_id,
        "segment": await repository.segment_of(uow, customer_id),
        "answered_at": event.answered_at,
    }
    await uow.insert(AnswerFact, *_rows(event, shared))
    await touch(uow, "answer", [event.answered_at])
    await repository.settle(uow, about.contact_id)

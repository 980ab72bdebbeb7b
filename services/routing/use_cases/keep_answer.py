"""What a customer said about a contact afterwards is a label for learning, and may be a reason to escalate."""

from services.kit.db import UnitOfWork
from services.routing.domain.escalation import UNHAPPY_AT
from services.routing.repository import lessons
from services.routing.use_cases.escalate_by_rule import escalate_unhappy
from services.survey.contract import GivenAnswer, SurveyAnswered

BEST = {"csat5": (1, 5), "ces7": (1, 7)}


async def keep_answer(uow: UnitOfWork, event: SurveyAnswered) -> None:
    """Keep whether it was resolved: the answer to that question, else satisfaction or effort with the service as a share of its scale."""
    contact_id = event.attribution.contact_id
    if contact_id is None or event.flagged:
        return
    said = next((value for dimension in ("resolution", "service") for each in event.answers if (value := _value(each, dimension)) is not None), None)
    if said is not None:
        await lessons.keep_label(uow, contact_id, said)
        if said <= UNHAPPY_AT:
            await escalate_unhappy(uow, contact_id)


def _value(answer: GivenAnswer, dimension: str) -> float | None:
    if answer.dimension != dimension:
        return None
    if answer.kind == "resolved":
        return {"yes": 1.0, "partly": 0.5, "no": 0.0}.get(answer.choice or "")
    if answer.kind in BEST and answer.score is not None:
        low, high = BEST[answer.kind]
        return (answer.score - low) / (high - low)
    return None

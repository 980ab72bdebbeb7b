"""Our own fact: a survey was answered. It counts in its cell, and other programmes may ask about it."""

from services.kit.db import UnitOfWork
from services.survey.contract import SurveyAnswered
from services.survey.domain.programme import Trigger
from services.survey.use_cases.count_cells import count_answer
from services.survey.use_cases.plan_ask import Occasion, plan_ask


async def hear_answer(uow: UnitOfWork, event: SurveyAnswered) -> None:
    """Count it, and plan what programmes with the trigger `survey_answered` ask. The new ask is about the answer, not about the contact again."""
    await count_answer(uow, event)
    attribution = event.attribution.model_copy(update={"contact_id": None})
    facts = {**attribution.model_dump(mode="json"), "survey": event.survey, "channel": event.mode}
    key = f"response:{event.response_id}"
    await plan_ask(uow, Occasion(Trigger.SURVEY_ANSWERED, key, event.customer_id, "survey", event.answered_at, attribution, facts, event.language))

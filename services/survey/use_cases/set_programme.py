"""Put a programme in force."""

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.ids import new_id
from services.survey.domain.programme import Rules
from services.survey.models import ProgrammeVersion
from services.survey.repository import asking


class SurveyMissing(Refused):
    """A programme needs a survey that exists: put the survey first."""

    code = "survey_missing"


async def set_programme(uow: UnitOfWork, key: str, rules: Rules) -> ProgrammeVersion:
    """Create or change a programme; every change is a new version, open decisions are judged by the one that is current when they fall due."""
    if await asking.latest_survey(uow, rules.survey) is None:
        raise SurveyMissing(f"There is no survey {rules.survey}; put it first.", pointer="/survey")
    stored = rules.model_dump(mode="json")
    current = await asking.current_programme(uow, key)
    if current is not None and current.rules == stored:
        return current
    row = {"id": new_id(), "key": key, "version": current.version + 1 if current else 1, "current": True, "trigger": rules.trigger.value}
    await asking.replace_programme(uow, {**row, "rules": stored, "created_at": uow.now})
    return await asking.programme(uow, key)

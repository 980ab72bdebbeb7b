"""Put a survey in force."""

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.ids import new_id
from services.survey.domain.design import Questionnaire
from services.survey.domain.linting import Weight, lint
from services.survey.models import SurveyVersion
from services.survey.repository import asking


class SurveyFaulty(Refused):
    """The survey breaks a rule that is not a matter of taste, e.g. it names a review place only to those who answered in a certain way."""

    code = "survey_faulty"


async def set_survey(uow: UnitOfWork, key: str, questionnaire: Questionnaire) -> SurveyVersion:
    """Create or change a survey. A version that somebody answered is frozen, so a change makes the next one; the same content changes nothing."""
    fault = next((finding for finding in lint(questionnaire) if finding.weight is Weight.ERROR), None)
    if fault is not None:
        raise SurveyFaulty(fault.reason, pointer=fault.pointer)
    definition = questionnaire.model_dump(mode="json")
    latest = await asking.latest_survey(uow, key)
    if latest is not None and latest.definition == definition:
        return latest
    if latest is not None and latest.answered_at is None and await asking.reword_survey(uow, latest.id, definition):
        return await asking.survey(uow, key, latest.version)
    version = 1 if latest is None else latest.version + 1
    row = {"id": new_id(), "key": key, "version": version, "definition": definition, "created_at": uow.now, "answered_at": None}
    await uow.insert(SurveyVersion, row)
    return await asking.survey(uow, key, version)

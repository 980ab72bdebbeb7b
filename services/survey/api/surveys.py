"""Surveys: which questions are asked."""

from typing import Annotated

from fastapi import Body, Query, Response

from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.kit.paging import decode_cursor, encode_cursor
from services.survey.api.showing import SurveyOut
from services.survey.contract.asking import LintFindingView, LintView, SurveyView
from services.survey.domain.design import Questionnaire
from services.survey.domain.linting import judged, lint
from services.survey.repository import asking
from services.survey.use_cases.set_survey import set_survey

router = APIRouter(tags=["surveys"])
LINT_EXAMPLES = {
    "two_in_one": {
        "summary": "two things in one question, and two more faults",
        "value": {
            "questions": [
                {"key": "agent", "kind": "csat5", "dimension": "service", "required": True,
                 "text": {"en": "How satisfied were you with our excellent agent and the waiting time?"}},
                {"key": "solved", "kind": "resolved", "dimension": "resolution", "required": True, "text": {"en": "Is your ticket resolved?"}},
            ]
        },
    }
}  # fmt: skip
DELIVERY = {
    "after_a_delivery": {
        "summary": "the person who helped, the resolution, our process, words, and a call back",
        "value": {
            "title": {"en": "Your order", "de": "Ihre Bestellung"},
            "questions": [
                {"key": "agent", "kind": "csat5", "dimension": "service", "required": True,
                 "text": {"en": "How satisfied were you with the help our agent gave you?", "de": "Wie zufrieden waren Sie mit der Hilfe?"}},
                {"key": "solved", "kind": "resolved", "dimension": "resolution", "required": True,
                 "text": {"en": "Is your issue resolved?", "de": "Ist Ihr Anliegen gelöst?"}},
                {"key": "ease", "kind": "ces7", "dimension": "process",
                 "text": {"en": "Our company made it easy to get this handled.", "de": "Wir haben es Ihnen leicht gemacht."}},
                {"key": "better", "kind": "text", "dimension": "open",
                 "text": {"en": "What could we do better?", "de": "Was können wir besser machen?"}},
                {"key": "call", "kind": "contact_me", "dimension": "open",
                 "text": {"en": "Please contact me about this", "de": "Bitte melden Sie sich bei mir"}},
            ],
            "after_answer": "comment",
        },
    }
}  # fmt: skip
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="none for the newest")]


@router.put("/v1/surveys/{key}", response_model=SurveyView)
async def put_survey(
    key: Code,
    questionnaire: Annotated[Questionnaire, Body(openapi_examples=DELIVERY)],
    write: Write,
    _: Annotated[Principal, requires("survey:admin")],
) -> Response:
    """Create or change a survey; a version that was answered is frozen, so that a change makes the next one."""
    return await write(set_survey, key, questionnaire, view=SurveyOut)


@router.get("/v1/surveys/{key}")
async def get_survey(key: Code, read: Read, _: Annotated[Principal, requires("survey:read")], version: Version = None) -> SurveyView:
    """Return the newest version of a survey, or the one that `version` names."""
    return SurveyOut.model_validate(await read(asking.survey, key, version))


@router.get("/v1/surveys")
async def list_surveys(read: Read, _: Annotated[Principal, requires("survey:read")], cursor: Cursor = None, limit: PageSize = 50) -> Page[SurveyView]:
    """Return the newest version of each survey, by key."""
    after = decode_cursor(cursor, 1)[0] if cursor else ""
    found = await read(asking.surveys, after, limit + 1)
    items: list[SurveyView] = [SurveyOut.model_validate(survey) for survey in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].key) if len(found) > limit else None)


@router.post("/v1/survey-checks")
async def check_survey(
    questionnaire: Annotated[Questionnaire, Body(openapi_examples=LINT_EXAMPLES)], _: Annotated[Principal, requires("survey:read", "survey:admin")]
) -> LintView:
    """Judge a questionnaire without storing it: length, scales, wording, order, ways out, translations; each finding with its reason and source."""
    return _linted(questionnaire)


@router.get("/v1/surveys/{key}/check")
async def check_stored_survey(key: Code, read: Read, _: Annotated[Principal, requires("survey:read")], version: Version = None) -> LintView:
    """Judge a stored version of a survey."""
    stored = await read(asking.survey, key, version)
    return _linted(Questionnaire.model_validate(stored.definition))


def _linted(questionnaire: Questionnaire) -> LintView:
    words, structure = judged(questionnaire)
    found = [LintFindingView.model_validate(finding) for finding in lint(questionnaire)]
    return LintView(findings=found, words_judged_in=words, only_structure_judged_in=structure)

"""The page of an employee pulse: it says in words who can see what, and knows nothing of who looks at it."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.kit.http import APIRouter, RuntimeDep, StrictForm
from services.survey.api.pages.door import Door, Wish, gone, page
from services.survey.api.pages.rendering import blocks_of, problem_sentence, render
from services.survey.domain.answers import read_sheet
from services.survey.domain.design import wording_in
from services.survey.domain.pulse import SMALLEST_GROUP, PulseDesign
from services.survey.domain.sealed import unsealed
from services.survey.domain.tokens import Purpose, fingerprint
from services.survey.domain.wording import accepted, negotiate, words_in
from services.survey.use_cases.answer_link import LinkDead
from services.survey.use_cases.run_pulse import answer_pulse, open_pulse

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.api_route("/e/{token}", methods=["GET", "HEAD"])
async def show_pulse(token: str, request: Request, runtime: RuntimeDep, _: Door, lang: Wish = None) -> Response:
    """Show the questions; looking records nothing."""
    opened = await _opened(token, runtime)
    if opened is None:
        return gone(request, runtime)
    language = negotiate(lang, *accepted(request.headers.get("accept-language", "")))
    return page(_form(opened[1], language, runtime, {}, {}, ""))


@router.post("/e/{token}")
async def send_pulse(token: str, request: Request, form: StrictForm, runtime: RuntimeDep, _: Door) -> Response:
    """Record the answers once, with nothing of the request beside them."""
    opened = await _opened(token, runtime)
    if opened is None:
        return gone(request, runtime)
    ticket, design = opened
    language = negotiate(form.get("lang", [""])[0])
    given = {question.key: form.get(f"q.{question.key}", [""])[0] for question in design.questions}
    suggestion = form.get("suggestion", [""])[0]
    problems = read_sheet(design.as_questionnaire(), given).problems
    if problems:
        return page(_form(design, language, runtime, given, problems, suggestion), 422)
    try:
        await runtime.write(answer_pulse, ticket, fingerprint(token), given, suggestion)
    except LinkDead:
        return gone(request, runtime)
    words = words_in(language)
    return page(render("message.html", language, runtime.settings.brand, heading=words.thanks_title, sentences=[words.pulse_thanks]))


async def _opened(token: str, runtime: Any) -> tuple[UUID, PulseDesign] | None:
    ticket = unsealed(token, Purpose.PULSE, runtime.resources["keys"].link)
    if ticket is None:
        return None
    try:
        _, _, design = await runtime.read(open_pulse, ticket, fingerprint(token))
    except LinkDead:
        return None
    return ticket, design


def _form(design: PulseDesign, language: str, runtime: Any, given: Any, problems: Any, suggestion: str) -> str:
    words = words_in(language)
    texts = {question.key: wording_in(question.text, language) for question in design.questions}
    return render(
        "pulse.html",
        language,
        runtime.settings.brand,
        heading=words.pulse_title,
        who=words.pulse_who.format(limit=SMALLEST_GROUP),
        questions=[question for block in blocks_of(design.as_questionnaire(), language, given, problems) for question in block.questions],
        problems=[(key, problem_sentence(problem, texts[key], words)) for key, problem in problems.items()],
        suggestions=design.suggestions,
        suggestion=suggestion,
    )

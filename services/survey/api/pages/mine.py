"""What we know about asking this customer: shown to them, given as a copy, and their answers deleted when they say so."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from fastapi import Request, Response

from services.kit.http import APIRouter, RuntimeDep, StrictForm
from services.survey.api.pages.door import HEADERS, Door, Wish, gone, page
from services.survey.api.pages.rendering import answer_texts, render
from services.survey.domain.letter import day_in
from services.survey.domain.sealed import unsealed
from services.survey.domain.tokens import Purpose, token_for
from services.survey.domain.wording import negotiate, words_in
from services.survey.use_cases.answer_link import LinkDead
from services.survey.use_cases.show_mine import Mine, delete_mine, show_mine

router = APIRouter(tags=["pages"], include_in_schema=False)
_PERSONAL = {"id", "programme", "survey", "channel", "language", "state", "invited_at", "sent_at", "answered_at", "expires_at"}
_SAID = {
    "id",
    "survey",
    "survey_version",
    "mode",
    "language",
    "answers",
    "comment",
    "wants_contact",
    "contact_channel",
    "contact_time",
    "answered_at",
}


@router.api_route("/me/{token}", methods=["GET", "HEAD"])
async def show(token: str, request: Request, runtime: RuntimeDep, _: Door, lang: Wish = None, copy: Wish = None) -> Response:
    """Show every ask and answer of the person; `copy` gives them as JSON. Looking changes nothing."""
    mine = await _mine(token, runtime)
    if mine is None:
        return gone(request, runtime)
    if copy:
        named = {"Content-Disposition": 'attachment; filename="feedback.json"'}
        return Response(_copy(mine), 200, {**HEADERS, **named}, "application/json")
    return page(_shown(mine, negotiate(lang, mine.invitation.language), runtime))


@router.post("/me/{token}")
async def delete(token: str, request: Request, form: StrictForm, runtime: RuntimeDep, _: Door) -> Response:
    """Delete the person's answers; anything else that is sent changes nothing."""
    mine = await _mine(token, runtime)
    if mine is None:
        return gone(request, runtime)
    language = negotiate(form.get("lang", [""])[0], mine.invitation.language)
    if form.get("delete") != ["yes"]:
        return page(_shown(mine, language, runtime), 422)
    await runtime.write(delete_mine, mine.invitation.id)
    words = words_in(language)
    return page(render("message.html", language, runtime.settings.brand, heading=words.stopped_title, sentences=[words.me_deleted]))


async def _mine(token: str, runtime: Any) -> Mine | None:
    invitation_id = unsealed(token, Purpose.MINE, runtime.resources["keys"].link)
    if invitation_id is None:
        return None
    try:
        found: Mine = await runtime.read(show_mine, invitation_id)
    except LinkDead:
        return None
    return found


def _shown(mine: Mine, language: str, runtime: Any) -> str:
    zone = ZoneInfo((mine.customer.time_zone if mine.customer else None) or "UTC")

    def day(moment: datetime) -> str:
        return day_in(language, moment.astimezone(zone).date())

    asks = []
    for ask in mine.asks:
        found = mine.responses.get(ask.id)
        answers = answer_texts(mine.surveys[found.survey, found.survey_version], found.answers, language) if found else []
        asks.append({"day": day(ask.invited_at), "answered": day(found.answered_at) if found else None, "answers": answers})
    return render(
        "mine.html",
        language,
        runtime.settings.brand,
        heading=words_in(language).me_title,
        asks=asks,
        may_delete=bool(mine.responses),
        stop_token=token_for(mine.invitation.id, Purpose.STOP, runtime.resources["keys"].link),
    )


def _copy(mine: Mine) -> bytes:
    return orjson.dumps(
        {
            "asked": [one.model_dump(mode="json", include=_PERSONAL) for one in mine.asks],
            "answered": [one.model_dump(mode="json", include=_SAID) for one in mine.responses.values()],
            "refusals_and_agreements": [one.model_dump(mode="json", exclude={"customer_id"}) for one in mine.words],
        },
        option=orjson.OPT_INDENT_2,
    )

"""The page to stop being asked, and the one click of mail programs (RFC 8058)."""

from typing import Any

from fastapi import Request, Response

from services.kit.http import APIRouter, RuntimeDep
from services.kit.strict import read_form
from services.survey.api.pages.door import Door, Wish, gone, page
from services.survey.api.pages.rendering import render
from services.survey.domain.tokens import Purpose, fingerprint, is_genuine
from services.survey.domain.wording import accepted, negotiate, words_in
from services.survey.use_cases.answer_link import LinkDead
from services.survey.use_cases.opt_out import ASKING_CHANNELS, StopChannel, living_stop_link, opt_out

router = APIRouter(tags=["pages"], include_in_schema=False)
_ONE_CLICK = "One-Click"


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
async def show_stop(token: str, request: Request, runtime: RuntimeDep, _: Door, lang: Wish = None) -> Response:
    """Ask what to stop; looking at it stops nothing."""
    if not is_genuine(token, Purpose.STOP, runtime.resources["keys"].link):
        return gone(request, runtime)
    try:
        stoppable = await runtime.read(living_stop_link, fingerprint(token))
    except LinkDead:
        return gone(request, runtime)
    language = negotiate(lang, stoppable.language)
    words = words_in(language)
    channels = [("any", words.stop_any), *((code, getattr(words, f"stop_{code}")) for code in ASKING_CHANNELS)]
    return page(render("stop.html", language, runtime.settings.brand, heading=words.stop_title, channels=channels))


@router.post("/u/{token}")
async def stop(token: str, request: Request, runtime: RuntimeDep, _: Door) -> Response:
    """Stop, at once: what the customer chose on the page, or everything for a mail program's one click."""
    if not is_genuine(token, Purpose.STOP, runtime.resources["keys"].link):
        return gone(request, runtime)
    channel, wish = await _wanted(request)
    try:
        await runtime.write(opt_out, fingerprint(token), channel)
    except LinkDead:
        return gone(request, runtime)
    return _stopped(request, runtime, wish)


def _stopped(request: Request, runtime: Any, wish: str | None) -> Response:
    language = negotiate(wish, *accepted(request.headers.get("accept-language", "")))
    words = words_in(language)
    return page(render("message.html", language, runtime.settings.brand, heading=words.stopped_title, sentences=[words.stopped_body]))


async def _wanted(request: Request) -> tuple[StopChannel, str | None]:
    """Return what to stop and the language of the answer. A mail program may send its one click as multipart/form-data; that stops everything."""
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return "any", None
    form = await read_form(request)
    wish = form.get("lang", [None])[0]
    chosen = next((code for code in ASKING_CHANNELS if form.get("channel") == [code]), None)
    return (chosen if chosen and form.get("List-Unsubscribe") != [_ONE_CLICK] else "any"), wish

"""The pages behind a link. GET shows and never records; POST acts; used, expired and forged links get one page with the same bytes."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response

from services.kit.http import APIRouter, RuntimeDep, StrictForm, public
from services.survey.api.pages.rendering import blocks_of, contact_choices, problem_sentence, render, style_sheet
from services.survey.domain.answers import CONTACT_CHANNELS, CONTACT_TIMES, Problem, read_sheet
from services.survey.domain.design import AfterAnswer, Kind, Questionnaire, wording_in
from services.survey.domain.honesty import SweepWatch, flags_of, network_of
from services.survey.domain.letter import about, day_in
from services.survey.domain.sealed import sealed_token
from services.survey.domain.tokens import Purpose, fingerprint, is_genuine, render_stamp, shown_at, token_for
from services.survey.domain.wording import accepted, negotiate, words_in
from services.survey.use_cases.amend_response import add_words
from services.survey.use_cases.answer_link import LinkDead, OpenInvitation, PageAnswer, answer_link, open_invitation
from services.survey.use_cases.keep_partial import keep_partial
from services.survey.use_cases.record_response import AlreadyAnswered

router = APIRouter(tags=["pages"], include_in_schema=False)
look = APIRouter(tags=["pages"], include_in_schema=False)
Door = Annotated[None, public("a customer with a link; the signed token is the key")]
Wish = Annotated[str | None, Query(max_length=20)]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PREFERRED = {"phone": "voice", "voice": "voice", "email": "email", "sms": "message", "message": "message"}


def page(html: str, status: int = 200) -> Response:
    """Return a page that is not kept, not indexed, not framed, runs nothing and tells nobody where it was."""
    return Response(html, status, HEADERS, "text/html; charset=utf-8")


def gone(request: Request, runtime: Any) -> Response:
    """Return the one page for links that do not work; it depends on the browser's language alone."""
    language = negotiate(*accepted(request.headers.get("accept-language", "")))
    words = words_in(language)
    html = render("message.html", language, runtime.settings.brand, heading=words.gone_title, sentences=[words.gone_body])
    return page(html, 404)


@router.api_route("/s/{token}", methods=["GET", "HEAD"])
async def show_survey(token: str, request: Request, runtime: RuntimeDep, _: Door, lang: Wish = None, a: Wish = None) -> Response:
    """Show the questions; `a` ticks a step of the first satisfaction question, and nothing more."""
    opened = await _opened(token, runtime)
    if opened is None:
        return gone(request, runtime)
    language = negotiate(lang, opened.invitation.language)
    questionnaire = Questionnaire.model_validate(opened.survey.definition)
    first = next((question for question in questionnaire.questions if question.kind is Kind.CSAT5), None)
    given = {first.key: a} if first and a in first.codes() and a else {}
    return page(_form(opened, questionnaire, language, token, runtime, given, {}))


@router.post("/s/{token}")
async def send_survey(token: str, request: Request, form: StrictForm, runtime: RuntimeDep, _: Door) -> Response:
    """Record the answers once; with a problem everything typed stays on the page, and what was answered is kept until the link ends."""
    if _one(form, "more").strip():
        return await _add(token, request, form, runtime)
    opened = await _opened(token, runtime)
    if opened is None:
        return gone(request, runtime)
    language = negotiate(_one(form, "lang"), opened.invitation.language)
    questionnaire = Questionnaire.model_validate(opened.survey.definition)
    asked = {question.key for question in questionnaire.questions}
    given = {key: value for key in asked if (value := ",".join(form.get(f"q.{key}", [""])))}
    sheet = read_sheet(questionnaire, given)
    sent = _page_answer(token, form, runtime, given, language, _network(request))
    if sheet.problems:
        with suppress(LinkDead):
            await runtime.write(keep_partial, sent)
        return page(_form(opened, questionnaire, language, token, runtime, {**given, **_contact(form)}, sheet.problems), 422)
    try:
        await runtime.write(answer_link, sent)
    except (LinkDead, AlreadyAnswered):
        return gone(request, runtime)
    words = words_in(language)
    sentences = [words.thanks_body, *([words.thanks_contact] if sheet.wants_contact else [])]
    may_add = questionnaire.after_answer is AfterAnswer.COMMENT
    return page(_thanks(runtime, language, opened.invitation.id, sentences, may_add=may_add))


async def _add(token: str, request: Request, form: Mapping[str, list[str]], runtime: Any) -> Response:
    """Add words to an answer that was just sent, once."""
    if not is_genuine(token, Purpose.ANSWER, runtime.resources["keys"].link):
        return gone(request, runtime)
    try:
        changed = await runtime.write(add_words, fingerprint(token), _one(form, "more"))
    except LinkDead:
        return gone(request, runtime)
    language = negotiate(_one(form, "lang"), changed.language)
    return page(_thanks(runtime, language, changed.invitation_id, [words_in(language).more_done], may_add=False))


def _thanks(runtime: Any, language: str, invitation_id: UUID, sentences: list[str], *, may_add: bool) -> str:
    mine = sealed_token(invitation_id, Purpose.MINE, runtime.resources["keys"].link)
    words, brand = words_in(language), runtime.settings.brand
    return render("thanks.html", language, brand, heading=words.thanks_title, sentences=sentences, may_add=may_add, mine_token=mine)


@look.get("/static/page.css")
async def show_style_sheet(_: Annotated[None, public("the look of the public pages")]) -> Response:
    """Return the style sheet; its address changes with its content."""
    return Response(style_sheet()[0], headers={"Cache-Control": "public, max-age=31536000, immutable"}, media_type="text/css; charset=utf-8")


async def _opened(token: str, runtime: Any) -> OpenInvitation | None:
    """Return the invitation of a living link; a forged token dies before the database."""
    if not is_genuine(token, Purpose.ANSWER, runtime.resources["keys"].link):
        return None
    try:
        opened: OpenInvitation = await runtime.read(open_invitation, fingerprint(token))
    except LinkDead:
        return None
    return opened


def _one(form: Mapping[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]


def _contact(form: Mapping[str, list[str]]) -> dict[str, str]:
    channel, time = _one(form, "contact_channel"), _one(form, "contact_time")
    return {
        "contact_channel": channel if channel in CONTACT_CHANNELS else "",
        "contact_time": time if time in CONTACT_TIMES else "",
    }


def _network(request: Request) -> str | None:
    return network_of(request.client.host if request.client else None)


def _page_answer(token: str, form: Mapping[str, list[str]], runtime: Any, given: Mapping[str, str], language: str, network: str | None) -> PageAnswer:
    contact = _contact(form)
    sweep: SweepWatch = runtime.resources["sweep"]
    flags = flags_of(
        honeypot=_one(form, "website"),
        shown_at=shown_at(token, _one(form, "shown"), runtime.resources["keys"].link),
        sent_at=runtime.clock.now(),
        fastest=timedelta(seconds=runtime.settings.fastest_answer_seconds),
        swept=sweep.note(network, token, runtime.clock.now()),
    )
    return PageAnswer(fingerprint(token), given, language, contact["contact_channel"] or None, contact["contact_time"] or None, flags)


def _form(
    opened: OpenInvitation,
    questionnaire: Questionnaire,
    language: str,
    token: str,
    runtime: Any,
    given: Mapping[str, str],
    problems: Mapping[str, Problem],
) -> str:
    words, customer, invitation = words_in(language), opened.customer, opened.invitation
    zone = ZoneInfo((customer.time_zone if customer else None) or "UTC")
    texts = {question.key: wording_in(question.text, language) for question in questionnaire.questions}
    preferred = _PREFERRED.get((customer.preferred_channel if customer else None) or "", CONTACT_CHANNELS[0])
    return render(
        "survey.html",
        language,
        runtime.settings.brand,
        heading=wording_in(questionnaire.title, language) if questionnaire.title else words.title,
        about=about(words, invitation.about_channel, day_in(language, invitation.about_at.astimezone(zone).date())),
        blocks=blocks_of(questionnaire, language, given, problems),
        problems=[(key, problem_sentence(problem, texts[key], words)) for key, problem in problems.items()],
        stamp=render_stamp(token, runtime.clock.now(), runtime.resources["keys"].link),
        stop_token=token_for(invitation.id, Purpose.STOP, runtime.resources["keys"].link),
        mine_token=sealed_token(invitation.id, Purpose.MINE, runtime.resources["keys"].link),
        contact_channel=given.get("contact_channel") or preferred,
        contact_time=given.get("contact_time") or CONTACT_TIMES[0],
        **contact_choices(words),
    )

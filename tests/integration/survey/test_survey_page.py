"""The page behind a link: looking never records, sending records once, and a dead link says nothing."""

import asyncio
import re
from typing import Any

from sqlalchemy import func, select

from services.kit.db import Tx
from services.survey.app import service
from services.survey.contract import SurveyAnswered
from services.survey.models import Invitation, Response
from tests.conftest import OpenRoom
from tests.integration.survey.scene import DELIVERY, filled, hidden, invitations, invited, letters, put_survey
from tests.support.room import Room


async def count(tx: Tx) -> int:
    found: int = await tx.scalar(select(func.count()).select_from(Response.__table__))  # type: ignore[attr-defined]  # SQLAlchemy's attribute
    return found


async def stored(room: Room) -> int:
    return await room.runtime.read(count)


async def test_a_customer_reads_the_questions_in_their_language_and_answers_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, path = await invited(room, language=None)  # the call was in German
        browser = room.anonymous()
        shown = await browser.get(path)
        assert shown.status_code == 200
        assert '<html lang="de" dir="ltr">' in shown.text
        assert "Zu Ihrem Anruf vom 23. November." in shown.text
        assert "<legend><span>Wie zufrieden waren Sie mit der Hilfe?</span></legend>" in shown.text
        assert '<legend><span lang="en" dir="auto">Is your issue resolved?</span></legend>' in shown.text
        form = await filled(browser, room, path, agent="2", solved="no", ease="3", better="Too slow", call="yes")
        thanks = await browser.post(path, data={**form, "contact_channel": "voice", "contact_time": "evening"})
        assert (thanks.status_code, "Vielen Dank" in thanks.text) == (200, True)
        await room.settle()
        (said,) = room.said(SurveyAnswered)
        assert (said.customer_id, said.mode, said.language, said.comment) == (anna, "page", "de", "Too slow")
        assert (said.wants_contact, said.contact_channel, said.contact_time, said.flagged) == (True, "voice", "evening", False)
        assert [(one.question, one.dimension, one.score, one.choice, one.text) for one in said.answers] == [
            ("agent", "service", 2, None, None),
            ("solved", "resolution", None, "no", None),
            ("ease", "process", 3, None, None),
            ("better", "open", None, None, "Too slow"),
            ("call", "open", None, "yes", None),
        ]
        assert (said.attribution.site, said.attribution.vendor, said.attribution.department) == ("leipzig", "north", "logistics")
        assert said.inclusion_probability == 1.0
        (invitation,) = await invitations(room)
        assert (invitation["state"], invitation["survey_version"]) == ("answered", 1)


async def test_looking_records_nothing_even_with_a_chosen_face(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        for address in (path, f"{path}?a=1", f"{path}?a=5", f"{path}?a=9&lang=ar"):
            assert (await browser.get(address)).status_code == 200
            assert (await browser.head(address)).status_code == 200
        await room.settle()
        assert (await stored(room), room.said(SurveyAnswered)) == (0, [])
        chosen = (await browser.get(f"{path}?a=4")).text
        assert re.findall(r'name="q\.(\w+)" value="(\w+)"(?: id="[^"]*")? checked', chosen) == [("agent", "4")]
        (invitation,) = await invitations(room)
        assert invitation["state"] == "sent"


async def test_fifty_answers_at_one_moment_are_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        form = await filled(browser, room, path, agent="5", solved="yes")
        answers = await asyncio.gather(*(browser.post(path, data=form) for _ in range(50)))
        assert sorted(answer.status_code for answer in answers) == [200] + [404] * 49
        await room.settle()
        assert (await stored(room), len(room.said(SurveyAnswered))) == (1, 1)


async def test_used_expired_and_forged_links_show_the_same_bytes(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        forged = [path[:-1] + ("0" if path[-1] != "0" else "1"), "/s/" + "A" * 32, "/s/x", "/s/" + "é" * 32, "/s/" + "a" * 3000]
        pages = [await browser.get(address) for address in forged]
        pages += [await browser.post(address, data={"q.agent": "1"}) for address in forged]
        form = await filled(browser, room, path, agent="5", solved="yes")
        await browser.post(path, data=form)
        pages += [await browser.get(path), await browser.post(path, data=form), await browser.get(f"{path}?lang=de")]
        await room.pass_time(days=31)
        pages.append(await browser.get(path))
        assert {page.status_code for page in pages} == {404}
        assert len({page.content for page in pages}) == 1
        assert "This link cannot be used" in pages[0].text
        assert await stored(room) == 1


async def test_an_unanswered_link_dies_when_its_time_is_over(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        form = await filled(browser, room, path, agent="5", solved="yes")
        await room.pass_time(days=30)
        assert (await browser.post(path, data=form)).status_code == 404
        (invitation,) = await invitations(room)
        assert (invitation["state"], await stored(room)) == ("expired", 0)


async def test_a_blind_click_on_send_gets_a_summary_of_what_is_missing_and_records_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room, language="en")
        browser = room.anonymous()
        form = await filled(browser, room, path, solved="partly", better="Keep <b>this</b>", call="yes")
        refused = await browser.post(path, data={**form, "contact_channel": "message"})
        assert refused.status_code == 422
        assert "<title>There is a problem: How did we do?</title>" in refused.text
        assert '<a href="#q-agent">Choose an answer: How satisfied were you with the help our agent gave you?</a>' in refused.text
        assert refused.text.count('href="#q-') == 1
        assert '<p class="error" id="e-agent">Choose an answer</p>' in refused.text
        assert 'id="q-agent"' in refused.text
        assert "Keep &lt;b&gt;this&lt;/b&gt;</textarea>" in refused.text
        assert 'value="partly" checked' in refused.text
        assert 'value="message" selected' in refused.text
        assert re.search(r'type="checkbox" id="q-call"[^>]* checked', refused.text)
        await room.settle()
        assert (await stored(room), room.said(SurveyAnswered)) == (0, [])
        assert (await browser.post(path, data={})).text.count('href="#q-') == 2


async def test_a_step_that_is_not_on_the_scale_and_a_text_that_is_too_long_are_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room, language="en")
        browser = room.anonymous()
        form = await filled(browser, room, path, agent="6", solved="maybe", better="x" * 5001)
        refused = await browser.post(path, data=form)
        assert refused.status_code == 422
        assert "Choose one of the answers shown: How satisfied" in refused.text
        assert "Shorten your text to 5000 characters: What could we do better?" in refused.text
        assert await stored(room) == 0


async def test_an_answer_that_looks_like_a_machine_is_kept_and_flagged(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        html = (await browser.get(path)).text
        form = {"lang": "de", "shown": hidden(html, "shown"), "website": "http://spam", "q.agent": "1", "q.solved": "no"}
        assert (await browser.post(path, data=form)).status_code == 200
        await room.settle()
        (said,) = room.said(SurveyAnswered)
        assert said.flagged is True
        views = await room.client("internal").post(
            "/survey/internal/v1/customers/views", json={"customer_ids": [str(said.customer_id)], "sections": ["responses"]}
        )
        (sheet,) = views.json()["views"][str(said.customer_id)]["responses"]["data"]
        assert sheet["flags"] == ["honeypot_filled", "too_fast"]


async def test_the_page_is_small_and_tells_nobody_anything(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room, language="ru")
        browser = room.anonymous()
        shown = await browser.get(path)
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', shown.text)
        sheet = await browser.get(sheets[0])
        assert (len(sheets), sheet.status_code, sheet.headers["content-type"]) == (1, 200, "text/css; charset=utf-8")
        assert len(shown.content) + len(sheet.content) <= 15 * 1024
        assert "<script" not in shown.text
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', shown.text) == []
        assert {name: shown.headers[name] for name in ("cache-control", "referrer-policy", "x-robots-tag")} == {
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-robots-tag": "noindex, nofollow",
        }
        assert shown.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
        assert "Anna" not in shown.text
        assert "example.org" not in shown.text


async def test_the_reader_switches_the_language_and_right_to_left_follows(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        arabic = (await browser.get(f"{path}?lang=ar")).text
        assert '<html lang="ar" dir="rtl">' in arabic
        assert "كيف كان أداؤنا؟" in arabic
        assert re.findall(r'<a href="\?lang=([\w-]+)" lang="\1"', arabic) == ["en", "zh-Hans", "ru", "es", "pt", "fr", "de", "it", "he"]
        form = {**(await filled(browser, room, path, agent="5", solved="yes")), "lang": "ar"}
        assert "شكرًا لك" in (await browser.post(path, data=form)).text
        await room.settle()
        assert [said.language for said in room.said(SurveyAnswered)] == ["ar"]


async def test_what_judges_the_agent_and_what_judges_the_process_never_stand_in_one_block(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room, language="en")
        html = (await room.anonymous().get(path)).text
        blocks = re.findall(r"<section>(.*?)</section>", html, re.DOTALL)
        seen = [(re.findall(r"<h2>(.*?)</h2>", block), sorted(set(re.findall(r'name="q\.(\w+)"', block)))) for block in blocks]
        assert seen == [
            (["The person who helped you"], ["agent", "solved"]),
            (["Our process"], ["ease"]),
            ([], ["better", "call"]),
        ]


async def test_a_version_that_was_answered_is_frozen_and_later_asks_use_the_next(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room, language="en")
        reworded: dict[str, Any] = {"questions": [{**DELIVERY["questions"][0], "text": {"en": "Were you happy?"}}, *DELIVERY["questions"][1:]]}
        assert (await put_survey(room, **reworded))["version"] == 1
        browser = room.anonymous()
        assert "Were you happy?" in (await browser.get(path)).text
        await browser.post(path, data=await filled(browser, room, path, agent="5", solved="yes"))
        assert (await put_survey(room, **reworded))["frozen_at"] == "2026-11-23T09:00:20Z"
        assert (await put_survey(room))["version"] == 2
        assert (await put_survey(room))["version"] == 2
        read = room.client("survey:read")
        assert (await read.get("/survey/v1/surveys/delivery", params={"version": 1})).json()["questions"][0]["text"] == {"en": "Were you happy?"}
        missing = await read.get("/survey/v1/surveys/delivery", params={"version": 3})
        assert (missing.status_code, missing.json()["code"]) == (404, "survey_unknown")


async def test_the_database_keeps_no_link(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        row = (await room.runtime.read(all_invitations))[0]
        assert path.removeprefix("/s/") not in str(row.model_dump())
        (letter,) = letters(room)
        plain = letter.get_body(("plain",))
        assert plain is not None
        assert f"http://antiphon.test{path}" in plain.get_content()


async def all_invitations(tx: Tx) -> list[Invitation]:
    return await tx.all(select(Invitation), Invitation)

"""The letter, and the way out of it."""

from uuid import UUID

from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SurveyOptedOut, SurveySkipped
from services.survey.use_cases.judge_decision import judge_decision
from tests.conftest import OpenRoom
from tests.integration.survey.scene import a_contact, decisions, filled, invitations, invited, letters


def stop_path(letter_headers: str) -> str:
    return letter_headers.removeprefix("<http://antiphon.test").removesuffix(">")


async def test_the_letter_is_in_the_customers_language_and_offers_one_click_to_stop(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        (letter,) = letters(room)
        (invitation,) = await invitations(room)
        assert letter["Subject"] == "Antiphon: Wie haben wir das gemacht?"
        assert letter["Message-ID"] == f"<{invitation['id']}@antiphon.invalid>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        plain = letter.get_body(("plain",))
        assert plain is not None
        text = plain.get_content()
        assert "Guten Tag Anna Weber," in text
        assert f"http://antiphon.test{path}" in text.splitlines()
        assert letter["List-Unsubscribe"].strip("<>") in text


async def test_looking_at_the_stop_page_stops_nothing_and_sending_it_stops_at_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, _ = await invited(room)
        browser = room.anonymous()
        stop = stop_path(letters(room)[0]["List-Unsubscribe"])
        asked = await browser.get(stop)
        assert (asked.status_code, "Feedback-Anfragen abbestellen" in asked.text) == (200, True)
        await room.hear(a_contact(anna))
        await room.settle()
        assert len(letters(room)) == 2
        done = await browser.post(stop, data={"channel": "email", "lang": "de"})
        assert (done.status_code, "Wir fragen Sie nicht mehr." in done.text) == (200, True)
        await browser.post(stop, data={"channel": "email", "lang": "de"})
        await room.hear(a_contact(anna))
        await room.settle()
        assert [(said.customer_id, said.channel) for said in room.said(SurveyOptedOut)] == [(anna, "email")]
        assert [skipped.reason for skipped in room.said(SurveySkipped)] == ["no_consent"]
        assert len(letters(room)) == 2


async def test_the_one_click_of_a_mail_program_stops_every_channel_in_both_encodings(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, _ = await invited(room)
        stop = stop_path(letters(room)[0]["List-Unsubscribe"])
        form = await room.anonymous().post(stop, data={"List-Unsubscribe": "One-Click"})
        parts = await room.anonymous().post(stop, files={"List-Unsubscribe": (None, "One-Click")})
        assert (form.status_code, parts.status_code) == (200, 200)
        await room.settle()
        assert [(said.customer_id, said.channel) for said in room.said(SurveyOptedOut)] == [(anna, "any")]


async def test_what_is_not_sent_yet_is_taken_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, _ = await invited(room)
        stop = stop_path(letters(room)[0]["List-Unsubscribe"])
        await room.hear(a_contact(anna))
        (pending,) = await decisions(room, outcome="pending")
        await room.runtime.write(judge_decision, UUID(pending["id"]), room.runtime.resources["keys"])
        assert [invitation["state"] for invitation in await invitations(room)] == ["queued", "sent"]
        await room.anonymous().post(stop, data={"channel": "any"})
        await room.settle()
        assert [invitation["state"] for invitation in await invitations(room)] == ["withdrawn", "sent"]
        assert len(letters(room)) == 1


async def test_a_link_opens_one_door_only(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        stop = stop_path(letters(room)[0]["List-Unsubscribe"])
        swapped = [await browser.get(path.replace("/s/", "/u/")), await browser.post(path.replace("/s/", "/u/"), data={"channel": "any"})]
        swapped += [await browser.get(stop.replace("/u/", "/s/"))]
        assert [answer.status_code for answer in swapped] == [404, 404, 404]
        await room.settle()
        assert room.said(SurveyOptedOut) == []


async def test_only_who_may_see_personal_data_sees_the_link(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, path = await invited(room)
        without = await room.client("survey:read").get("/survey/v1/invitations", params={"customer_id": str(anna)})
        with_link = await room.client("survey:read", "pii:read").get("/survey/v1/invitations", params={"customer_id": str(anna)})
        assert [one["link"] for one in without.json()["items"]] == [None]
        assert [one["link"] for one in with_link.json()["items"]] == [f"http://antiphon.test{path}"]
        assert (await room.client("other:read").get("/survey/v1/invitations")).status_code == 403
        assert (await room.anonymous().get("/survey/v1/invitations")).status_code == 401


async def test_the_gateway_sees_what_a_customer_was_asked_and_answered(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, path = await invited(room)
        browser, stranger = room.anonymous(), new_id()
        await browser.post(path, data=await filled(browser, room, path, agent="4", solved="yes"))
        wanted = {"customer_ids": [str(anna), str(stranger)], "sections": None}
        views = (await room.client("internal").post("/survey/internal/v1/customers/views", json=wanted)).json()["views"]
        assert set(views) == {str(anna), str(stranger)}
        assert [one["state"] for one in views[str(anna)]["invitations"]["data"]] == ["answered"]
        assert [one["answers"][0]["score"] for one in views[str(anna)]["responses"]["data"]] == [4]
        fields = {"invitations": ["*.state", "*.survey"], "responses": ["*.answers.*.score"]}
        few = (await room.client("internal").post("/survey/internal/v1/customers/views", json={**wanted, "fields": fields})).json()["views"]
        assert few[str(anna)]["invitations"]["data"] == [{"state": "answered", "survey": views[str(anna)]["invitations"]["data"][0]["survey"]}]
        assert few[str(anna)]["responses"] == {
            **views[str(anna)]["responses"],
            "data": [{"answers": [{"score": answer["score"]} for answer in views[str(anna)]["responses"]["data"][0]["answers"]]}],
        }
        assert (views[str(stranger)]["responses"]["version"], views[str(stranger)]["responses"]["data"]) == (0, [])

"""Learning through the doors: off at first, silent without evidence, steering with it, and never in the hold-out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.app import service
from services.routing.models import Contact
from services.routing.use_cases.enqueue_contact import blank_contact
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk
from tests.support.room import START

NOBODY: dict[str, Any] = dict.fromkeys(Attribution.model_fields)


async def past(uow: UnitOfWork, agents: dict[UUID, int], each: int) -> None:
    """Contacts of the last weeks: of twenty in a row an agent solved so many."""
    rows = []
    for number in range(each):
        for agent_id, solved in agents.items():
            at = uow.now - timedelta(hours=number + 1)
            row = blank_contact(uow, new_id()) | {"channel": "voice", "direction": "inbound", "state": "ended", "queue": "care", "agent_id": agent_id}
            row |= {"queued_at": at, "waits_from": at, "first_connected_at": at, "ended_at": at, "handle_seconds": 300.0}
            rows.append(row | {"resolved": "yes" if number % 20 < solved else "no"})
    await uow.insert(Contact, *rows)


async def test_learning_is_off_until_somebody_switches_it_on_and_off_forgets(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care")
        anna, bert = UUID((await desk.agent("anna"))["id"]), UUID((await desk.agent("bert"))["id"])
        how = (await desk.api.get("/routing/v1/learning")).json()
        assert (how["enabled"], how["report"], how["hold_out_share"]) == (False, None, 0.2)
        await room.runtime.write(past, {anna: 8, bert: 18}, 60)
        on = await desk.api.put("/routing/v1/learning", json={"enabled": True, "hold_out_share": 0.05})
        assert on.status_code == 200
        await room.settle()
        report = (await desk.api.get("/routing/v1/learning")).json()["report"]
        assert (report["contacts"], report["with_outcome"]) == (120, 120)
        (evidence,) = report["resolution"]
        assert (evidence["queue"], evidence["cells"], evidence["variance"] > 0, evidence["p"] < 0.001) == ("care", 2, True, True)
        assert report["pace"][0]["variance"] == 0
        offered = [await desk.contact("care")]
        while not (terms := (await desk.why(offered[-1]))["decisions"][0]["terms"]) or terms["resolution"] == 0.745:
            await desk.abandon(offered[-1])  # drawn into the hold-out: as if nothing had been learned
            offered.append(await desk.contact("care"))
        assert (offered[-1]["agent_name"], 0.8 < terms["resolution"] < 0.9) == ("Bert", True)
        await desk.abandon(offered[-1])
        assert (await desk.api.put("/routing/v1/learning", json={"enabled": False})).status_code == 200
        contact = await desk.contact("care")
        assert (await desk.why(contact))["decisions"][0]["terms"]["resolution"] == 0.745


async def test_where_agents_are_alike_nothing_is_learned(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care")
        anna, bert = UUID((await desk.agent("anna"))["id"]), UUID((await desk.agent("bert"))["id"])
        await room.runtime.write(past, {anna: 13, bert: 14}, 60)
        await desk.api.put("/routing/v1/learning", json={"enabled": True, "hold_out_share": 0.05})
        await room.settle()
        report = (await desk.api.get("/routing/v1/learning")).json()["report"]
        assert [each["variance"] for each in report["resolution"]] == [0.0]
        assert (await desk.why(await desk.contact("care")))["decisions"][0]["terms"]["resolution"] == 0.745


async def test_what_the_customer_says_afterwards_is_an_outcome(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care", wrap_up_seconds=0)
        await desk.agent("anna")
        contact = await desk.contact("care")
        await desk.accept(await desk.reservation_of("anna"))
        await desk.end(contact, resolved="yes")
        said = GivenAnswer(question="q1", dimension="resolution", kind="resolved", score=None, choice="no", text=None)
        answer: dict[str, Any] = dict.fromkeys(SurveyAnswered.model_fields) | {"response_id": new_id(), "survey": "s", "survey_version": 1}
        answer |= {"mode": "page", "language": "de", "answers": [said], "wants_contact": False, "flagged": False, "answered_at": START}
        answer |= {"attribution": Attribution.model_validate(NOBODY | {"contact_id": contact["id"]}), "complete": True, "revision": 1}
        await room.hear(SurveyAnswered.model_validate(answer))
        await desk.api.put("/routing/v1/learning", json={"enabled": True})
        await room.settle()
        report = (await desk.api.get("/routing/v1/learning")).json()["report"]
        assert (report["contacts"], report["answered_surveys"]) == (1, 1)

"""From who could have been asked to who answered: what rules held back and what never arrived are steps of the funnel."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.customers.contract import CustomerErased
from services.insight.app import service
from services.insight.domain.intervals import wilson
from services.kit.ids import new_id
from services.survey.contract import AskSettled, SurveyOptedOut, SurveySkipped
from tests.conftest import OpenRoom
from tests.integration.insight.said import YESTERDAY, a_contact, a_scored, an_answer, an_invitation
from tests.support.room import Room

ASKED = {"from": "2026-11-20", "to": "2026-11-24"}


def _settled(invitation_id: UUID, state: str, at: datetime = YESTERDAY) -> AskSettled:
    return AskSettled(
        invitation_id=invitation_id, programme="after-call", customer_id=new_id(), channel="email", state=state, settled_at=at
    )  # fmt: skip


def _skipped(reason: str, contact_id: UUID | None = None, customer_id: UUID | None = None) -> SurveySkipped:
    return SurveySkipped(
        decision_id=new_id(), programme="after-call", customer_id=customer_id, contact_id=contact_id, reason=reason, inclusion_probability=None
    )  # fmt: skip


async def _found(room: Room, **asked: str) -> tuple[dict[str, tuple[int, float | None]], dict[str, Any]]:
    found = (await room.client("insight:read").get("/insight/v1/response-bias", params={**ASKED, **asked})).json()
    return {one["stage"]: (one["n"], one["share"]) for one in found["funnel"]}, found


async def test_every_step_is_counted_once_and_late_words_do_not_undo_later_ones(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        asks = [an_invitation() for _ in range(10)]
        sent = [_settled(one.invitation_id, "sent") for one in asks[:6]]
        lost = [_settled(one.invitation_id, "undeliverable", YESTERDAY + timedelta(hours=1)) for one in asks[5:8]]
        answers = [an_answer(a_scored("csat5", 5), invitation_id=one.invitation_id) for one in asks[:3]]
        answers += [an_answer(a_scored("csat5", 5), invitation_id=asks[3].invitation_id, flagged=True)]
        # Number 8 answered on paper, although no carrier ever took the ask.
        answers += [an_answer(a_scored("csat5", 5), invitation_id=asks[8].invitation_id, mode="paper")]
        held = [_skipped("cap_reached"), _skipped("cap_reached"), _skipped("not_sampled")]
        await room.hear(*lost, *asks, *sent, *answers, *held, *held, SurveyOptedOut(customer_id=new_id(), channel="any"))
        steps, found = await _found(room)
        asked = next(one for one in found["funnel"] if one["stage"] == "asked")

        assert steps == {
            "eligible": (13, None),
            "suppressed": (3, pytest.approx(3 / 13)),
            "asked": (10, pytest.approx(10 / 13)),
            "delivered": (6, 0.6),
            "undeliverable": (3, 0.3),
            "answered": (4, pytest.approx(4 / 6)),
            "flagged": (1, None),
            "opted_out": (1, None),
        }
        assert found["suppressed"] == {"cap_reached": 2, "not_sampled": 1}
        assert (asked["of"], asked["definition_id"], asked["n_before"], asked["change"]) == ("eligible", "funnel_asked@1", 0, None)
        assert asked["interval"]["low"] == pytest.approx(wilson(10 / 13, 13).low)


async def test_what_was_held_back_is_where_its_contact_was_and_forgets_its_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        north, south, customer = a_contact(site="north"), a_contact(site="south"), new_id()
        await room.hear(north, south, _skipped("no_consent", north.contact_id, customer), _skipped("cooldown", south.contact_id), _skipped("erased"))
        await room.hear(CustomerErased(customer_id=customer, erasure_id=new_id()))
        whole, _ = await _found(room)
        part, found = await _found(room, site="north")
        door = room.client("insight:read", sites=["south"])
        limited = (await door.get("/insight/v1/response-bias", params=ASKED)).json()
        left = await room.client("internal").post("/insight/internal/v1/customers/export", json={"customer_ids": [str(customer)]})

        assert (whole["suppressed"], part["suppressed"], found["suppressed"]) == ((3, 1.0), (1, 1.0), {"no_consent": 1})
        assert limited["suppressed"] == {"cooldown": 1}
        assert "suppressed_fact" not in left.json()["tables"]

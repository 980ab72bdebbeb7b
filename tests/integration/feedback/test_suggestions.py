"""The employees' suggestion box: anybody may write, nobody can be found out, both sides can talk."""

from typing import Any

from sqlalchemy import inspect

from services.feedback.app import service
from services.feedback.models import Suggestion, SuggestionMessage
from tests.conftest import OpenRoom
from tests.support.room import Room

BOX = {"name": "Ideas", "groups": {"team": ["Red", "Blue"], "shift": ["night", "day"]}}


async def _box(room: Room) -> str:
    answer = await room.client("feedback:admin").put("/feedback/v1/suggestion-boxes/ideas", json=BOX)
    return f"/feedback/v1/suggestion-box/{answer.json()['secret']}"


async def test_a_suggestion_and_its_answer_meet_in_a_mailbox_that_opens_with_a_code_alone(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, staff, writer = await _box(room), room.client("feedback:admin"), room.anonymous()
        assert (await writer.get(door)).json() == {**BOX, "open": True}
        body = {"text": "Give us two screens. Ask me on 020 7946 0958.", "team": "Red"}
        code = (await writer.post(door, json=body)).json()["code"]
        listed = (await staff.get("/feedback/v1/suggestions", params={"box": "ideas"})).json()["items"]
        assert [[message["text"] for message in one["messages"]] for one in listed] == [["Give us two screens. Ask me on [PHONE]."]]
        answer = await staff.post(f"/feedback/v1/suggestions/{listed[0]['id']}/answers", json={"text": "Which desks?", "state": "answered"})
        assert answer.status_code == 201
        opened = (await writer.post("/feedback/v1/suggestion-mailbox", json={"code": code, "text": "All on floor two."})).json()
        assert [(message["from_writer"], message["text"]) for message in opened["messages"]] == [
            (True, "Give us two screens. Ask me on [PHONE]."), (False, "Which desks?"), (True, "All on floor two."),
        ]  # fmt: skip
        assert opened["state"] == "new"
        await staff.post(f"/feedback/v1/suggestions/{listed[0]['id']}/answers", json={"text": "Done.", "state": "adopted"})
        assert (await writer.post("/feedback/v1/suggestion-mailbox", json={"code": code})).json()["state"] == "adopted"
        assert (await writer.post("/feedback/v1/suggestion-mailbox", json={"code": "x" * 32})).status_code == 404
        assert (await writer.post(door, json={"text": "x", "team": "Green"})).json()["code"] == "feedback_unknown_group"
        assert (await writer.post("/feedback/v1/suggestion-box/guessed", json={"text": "x"})).status_code == 404
        assert (await room.client("feedback:read", "feedback:write").get("/feedback/v1/suggestions")).status_code == 403


async def test_nothing_that_is_kept_tells_who_or_when_beyond_the_day(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door = await _box(room)
        answer = await room.client("feedback:write", subject="red-herring").post(
            door, json={"text": "More plants.", "team": "Red"}, headers={"Idempotency-Key": "k"}
        )

        async def stored(tx: Any) -> tuple[Any, Any, list[Any]]:
            keys = await tx.raw("SELECT count(*) FROM idempotency_key")
            return await tx.raw("SELECT * FROM suggestion"), await tx.raw("SELECT * FROM suggestion_message"), keys

        suggestions, messages, keys = await room.runtime.read(stored)
        kept = " ".join(str(value) for row in [*suggestions, *messages] for value in row)
        assert "red-herring" not in kept
        assert answer.json()["code"] not in kept
        assert keys[0][0] == 0
        columns = {str(column.type) for model in (Suggestion, SuggestionMessage) for column in inspect(model).columns}
        assert not {one for one in columns if "TIME" in one.upper()}
        listed = (await room.client("feedback:admin").get("/feedback/v1/suggestions")).json()["items"]
        assert listed[0]["id"][14] == "4"  # an id by lot, not by time
        assert "team" not in listed[0]


async def test_groups_are_counted_from_five_on_and_a_closed_box_takes_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, staff, writer = await _box(room), room.client("feedback:admin"), room.anonymous()
        for number in range(11):
            await writer.post(door, json={"text": f"Idea {number}", "team": "Red", "shift": "night" if number < 4 else "day"})
        path = "/feedback/v1/suggestion-boxes/ideas/groups"
        assert (await staff.get(f"{path}/team")).json()["counts"] == [{"value": "Red", "suggestions": 11}]
        hidden = (await staff.get(f"{path}/shift")).json()
        assert (hidden["least"], hidden["counts"]) == (5, [{"value": "day", "suggestions": None}, {"value": "night", "suggestions": None}])
        await staff.put("/feedback/v1/suggestion-boxes/ideas", json={**BOX, "open": False})
        assert (await writer.post(door, json={"text": "late"})).json()["code"] == "feedback_box_closed"

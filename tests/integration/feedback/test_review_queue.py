"""What a person is asked about first: what teaches most and what is serious, and every fourth item by lot."""

from uuid import UUID

from services.feedback.app import service
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import an_item, put_taxonomy

ALL = ("feedback:read", "feedback:write", "feedback:admin")
ODD = "My parcel came with an invoice and a code, and I have a question."
SCORES = (5, 2, 1, 5, 2, 5, 1, 2, 5, 2, 1, 5)
SEVERITY = {5: 1, 2: 2, 1: 3}
"""By score out of five: a remark, minor, and serious for the worst."""


async def test_what_teaches_as_much_is_asked_newest_first_and_only_what_is_serious_before_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        for at, score in enumerate(SCORES):
            voice = an_item(external_id=f"mail-{at}", text=ODD, score=score, scale_max=5)
            (await api.post("/feedback/v1/items", json=voice)).raise_for_status()
        await room.settle()
        queue = (await api.get("/feedback/v1/review-queue", params={"limit": 50})).json()["items"]

        assert sorted(one["severity"] for one in queue) == sorted(SEVERITY[score] for score in SCORES)
        by_rank = [one for one in queue if UUID(one["id"]).int % 4]
        serious = [one["id"] for one in by_rank if one["severity"] == 3]
        others = [one["id"] for one in by_rank if one["severity"] < 3]
        assert [one["id"] for one in by_rank] == [*sorted(serious, reverse=True), *sorted(others, reverse=True)]

"""A new head is compared with the one in use only by texts that neither had learned; then, of many texts, the sample is learned from, too."""

import json
from collections.abc import Sequence
from dataclasses import replace

import httpx
import numpy as np
import pytest

from services.feedback.app import service
from services.feedback.domain.fitting import Lesson, fit
from services.feedback.jobs import learning
from services.feedback.use_cases.learn import NOT_EXAMINED, examined, frozen_readings, store_head
from tests.conftest import OpenRoom

ALL = ("feedback:read", "feedback:write", "feedback:admin")
HEAD = fit("driver", 2, "e", Lesson(np.eye(4, dtype=np.float32), ["late", "lost", "late", "lost"]), strength=4.0)
ASKED = {f"item-{at}": "late" for at in range(100)}


def read(right: int, of: int = 100) -> dict[str, str]:
    """What a head reads of so many items of the sample, the first of them right."""
    return {f"item-{at}": "late" if at < right else "lost" for at in range(of)}


async def test_a_head_is_held_by_what_the_one_in_use_read_before_it_had_learned_the_sample(open_room: OpenRoom) -> None:
    async with open_room(service) as room:

        async def learned(version: int, right: int | None) -> None:
            former = await room.runtime.read(frozen_readings, "driver", "e")
            judged = NOT_EXAMINED if right is None else examined(read(right), ASKED, former)
            await room.runtime.write(store_head, replace(HEAD, version=version), judged)

        await learned(2, None)
        assert await room.runtime.read(frozen_readings, "driver", "e") is None
        await learned(3, 80)
        assert await room.runtime.read(frozen_readings, "driver", "e") == read(80)
        await learned(4, 78)
        assert await room.runtime.read(frozen_readings, "driver", "e") == read(80)
        await learned(5, 79)
        versions = (await room.client(*ALL).get("/feedback/v1/models/driver")).json()
        found = [(one["version"], one["state"], one["frozen_accuracy"], one["note"]) for one in versions]
        held = (4, "held", 0.78, "frozen sample: 0.78 after 0.8")
        assert found == [(5, "live", 0.79, None), held, (3, "live", 0.8, None), (2, "live", None, None)]
        assert all("frozen_readings" not in one for one in versions)


def test_only_what_both_heads_read_is_compared_and_a_label_that_was_corrected_counts_as_it_is_now() -> None:
    later = examined(read(60), ASKED, read(30, of=40))
    assert (later.accuracy, later.shared, later.now, later.former, later.worse) == (0.6, 40, 1.0, 0.75, False)
    corrected = examined(read(100), ASKED | {f"item-{at}": "lost" for at in range(50)}, read(50))
    assert (corrected.now, corrected.former, corrected.worse) == (0.5, 0.0, False)
    few = examined(read(0), ASKED, read(19, of=19))
    assert (few.shared, few.now, few.former, few.worse) == (19, 0.0, 1.0, False)
    assert examined({}, {}, read(5)) == NOT_EXAMINED


async def test_of_many_texts_the_head_that_reads_has_learned_the_sample_and_wrong_labels_are_still_held(
    open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTIPHON_FEEDBACK_EMBEDDER", "none")
    monkeypatch.setattr(learning, "ALL_FROM", 1_000)
    codes = ("late", "wrong")
    async with open_room(service) as room:
        api = room.client(*ALL)
        for code in codes:
            (await api.put(f"/feedback/v1/drivers/{code}", json={"names": {"en": f"{code} thing"}})).raise_for_status()
        await room.pass_time(minutes=5)

        async def told(name: str, called: Sequence[str]) -> dict[str, object]:
            lines: list[dict[str, object]] = [
                {"external_id": f"{name}-{at}", "kind": "email", "text": f"my order {at} is {codes[at % 2]}", "labels": {"driver": called[at % 2]}}
                for at in range(1_200)
            ]
            await uploaded(api, lines)
            await room.pass_time(minutes=5)
            newest: dict[str, object] = (await api.get("/feedback/v1/models/driver")).json()[0]
            return newest

        first = await told("a", codes)
        assert (first["state"], first["frozen_accuracy"]) == ("live", 1.0)
        assert first["trained_on"] == 1_200 + 6 + len(room.runtime.resources["reader"].shipped.background)
        second = await told("b", codes[::-1])
        assert second["state"] == "held"
        assert str(second["note"]).endswith("after 1.0")
        reading = (await api.post("/feedback/v1/readings", json={"texts": ["my order is late"]})).json()[0]
        assert (reading["driver"], reading["model"]) == ("late", f"model:driver@{first['version']}")


async def uploaded(api: httpx.AsyncClient, lines: Sequence[dict[str, object]]) -> None:
    body = "\n".join(json.dumps(one) for one in lines).encode()
    answer = await api.post("/feedback/v1/items/bulk", content=body, headers={"content-type": "application/x-ndjson"})
    assert answer.json()["accepted"] == len(lines)

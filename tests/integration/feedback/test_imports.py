"""Bulk intake: any size, safe to send again, broken lines reported by number; labels that come with it are learned from."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlmodel import col, select

from services.feedback.adapters.preparing_process import UploadProcess, UploadProcesses
from services.feedback.api import imports
from services.feedback.app import service
from services.feedback.contract import FeedbackCategorised, FeedbackReceived
from services.feedback.models import Correction
from services.feedback.use_cases import import_items
from services.feedback.use_cases.prepare_lines import PREPARING, Order
from services.kit.db import Tx
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import ANNA, put_taxonomy

ALL = ("feedback:read", "feedback:write", "feedback:admin")
BULK = "/feedback/v1/items/bulk"


def _line(number: int, **changed: object) -> str:
    return json.dumps({"external_id": f"old-{number}", "kind": "email", "text": f"My parcel {number} is late."} | changed)


async def _started(begun: list[UploadProcess]) -> None:
    async with asyncio.timeout(60):
        while not begun or not begun[0].ready:  # noqa: ASYNC110 - the service never waits for it
            await asyncio.sleep(0.02)


async def test_an_upload_is_taken_once_however_often_it_is_sent_and_broken_lines_stop_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        lines = [
            _line(1, customer_id=str(ANNA)),
            "{not json",
            _line(2, text="Mail me: anna@example.com"),
            _line(2, text="Other words"),
            _line(1, customer_id=str(ANNA)),
            _line(3, score=7, scale_max=5),
            _line(4, colour="red"),
            _line(5, text="a\u0000b"),
            _line(6, labels={"driver": "nothing"}),
        ]
        report = (await api.post(BULK, content="\n".join(lines))).json()
        assert {name: report[name] for name in ("lines", "accepted", "repeated", "refused")} == {
            "lines": 9, "accepted": 2, "repeated": 1, "refused": 6,
        }  # fmt: skip
        assert sorted((one["line"], one["pointer"], one["code"]) for one in report["errors"]) == [
            (2, "/", "invalid_line"), (4, "/external_id", "feedback_item_differs"), (6, "/", "invalid_line"), (7, "/colour", "invalid_line"),
            (8, "/text", "invalid_line"), (9, "/labels/driver", "feedback_unknown_code"),
        ]  # fmt: skip
        again = (await api.post(BULK, content="\n".join([lines[0], lines[2]]))).json()
        assert (again["accepted"], again["repeated"], again["refused"]) == (0, 2, 0)
        await room.pass_time(seconds=70)
        assert [(one.external_id, one.source) for one in room.said(FeedbackReceived)] == [("old-1", "import"), ("old-2", "import")]
        assert len(room.said(FeedbackCategorised)) == 2
        items = (await api.get("/feedback/v1/items?source=import")).json()["items"]
        assert sorted((item["external_id"], item["text"], item["state"]) for item in items) == [
            ("old-1", "My parcel 1 is late.", "categorised"), ("old-2", "Mail me: [EMAIL]", "categorised"),
        ]  # fmt: skip


async def test_a_csv_file_is_read_with_its_own_column_names_and_quoted_lines(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        text = '\ufeffID,Comment,kind,score,scale_max,attributes.site\r\n7,"Late,\n""again""",email,2,5,Lyon\r\n8,short\r\n9,,email,,,\r\n'
        query = {"format": "csv", "source": "old-crm", "columns": "external_id:ID,text:Comment"}
        report = (await api.post(BULK, params=query, content=text.encode())).json()
        assert (report["accepted"], report["refused"], [one["line"] for one in report["errors"]]) == (1, 2, [4, 5])
        item = (await api.get("/feedback/v1/items?source=old-crm")).json()["items"][0]
        assert (item["external_id"], item["text"], item["score"]) == ("7", 'Late,\n"again"', 2.0)
        assert (await api.post(BULK, content=b"")).status_code == 422


async def test_a_long_upload_is_prepared_beside_the_doors_and_outlives_its_process(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 20)
    async with open_room(service) as room:
        api, begun = room.client(*ALL), list[UploadProcess]()
        processes: UploadProcesses = room.runtime.resources[PREPARING]

        class Watched:
            async def begin(self, order: Order) -> UploadProcess | None:
                process = await processes.begin(order)
                assert process is not None
                begun.append(process)
                return process

        room.runtime.resources[PREPARING] = Watched()

        async def slow_and_fast() -> AsyncIterator[bytes]:
            """Send enough for two batches, wait for the process, then batches before and after it is ended from outside."""
            yield b"external_id,kind,text\n"
            for number in range(1, 121):
                yield f"{number},email,Call me on 020 7946 0958 about {number}\n".encode()
                if number == 60:
                    await _started(begun)
                if number == 90:
                    await begun[0].close()

        report = (await api.post(BULK, params={"format": "csv"}, content=slow_and_fast())).json()
        assert (report["lines"], report["accepted"], report["repeated"], report["refused"]) == (120, 120, 0, 0)
        assert [one.ended for one in begun] == [True]
        found = (await api.get("/feedback/v1/items", params={"limit": 100})).json()["items"]
        assert {item["text"] for item in found} == {f"Call me on [PHONE] about {item['external_id']}" for item in found}
        begun.clear()
        again = (await api.post(BULK, params={"format": "csv"}, content=slow_and_fast())).json()
        assert (again["lines"], again["accepted"], again["repeated"], again["refused"]) == (120, 0, 120, 0)


async def test_lines_that_another_upload_brings_at_the_same_moment_are_stored_once(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    async def not_there_yet(*_: object) -> dict[tuple[str, str], str]:
        return {}

    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        sure = {"labels": {"driver": "login-trouble"}}
        assert (await api.post(BULK, content="\n".join([_line(1), _line(2, **sure)]))).json()["accepted"] == 2
        monkeypatch.setattr(import_items, "_known", not_there_yet)  # as when both looked before either stored
        report = (await api.post(BULK, content="\n".join([_line(2, **sure), _line(3, said_at="2026-11-01T10:00:00+02:00", **sure)]))).json()
        assert (report["accepted"], report["repeated"], report["refused"]) == (1, 1, 0)
        items = (await api.get("/feedback/v1/items")).json()["items"]
        assert [item["external_id"] for item in items] == ["old-3", "old-2", "old-1"]
        assert items[0]["said_at"] == "2026-11-01T08:00:00Z"
        assert await room.runtime.read(_labelled) == {UUID(items[0]["id"]), UUID(items[1]["id"])}


async def _labelled(tx: Tx) -> set[UUID]:
    return set((await tx.run(select(col(Correction.item_id)))).scalars())


async def test_labels_that_come_with_history_are_people_s_words_and_are_learned_from(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        odd = [
            _line(n, text=f"The gizmo number {n} blinks purple when I hold it against the lamp.", labels={"driver": "login-trouble"})
            for n in range(3)
        ]
        assert (await api.post(BULK, content="\n".join(odd))).json()["accepted"] == 3
        await room.pass_time(seconds=20)
        item = (await api.get("/feedback/v1/items?source=import")).json()["items"][0]
        assert (item["driver"], item["department"], item["decision"]) == ("login-trouble", "it", "person")
        reading = (await api.post("/feedback/v1/readings", json={"texts": ["My gizmo blinks purple against the lamp!"]})).json()[0]
        assert (reading["driver"], reading["department"], reading["model"]) == ("login-trouble", "it", "model:driver@3")
        versions = (await api.get("/feedback/v1/models/driver")).json()
        assert [(one["version"], one["state"], one["in_use"]) for one in versions] == [(3, "live", True), (2, "live", False)]

        back = (await api.post("/feedback/v1/models/driver/2/use")).json()
        assert [(one["version"], one["state"], one["in_use"]) for one in back] == [(3, "held", False), (2, "live", True)]
        reading = (await api.post("/feedback/v1/readings", json={"texts": ["My gizmo blinks purple against the lamp!"]})).json()[0]
        assert reading["model"] == "model:driver@2"
        assert (await api.post("/feedback/v1/models/driver/9/use")).status_code == 404


async def test_the_quality_report_says_how_often_people_agree(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        lines = [_line(n, text="", score=score, scale_max=5) for n, score in enumerate((1, 1, 5, 5))]
        assert (await api.post(BULK, content="\n".join(lines))).json()["accepted"] == 4
        await room.pass_time(seconds=10)
        items = {item["external_id"]: item for item in (await api.get("/feedback/v1/items")).json()["items"]}
        for number, said in enumerate(("negative", "negative", "positive", "negative")):
            body = {"axis": "sentiment", "code": said}
            assert (await api.post(f"/feedback/v1/items/{items[f'old-{number}']['id']}/corrections", json=body)).status_code == 201
        report = (await api.get("/feedback/v1/quality/sentiment")).json()
        precision = report["precision"]
        assert (precision["checked"], precision["observed"], precision["low"], precision["high"]) == (4, 0.75, 0.300642, 0.954413)
        version = report["versions"][0]
        assert (version["source"], version["all"]["n"], version["all"]["kappa"]) == ("model:sentiment@1+score", 4, 0.5)
        assert version["all"]["classes"] == [
            {"code": "negative", "precision": 1.0, "recall": 0.6667, "called": 2, "are": 3},
            {"code": "positive", "precision": 0.5, "recall": 1.0, "called": 2, "are": 1},
        ]
        assert (report["items"], report["reviewed_share"]) == (4, 1.0)


@pytest.mark.parametrize("axis", ["colour", "severity"])
async def test_there_are_models_of_three_axes(open_room: OpenRoom, axis: str) -> None:
    async with open_room(service) as room:
        assert (await room.client(*ALL).get(f"/feedback/v1/models/{axis}")).status_code == 422

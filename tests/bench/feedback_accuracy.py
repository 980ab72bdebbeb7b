"""How well the service reads, measured through its own doors: taxonomy by PUT, labels by bulk upload, its own learning, POST /v1/readings.

The texts of the validation parts are read once, at the end; nothing is chosen by them. Accuracy counts the likeliest code (closed set), also
where the service itself would say `unknown` or ask for a review. `ANTIPHON_BENCH_VECTORS` names the file in which vectors are kept between runs;
`ANTIPHON_BENCH_PARTS=banking_all,clinc` measures these alone.
"""

import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx

from tests.bench._feedback_data import (
    at_rest,
    auroc,
    chosen_parts,
    code_of,
    data_folder,
    ece,
    import_labelled,
    known_share,
    missing,
    put_codes,
    reading_room,
    readings,
    rows,
)  # fmt: skip
from tests.bench.figure import Figure
from tests.support.room import Room

NEEDED_SHARE = 0.98
"""A figure is measured when so many of its vectors are kept, or ANTIPHON_BENCH_VECTORS is not set at all (then they are made, in half an hour)."""


def labelled(found: Sequence[dict[str, Any]], axis: str, key: str, *, name: str) -> list[dict[str, Any]]:
    """Return data rows as lines of an upload, with their labels as what people confirmed."""
    return [
        {"external_id": f"{name}-{place}", "kind": "email", "text": row["text"], "labels": {axis: code_of(row[key])}}
        for place, row in enumerate(found)
    ]


def right_of(found: Sequence[dict[str, Any]], wanted: Sequence[str]) -> list[bool]:
    """Say for each reading whether its likeliest code is the right one."""
    return [bool(one["best"]) and one["best"][0]["code"] == code_of(code) for one, code in zip(found, wanted, strict=True)]


def share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


async def learned(room: Room, api: httpx.AsyncClient, items: list[dict[str, Any]]) -> None:
    """Upload, and let the service read and learn until it rests."""
    await import_labelled(api, items)
    await at_rest(room)


async def banking_all() -> list[Figure]:
    """All labels; the same readings give the calibration error."""
    train, valid = rows("banking77.train"), rows("banking77.valid")
    async with reading_room() as (room, api):
        await put_codes(api, sorted({row["label"] for row in train}))
        await learned(room, api, labelled(train, "driver", "label", name="b"))
        found = await readings(api, [row["text"] for row in valid])
    right = right_of(found, [row["label"] for row in valid])
    sure = [one["best"][0]["probability"] if one["best"] else 0.0 for one in found]
    automatic = [good for good, one in zip(right, found, strict=True) if one["decision"] == "auto"]
    note = f"{len(train)} labels; {len(automatic) / len(found):.3f} automatic at precision {share(automatic):.3f}; head {found[0]['model']}"
    return [
        Figure("feedback.banking77_all", share(right), "accuracy", 0.915, note=note),
        Figure("feedback.ece", ece(sure, right), "ECE", 0.03, lower_is_better=True, note="banking77, ten bins, likeliest code"),
    ]


async def banking_names() -> list[Figure]:
    """Names of the codes alone."""
    train, valid = rows("banking77.train"), rows("banking77.valid")
    async with reading_room() as (room, api):
        await put_codes(api, sorted({row["label"] for row in train}))
        await at_rest(room)
        right = right_of(await readings(api, [row["text"] for row in valid]), [row["label"] for row in valid])
    note = "the names of the codes are all that is known; no label, no description, no example"
    return [Figure("feedback.banking77_0", share(right), "accuracy", 0.55, note=note)]


async def banking_few() -> list[Figure]:
    """Ten a class, three draws."""
    train, valid = rows("banking77.train"), rows("banking77.valid")
    labels, by = sorted({row["label"] for row in train}), defaultdict(list)
    for row in train:
        by[row["label"]].append(row)
    scores = []
    for seed in range(3):
        lot = random.Random(seed)  # noqa: S311 - a lot that repeats
        chosen = [row for label in labels for row in lot.sample(by[label], 10)]
        async with reading_room() as (room, api):
            await put_codes(api, labels)
            await learned(room, api, labelled(chosen, "driver", "label", name="b"))
            found = await readings(api, [row["text"] for row in valid])
        scores.append(share(right_of(found, [row["label"] for row in valid])))
    note = "mean of three draws: " + ", ".join(f"{one:.3f}" for one in scores)
    return [Figure("feedback.banking77_10", sum(scores) / 3, "accuracy", 0.81, note=note)]


async def banking_active() -> list[Figure]:
    """Six rounds of 80 corrections from the top of the review queue, as a person would work it."""
    train, valid = rows("banking77.train"), rows("banking77.valid")
    pool = random.Random(7).sample(train, 2_000)  # noqa: S311 - a lot that repeats
    truth = {f"p-{place}": code_of(row["label"]) for place, row in enumerate(pool)}
    async with reading_room() as (room, api):
        await put_codes(api, sorted({row["label"] for row in train}))
        await at_rest(room)
        await import_labelled(api, [{"external_id": f"p-{place}", "kind": "email", "text": row["text"]} for place, row in enumerate(pool)])
        await at_rest(room)
        for _ in range(6):
            await _correct(api, truth, 80)
            await at_rest(room)
        found = await readings(api, [row["text"] for row in valid])
    note = f"pool of {len(pool)} unlabelled texts; 6 x 80 corrections from the head of the review queue (one in four by lot)"
    right = right_of(found, [row["label"] for row in valid])
    return [Figure("feedback.banking77_active480", share(right), "accuracy", 0.78, note=note)]


async def _correct(api: httpx.AsyncClient, truth: dict[str, str], many: int) -> None:
    done = 0
    while done < many:
        page = (await api.get("/feedback/v1/review-queue", params={"limit": min(100, many - done)})).json()["items"]
        if not page:
            return
        for item in page:
            body = {"axis": "driver", "code": truth[item["external_id"]]}
            (await api.post(f"/feedback/v1/items/{item['id']}/corrections", json=body)).raise_for_status()
            done += 1


async def banking_words() -> list[Figure]:
    """Without any embedder."""
    train, valid = rows("banking77.train"), rows("banking77.valid")
    async with reading_room("none") as (room, api):
        await put_codes(api, sorted({row["label"] for row in train}))
        await learned(room, api, labelled(train, "driver", "label", name="b"))
        found = await readings(api, [row["text"] for row in valid])
    right = right_of(found, [row["label"] for row in valid])
    return [Figure("feedback.banking77_tfidf", share(right), "accuracy", 0.9, note="embedder none: words, pairs and letter groups alone")]


async def clinc() -> list[Figure]:
    """150 intents, and telling apart what is about none of them. Out-of-scope texts of the training part are never shown."""
    train = [row for row in rows("clinc150.train") if row["label"] != "oos"]
    valid = rows("clinc150.valid")
    shipped = _shipped_background()
    inside = [row for row in valid if row["label"] != "oos"]
    outside = [row for row in valid if row["label"] == "oos" and row["text"] not in shipped]
    async with reading_room() as (room, api):
        await put_codes(api, sorted({row["label"] for row in train}))
        await learned(room, api, labelled(train, "driver", "label", name="c"))
        known = await readings(api, [row["text"] for row in inside])
        other = await readings(api, [row["text"] for row in outside])
    area = auroc([one["familiarity"] for one in known], [one["familiarity"] for one in other])
    skipped = sum(row["label"] == "oos" for row in valid) - len(outside)
    return [
        Figure("feedback.clinc150_in", share(right_of(known, [row["label"] for row in inside])), "accuracy", 0.93, note=f"{len(train)} labels"),
        Figure("feedback.clinc150_oos_auroc", area, "AUROC", 0.95, note=f"energy score; {skipped} texts that ship as background left out"),
    ]


def _shipped_background() -> set[str]:
    from services.feedback.adapters.embedders import embedder
    from services.feedback.adapters.shipped import Shipped

    return set(Shipped(embedder("none")).background)


async def airline() -> list[Figure]:
    """Tone in three classes from the organisation's own labels; the same head then reads Chinese, of which it saw no labelled text."""
    train, valid = rows("airline.train"), rows("airline.valid")
    async with reading_room() as (room, api):
        await learned(room, api, labelled(train, "sentiment", "sentiment", name="a"))
        found = await readings(api, [row["text"] for row in valid])
    right = [one["sentiment"] == row["sentiment"] for one, row in zip(found, valid, strict=True)]
    return [Figure("feedback.airline_all", share(right), "accuracy", 0.82, note=f"{len(train)} labels")]


async def chinese() -> list[Figure]:
    """The shipped tone head, no labels of the organisation: positive against negative, the likelier of the two."""
    valid = rows("zh_shopping.valid")
    async with reading_room() as (_, api):
        found = await readings(api, [row["text"] for row in valid])
    right = [_two(one) == row["sentiment"] for one, row in zip(found, valid, strict=True)]
    return [
        Figure(
            "feedback.zh_shopping_crosslingual",
            share(right),
            "accuracy",
            0.86,
            note="the shipped tone head; no label of these texts or of any Chinese customer",
        )
    ]


def _two(one: dict[str, Any]) -> str:
    chances = one["tones"]
    return "positive" if chances["positive"] >= chances["negative"] else "negative"


PARTS: list[tuple[Callable[[], Awaitable[list[Figure]]], tuple[str, ...], dict[str, tuple[float, bool]]]] = [
    (banking_words, (), {"feedback.banking77_tfidf": (0.9, False)}),
    (banking_names, ("banking77.valid",), {"feedback.banking77_0": (0.55, False)}),
    (banking_few, ("banking77.train", "banking77.valid"), {"feedback.banking77_10": (0.81, False)}),
    (banking_all, ("banking77.train", "banking77.valid"), {"feedback.banking77_all": (0.915, False), "feedback.ece": (0.03, True)}),
    (banking_active, ("banking77.train", "banking77.valid"), {"feedback.banking77_active480": (0.78, False)}),
    (chinese, ("zh_shopping.valid",), {"feedback.zh_shopping_crosslingual": (0.86, False)}),
    (clinc, ("clinc150.train", "clinc150.valid"), {"feedback.clinc150_in": (0.93, False), "feedback.clinc150_oos_auroc": (0.95, False)}),
    (airline, ("airline.train", "airline.valid"), {"feedback.airline_all": (0.82, False)}),
]


async def run() -> list[Figure]:
    figures, wanted = list[Figure](), chosen_parts([part.__name__ for part, _, _ in PARTS])
    for part, needed, promised in PARTS:
        if part.__name__ not in wanted:
            continue
        try:
            kept = min((known_share(row["text"] for row in rows(name)) for name in needed), default=1.0)
        except FileNotFoundError:
            figures += [missing(name, goal, "", f"{data_folder()} is not there", lower_is_better=low) for name, (goal, low) in promised.items()]
            continue
        if "ANTIPHON_BENCH_VECTORS" in os.environ and kept < NEEDED_SHARE:
            why = f"only {kept:.2f} of the vectors are kept in ANTIPHON_BENCH_VECTORS"
            figures += [missing(name, goal, "", why, lower_is_better=low) for name, (goal, low) in promised.items()]
            continue
        begin, cpu = time.monotonic(), time.process_time()
        figures += await part()
        load = os.getloadavg()[0]
        sys.stderr.write(f"{part.__name__}: {time.monotonic() - begin:.0f} s, {time.process_time() - cpu:.0f} CPU-s, load {load:.1f}\n")
    return figures

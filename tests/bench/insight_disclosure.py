"""Brute force over all pairs and triples of what is shown of 1,000 random organisations: can anybody be found out."""

from typing import Any

import numpy as np
import numpy.typing as npt

from services.insight.domain.disclosure import Filter, releasable
from tests.bench.figure import Figure

ORGANISATIONS = 1000
MINIMUM = 5
ATTRIBUTES = {"site": ["north", "south", "east", "west"], "tenure": ["under 1", "1 to 5", "over 5"], "role": ["agent", "lead", "expert"]}


def organisation(rng: np.random.Generator) -> list[dict[str, str]]:
    """Between 3 and 150 people with uneven bands; sites and roles go together, as they do in life."""
    people = int(rng.integers(3, 150))
    chances: dict[str, Any] = {name: rng.dirichlet(np.ones(len(bands)) * rng.choice([0.4, 1.0, 4.0])) for name, bands in ATTRIBUTES.items()}
    sheets = [{name: str(rng.choice(bands, p=chances[name])) for name, bands in ATTRIBUTES.items()} for _ in range(people)]
    for sheet in sheets:
        if sheet["site"] == "west" and rng.uniform() < 0.8:
            sheet["role"] = "expert"
    return sheets


def _exposed(sums: npt.NDArray[np.int8]) -> int:
    """Count the sums (rows) that are about some people (columns), but fewer than the minimum."""
    people = np.count_nonzero(sums, axis=1)
    return int(((people > 0) & (people < MINIMUM)).sum())


def found_out(sheets: list[dict[str, str]], shown: dict[Filter, int]) -> int:
    """Count groups under the minimum that are shown, or follow from two or three shown results; over people, not over groups of them."""
    groups = np.array([[all(sheet[name] == band for name, band in wanted) for sheet in sheets] for wanted in shown], dtype=np.int8)
    if not len(groups):
        return 0
    found = _exposed(groups) + int((groups.sum(axis=1, dtype=int) != np.array(list(shown.values()))).sum())
    for place, first in enumerate(groups):
        rest = groups[place + 1 :]
        found += _exposed(first - rest)
        for second_place, second in enumerate(rest):
            third = rest[second_place + 1 :]
            found += _exposed(first - second - third) + _exposed(first + second - third) + _exposed(first - second + third)
    return found


async def run() -> list[Figure]:
    """Try them all."""
    rng = np.random.default_rng(17)
    found, shown_groups, withheld, silent = 0, 0, 0, 0
    for _ in range(ORGANISATIONS):
        sheets = organisation(rng)
        shown = releasable(sheets, ATTRIBUTES, minimum=MINIMUM)
        found += found_out(sheets, shown)
        shown_groups += len(shown)
        withheld += 44 - len(shown)
        silent += not shown
    note = f"{ORGANISATIONS} organisations, {shown_groups} groups shown, {withheld} withheld, {silent} too small for anything; all pairs and triples"
    return [Figure("insight.disclosure_found", found, "groups exposed", 0, lower_is_better=True, note=note)]

"""What changed between two versions of a rule set, place by place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One place whose value differs; None on the side where the place does not exist."""

    pointer: str
    before: Any
    after: Any


def differences(before: Any, after: Any, pointer: str = "") -> list[Difference]:
    """Return the differing places (JSON pointers, RFC 6901), in order; objects are entered, lists are compared as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found = []
        for name in sorted({*before, *after}):
            place = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
            found += differences(before.get(name), after.get(name), place)
        return found
    return [] if before == after else [Difference(pointer, before, after)]

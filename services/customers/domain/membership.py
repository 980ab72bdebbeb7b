"""Which records are one person: merges are edges of a forest, and an undone merge is an edge less."""

from collections.abc import Iterable, Mapping
from uuid import UUID


def part_below(edges: Mapping[UUID, UUID], top: UUID) -> set[UUID]:
    """Return `top` and every record that was merged into it, directly or through others; `edges` is merged -> survivor, active merges only."""
    children: dict[UUID, list[UUID]] = {}
    for merged, survivor in edges.items():
        children.setdefault(survivor, []).append(merged)
    found = {top}
    waiting = [top]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def survivors_first(person_id: UUID, member_ids: Iterable[UUID]) -> list[UUID]:
    """Return the records of one person, the survivor first, the rest by age (ids grow with time)."""
    return [person_id, *sorted(member for member in member_ids if member != person_id)]

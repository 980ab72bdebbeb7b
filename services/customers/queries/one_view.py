"""The sections of one customer, and a tag by which a reader sees that nothing changed."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from services.customers.contract import Section
from services.customers.queries.views import SectionName, customer_sections
from services.kit.db import Tx
from services.kit.errors import InvalidInput, NotFound

LARGEST = 100
_PART = re.compile(r"([a-z_]{1,30})(?::([0-9]{1,3}))?")


def read_sections(text: str | None) -> tuple[list[SectionName], dict[SectionName, int]]:
    """Return names and sizes of `profile,cases:10`; all sections when it is None. Raises InvalidInput."""
    if text is None:
        return list(SectionName), {}
    sizes: dict[SectionName, int] = {}
    names: dict[SectionName, None] = {}
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None or match[1] not in set(SectionName) or (match[2] is not None and not 1 <= int(match[2]) <= LARGEST):
            raise InvalidInput(
                f"Name sections as profile,cases:10 with sizes up to {LARGEST}; there are {', '.join(SectionName)}.", pointer="/sections"
            )
        names[SectionName(match[1])] = None
        if match[2] is not None:
            sizes[SectionName(match[1])] = int(match[2])
    return list(names), sizes


async def one_view(tx: Tx, customer_id: UUID, names: list[SectionName], sizes: Mapping[SectionName, int], quiet: timedelta) -> dict[str, Section]:
    """Return the sections of the person with this id; raises NotFound."""
    views = (await customer_sections(tx, [customer_id], names, sizes, quiet)).views
    if customer_id not in views:
        message = f"There is no customer {customer_id}."
        raise NotFound(message)
    return views[customer_id]


def tag(sections: Mapping[str, Section], sizes: Mapping[SectionName, int]) -> str:
    """Return the weak ETag (RFC 9110) of these sections: their versions and sizes.

    An offer and a value change with time alone, so that their content counts.
    """
    said = [f"{name}:{section.version}" for name, section in sorted(sections.items())]
    said += [f"{name.value}={size}" for name, size in sorted(sizes.items())]
    said += [sections[name].data.model_dump_json() for name in (SectionName.OFFER, SectionName.VALUE) if name in sections]
    return f'W/"{hashlib.sha256(";".join(said).encode()).hexdigest()[:32]}"'

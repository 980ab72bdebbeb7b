"""Survey closed an employees' pulse: its sheets join what insight reports on, under the same rule of disclosure."""

import random
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.insight.models import Pulse, PulseAnswer
from services.insight.use_cases.keep_pulse import LEAST_BATCH
from services.kit.db import UnitOfWork
from services.survey.contract import PulseClosed, PulseSheet

MOST_BANDS = 4
"""By more attributes than these a house is not split: the groups would be too small to show anyway."""
SURVEYS = "survey."
"""Begin of the keys of pulses that survey keeps, so that they never meet one that was declared here."""


def key_of(pulse: str) -> str:
    """Return the key under which a pulse of survey is reported."""
    return f"{SURVEYS}{pulse}"[:64]


def _groups(bands: Sequence[str], known: Mapping[str, Sequence[str]], sheets: Sequence[PulseSheet]) -> dict[str, list[str]]:
    """Return attribute to bands: those that were seen before and those of these sheets; unknown stands for who named none."""
    found = {}
    for attribute in sorted(bands)[:MOST_BANDS]:
        seen = {sheet.groups.get(attribute, "unknown") for sheet in sheets}
        found[attribute] = sorted(seen | set(known.get(attribute, ())))
    return found


async def hear_pulse(uow: UnitOfWork, event: PulseClosed) -> None:
    """Declare the pulse as it was asked, and keep the sheets in random order under random ids; a part with too few of them is not kept."""
    if len(event.sheets) < LEAST_BATCH:
        return
    key = key_of(event.pulse)
    old = await uow.first(select(Pulse).where(col(Pulse.key) == key), Pulse)
    groups = _groups(event.bands, old.groups if old else {}, event.sheets)
    declared = Pulse(
        key=key,
        title=event.pulse,
        questions={**(old.questions if old else {}), **event.questions},
        groups=groups,
        minimum=max(LEAST_BATCH, event.smallest_group, old.minimum if old else 0),
        scales={**((old.scales if old else None) or {}), **event.scales},
        created_at=old.created_at if old else uow.now,
        version=old.version + 1 if old else 1,
    )
    await uow.upsert(Pulse, declared.model_dump(), key=("key",))
    dice = random.SystemRandom()
    ids = sorted(UUID(int=dice.getrandbits(128), version=4) for _ in event.sheets)
    said = [
        {"groups": {attribute: sheet.groups.get(attribute, "unknown") for attribute in groups}, "scores": sheet.scores, "comment": None}
        for sheet in dice.sample(list(event.sheets), len(event.sheets))
    ]
    await uow.insert(PulseAnswer, *({"id": one, "pulse": key, "week": event.week, **sheet} for one, sheet in zip(ids, said, strict=True)))

"""What employees say, kept so that nobody can be found in it."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import delete, select
from sqlmodel import col

from services.insight.domain.disclosure import Filter, fits, releasable
from services.insight.models import Pulse, PulseAnswer, Release
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, NotFound, Refused
from services.kit.fields import Code, Command, Line, Name
from services.kit.ids import new_id

LEAST_BATCH = 5
DEPTH = 2
Band = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Score = Annotated[int, Field(ge=1, le=5)]
Week = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])$")]


class BandUnknown(Refused):
    """Groups are fixed bands that the pulse declares: a free value would name a person."""

    code = "pulse_sheet_band_unknown"


class BandsFixed(Conflict):
    """Once somebody has answered, the bands and the minimum stay: new bands over old answers would cut groups differently."""

    code = "pulse_bands_fixed"


class WeekRunning(Conflict):
    """A week's results are shown when it is over, all at once, and do not change afterwards."""

    code = "pulse_week_running"


class SetPulse(Command):
    """A pulse: questions by code, and by which attributes (each with at least two fixed bands) it may be split."""

    title: Name
    questions: Annotated[dict[Code, Line], Field(min_length=1, max_length=20)]
    groups: Annotated[dict[Code, Annotated[list[Band], Field(min_length=2, max_length=12)]], Field(max_length=4)] = Field(default_factory=dict)
    minimum: Annotated[int, Field(ge=5, le=100)] = 5


class Sheet(Command):
    """One person's answers without the person: bands, scores of 1 to 5, and words if any."""

    groups: dict[Code, Band]
    scores: Annotated[dict[Code, Score], Field(min_length=1, max_length=20)]
    comment: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None


class GiveSheets(Command):
    """At least five sheets at a time: fewer would tell by their moment who they are from."""

    sheets: Annotated[list[Sheet], Field(min_length=LEAST_BATCH, max_length=1000)]

    @model_validator(mode="after")
    def _same_shape(self) -> Self:
        if len({frozenset(sheet.groups) for sheet in self.sheets}) != 1:
            raise ValueError("all sheets of a batch name the same attributes")
        return self


async def pulse(tx: Tx, key: str) -> Pulse:
    """Return a pulse; raises NotFound."""
    found = await tx.first(select(Pulse).where(col(Pulse.key) == key), Pulse)
    if found is None:
        raise NotFound("There is no pulse of that name.")
    return found


async def set_pulse(uow: UnitOfWork, key: str, command: SetPulse) -> Pulse:
    """Declare a pulse, or rename it and its questions; raises BandsFixed."""
    old = await uow.first(select(Pulse).where(col(Pulse.key) == key), Pulse)
    heard = await uow.scalar(select(col(PulseAnswer.id)).where(col(PulseAnswer.pulse) == key).limit(1))
    if old is not None and heard is not None and (old.groups != command.groups or old.minimum != command.minimum):
        raise BandsFixed(f"Pulse {key} has answers. Declare another pulse with the new bands.", pointer="/groups")
    kept = Pulse(key=key, **command.model_dump(), created_at=old.created_at if old else uow.now, version=old.version + 1 if old else 1)
    await uow.upsert(Pulse, kept.model_dump(), key=("key",))
    return kept


def _check(found: Pulse, sheets: Sequence[Sheet]) -> None:
    for place, sheet in enumerate(sheets):
        if set(sheet.groups) != set(found.groups):
            message = f"A sheet names these attributes, each once: {', '.join(sorted(found.groups)) or 'none'}."
            raise BandUnknown(message, pointer=f"/sheets/{place}/groups")
        for attribute, band in sheet.groups.items():
            if band not in found.groups[attribute]:
                raise BandUnknown(f"{attribute} has the bands {', '.join(found.groups[attribute])}.", pointer=f"/sheets/{place}/groups/{attribute}")
        if not set(sheet.scores) <= set(found.questions):
            raise BandUnknown(f"The pulse asks {', '.join(sorted(found.questions))}.", pointer=f"/sheets/{place}/scores")


async def give_sheets(uow: UnitOfWork, key: str, command: GiveSheets) -> None:
    """Keep a batch in random order under random ids, with nothing finer than the week; a released week takes no more."""
    found = await pulse(uow, key)
    _check(found, command.sheets)
    week = f"{uow.now:%G-W%V}"
    dice = random.SystemRandom()
    ids = sorted(UUID(int=dice.getrandbits(128), version=4) for _ in command.sheets)
    shuffled = dice.sample(list(command.sheets), len(command.sheets))
    said = [{"groups": one.groups, "scores": one.scores, "comment": one.comment} for one in shuffled]
    await uow.insert(PulseAnswer, *({"id": one, "pulse": key, "week": week, **sheet} for one, sheet in zip(ids, said, strict=True)))


def week_is_over(week: str, now: object) -> bool:
    """Say whether an ISO week lies wholly before a moment."""
    return week < f"{now:%G-W%V}"


async def release(uow: UnitOfWork, key: str, week: str) -> None:
    """Choose and freeze what may be shown of a week that is over, once; raises NotFound, WeekRunning."""
    found = await pulse(uow, key)
    if not week_is_over(week, uow.now):
        raise WeekRunning(f"{week} is not over. Its results are shown from the next Monday on.", pointer="/week")
    mine = (col(Release.pulse) == key, col(Release.week) == week)
    if await uow.scalar(select(col(Release.id)).where(*mine).limit(1)) is not None:
        return
    which = (col(PulseAnswer.pulse) == key, col(PulseAnswer.week) == week)
    sheets = await uow.all(select(PulseAnswer).where(*which).order_by(col(PulseAnswer.id)), PulseAnswer)
    shown = releasable([one.groups for one in sheets], found.groups, minimum=found.minimum, depth=DEPTH)
    # A question that somebody left out has other people behind it than its group has: it is shown for everybody together alone.
    whole = [question for question in found.questions if all(question in one.scores for one in sheets)]
    asked = {True: whole, False: list(found.questions)}
    rows = [_frozen(found, week, wanted, asked[bool(wanted)], [one for one in sheets if fits(one.groups, wanted)], uow) for wanted in shown]
    if not rows:
        rows = [_frozen(found, week, (), [], [], uow)]
    await uow.insert(Release, *rows)


def _frozen(found: Pulse, week: str, wanted: Filter, asked: Sequence[str], sheets: Sequence[PulseAnswer], uow: UnitOfWork) -> dict[str, object]:
    counts: dict[str, dict[str, int]] = {}
    for question in asked:
        scores = [one.scores[question] for one in sheets if question in one.scores]
        if len(scores) >= found.minimum:
            counts[question] = {str(score): scores.count(score) for score in (found.scales or {}).get(question, range(1, 6))}
    words = sorted((one.comment for one in sheets if one.comment), key=lambda text: (len(text), text)) if not wanted else []
    return {
        "id": new_id(),
        "pulse": found.key,
        "week": week,
        "cells": ";".join(f"{attribute}={band}" for attribute, band in wanted),
        "size": len(sheets),
        "released_at": uow.now,
        "about": {"filter": dict(wanted), "counts": counts, "comments": words},
    }


async def forget_old_sheets(uow: UnitOfWork, days: int) -> int:
    """Delete the sheets of weeks that were released more than `days` ago: the frozen results stay, single answers go."""
    limit = uow.now - timedelta(days=days)
    done = select(col(Release.pulse), col(Release.week)).where(col(Release.released_at) < limit).distinct()
    gone = 0
    for row in await uow.rows(done):
        gone += await uow.execute(delete(PulseAnswer).where(col(PulseAnswer.pulse) == row["pulse"], col(PulseAnswer.week) == row["week"]))
    return gone

"""Themes of the last four weeks: found every night, kept under one id as long as they are the same, turned into a code by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import numpy as np
from pydantic import Field
from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import ThemeGrew
from services.feedback.domain.heads import NEEDS_REVIEW, PERSON, UNKNOWN
from services.feedback.domain.items import CATEGORISED
from services.feedback.domain.ports import Matrix
from services.feedback.domain.themes import Heap, growth
from services.feedback.models import Correction, Item, ItemVector, Theme, ThemeMember
from services.feedback.use_cases.keep_taxonomy import PutCode, put_code
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, NotFound
from services.kit.fields import Code, Command, Language, Name
from services.kit.ids import new_id

SPAN, RECENT = timedelta(days=28), timedelta(days=7)
MOST_VOICES = 20_000
GREW, GREW_BY = 2.0, 10
"""A theme is told of when it is new or said twice as often, by at least ten voices in seven days; at most once in seven days."""
MOST_TAUGHT = 200
OPEN, QUIET, PROMOTED, DISMISSED = "open", "quiet", "promoted", "dismissed"


class ThemeIsSettled(Conflict):
    """The theme became a code or was dismissed before."""

    code = "feedback_theme_settled"


class CodeExists(Conflict):
    """A theme becomes a new code. To add it to one that is there, correct its items."""

    code = "feedback_code_exists"


class PromoteTheme(Command):
    """The driver that a theme becomes; the voices nearest to its middle are its first labels."""

    code: Code
    names: Annotated[dict[Language, Name], Field(min_length=1, max_length=50)]
    description: Annotated[str, Field(max_length=2_000)] = ""
    department: Code | None = None


class NameTheme(Command):
    """A name for people, or the end of a theme that means nothing."""

    name: Name | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Residue:
    """The voices that fit no code, newest first."""

    ids: list[UUID]
    texts: list[str]
    vectors: Matrix
    products: list[str | None]
    said_at: list[datetime]
    before: list[tuple[UUID, Matrix]]
    """Themes that were found before, with their middles."""


async def residue(tx: Tx, embedder: str) -> Residue:
    """Return what the categoriser knew no code for, or was unsure of, in the last 28 days, with the themes of before."""
    unsure = or_(col(Item.decision) == UNKNOWN, col(Item.decision) == NEEDS_REVIEW)
    statement = (
        select(col(Item.id), col(Item.title), col(Item.text), col(Item.product), col(Item.said_at), col(ItemVector.vector))
        .join(ItemVector, col(ItemVector.item_id) == col(Item.id))
        .where(col(Item.state) == CATEGORISED, col(Item.counted), unsure, col(Item.said_at) > tx.now - SPAN, col(ItemVector.embedder) == embedder)
        .order_by(col(Item.id).desc())
        .limit(MOST_VOICES)
    )
    rows = await tx.rows(statement)
    known = await tx.all(select(Theme).where(col(Theme.embedder) == embedder, col(Theme.state) != DISMISSED), Theme)
    vectors = [np.frombuffer(row["vector"], dtype=np.float16).astype(np.float32) for row in rows]
    return Residue(
        [row["id"] for row in rows],
        [repository.spoken(row["title"], row["text"]) for row in rows],
        np.vstack(vectors) if vectors else np.zeros((0, 1), dtype=np.float32),
        [row["product"] for row in rows],
        [row["said_at"] for row in rows],
        [(one.id, np.frombuffer(one.middle, dtype=np.float32)) for one in known],
    )


async def store_themes(uow: UnitOfWork, found: Sequence[Heap], same: Sequence[UUID | None], voices: Residue, embedder: str) -> int:
    """Write down today's themes; one that was not found again falls quiet. Return how many there are."""
    known = {one.id: one for one in await uow.all(select(Theme), Theme)}
    kept = {one for one in same if one is not None}
    still = [one.id for one in known.values() if one.id not in kept and one.state == OPEN]
    await uow.execute(update(Theme).where(col(Theme.id).in_(still)).values(state=QUIET, recent=0, version=col(Theme.version) + 1))
    first = min(voices.said_at, default=uow.now)
    for heap, former in zip(found, same, strict=True):
        await _store(uow, heap, known.get(former) if former else None, voices, (embedder, first))
    return len(found)


async def _store(uow: UnitOfWork, heap: Heap, former: Theme | None, voices: Residue, given: tuple[str, datetime]) -> None:
    embedder, first = given
    recent = sum(voices.said_at[one] > uow.now - RECENT for one in heap.members)
    days_before = max(0.0, (uow.now - RECENT - first).total_seconds() / 86_400)
    grown = growth(recent, len(heap.members) - recent, RECENT.days, days_before)
    tells = recent >= GREW_BY and (former is None or grown >= GREW) and (former is None or _may_tell(former, uow.now))
    row = {
        "id": former.id if former else new_id(),
        "version": former.version + 1 if former else 1,
        "state": former.state if former and former.state == PROMOTED else OPEN,
        "words": list(heap.words),
        "name": former.name if former else None,
        "embedder": embedder,
        "middle": heap.middle.astype(np.float32).tobytes(),
        "size": len(heap.members),
        "recent": recent,
        "growth": grown,
        "coherence": heap.coherence,
        "quotes": [str(voices.ids[one]) for one in heap.quotes],
        "code": former.code if former else None,
        "first_seen": former.first_seen if former else min(voices.said_at[one] for one in heap.members),
        "last_seen": max(voices.said_at[one] for one in heap.members),
        "told_at": uow.now if tells else former.told_at if former else None,
    }
    await uow.upsert(Theme, row, key=("id",))
    await uow.execute(delete(ThemeMember).where(col(ThemeMember.theme_id) == row["id"]))
    members = [{"theme_id": row["id"], "item_id": voices.ids[one], "closeness": place} for place, one in enumerate(heap.members)]
    await uow.insert(ThemeMember, *members)
    if tells:
        uow.emit(ThemeGrew(theme_id=row["id"], words=list(heap.words), size=len(heap.members), recent=recent, growth=grown))


def _may_tell(former: Theme, now: datetime) -> bool:
    return former.state != PROMOTED and (former.told_at is None or former.told_at <= now - RECENT)


async def themes(tx: Tx, state: str | None, limit: int) -> list[Theme]:
    """Return themes, those with most voices first."""
    statement = select(Theme) if state is None else select(Theme).where(col(Theme.state) == state)
    return await tx.all(statement.order_by(col(Theme.size).desc(), col(Theme.id)).limit(limit), Theme)


async def theme(tx: Tx, theme_id: UUID) -> Theme:
    """Return one theme; raises NotFound."""
    found = await tx.first(select(Theme).where(col(Theme.id) == theme_id), Theme)
    if found is None:
        raise NotFound(f"There is no theme {theme_id}.")
    return found


async def quoted(tx: Tx, ids: Sequence[str]) -> list[Item]:
    """Return the items of these ids that still have words, in the order given."""
    items = {one.id: one for one in await tx.all(select(Item).where(col(Item.id).in_([UUID(one) for one in ids])), Item)}
    return [items[UUID(one)] for one in ids if UUID(one) in items and items[UUID(one)].text]


async def members(tx: Tx, theme_id: UUID, after: int, limit: int) -> list[tuple[int, Item]]:
    """Return the items of a theme, nearest to its middle first; `after` is the place of the last one seen."""
    statement = (
        select(col(ThemeMember.item_id), col(ThemeMember.closeness))
        .where(col(ThemeMember.theme_id) == theme_id, col(ThemeMember.closeness) > after)
        .order_by(col(ThemeMember.closeness))
        .limit(limit)
    )
    places = {row["item_id"]: row["closeness"] for row in await tx.rows(statement)}
    items = await tx.all(select(Item).where(col(Item.id).in_(list(places))), Item)
    return sorted(((places[one.id], one) for one in items), key=lambda pair: pair[0])


async def name_theme(uow: UnitOfWork, theme_id: UUID, command: NameTheme) -> Theme:
    """Give a theme a name for people, or dismiss it for good."""
    found = await theme(uow, theme_id)
    if found.state == PROMOTED and command.dismissed:
        raise ThemeIsSettled(f"The theme became the driver {found.code}.")
    state = DISMISSED if command.dismissed else found.state
    await uow.execute(update(Theme).where(col(Theme.id) == theme_id).values(name=command.name, state=state, version=found.version + 1))
    return await theme(uow, theme_id)


async def promote_theme(uow: UnitOfWork, theme_id: UUID, command: PromoteTheme) -> Theme:
    """Make the theme a driver. The half of its voices that lies nearest to its middle are the first labels; nobody's word is overwritten."""
    found = await theme(uow, theme_id)
    if found.state in {PROMOTED, DISMISSED}:
        raise ThemeIsSettled(f"The theme is {found.state}.")
    if await repository.taxonomy_code(uow, "driver", command.code) is not None:
        raise CodeExists(f"There is a driver {command.code} already.", pointer="/code")
    put = PutCode(names=command.names, description=command.description, department=command.department)
    await put_code(uow, "driver", command.code, put)
    near = await members(uow, theme_id, -1, min(MOST_TAUGHT, max(1, found.size // 2)))
    who = uow.principal.subject if uow.principal else "system"
    for _, item in near:
        await _label(uow, item, command, f"theme:{who}")
    changed = {"state": PROMOTED, "code": command.code, "version": found.version + 1}
    await uow.execute(update(Theme).where(col(Theme.id) == theme_id).values(**changed))
    return await theme(uow, theme_id)


async def _label(uow: UnitOfWork, item: Item, command: PromoteTheme, by: str) -> None:
    former = next((label for label in item.labels if label["axis"] == "driver"), None)
    if former is not None and former["decision"] == PERSON:
        return
    label = {"axis": "driver", "code": command.code, "confidence": 1.0, "decision": PERSON, "source": f"person:{by}"}
    changed = {
        "driver": command.code,
        "department": command.department,
        "decision": PERSON,
        "review_rank": None,
        "labels": [*(one for one in item.labels if one["axis"] != "driver"), label],
        "version": item.version + 1,
    }
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(**changed))
    was = former["code"] if former else None
    await uow.insert(Correction, {"id": new_id(), "item_id": item.id, "axis": "driver", "was": was, "now": command.code, "by": by, "at": uow.now})

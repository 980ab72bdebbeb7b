"""The employees' suggestion box and its two-way mailbox. Who wrote is not known here, and cannot be found out from what is kept.

No principal is asked for, no moment and no address is stored, ids are drawn by lot, the mailbox opens with a code that only the writer has. Days
and groups are kept; a group is shown only from five suggestions on.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import func, select, update
from sqlmodel import col

from services.feedback.domain.slicing import Cell, shown
from services.feedback.models import Suggestion, SuggestionBox, SuggestionMessage
from services.feedback.use_cases.sealing import vault_of
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, NotFound, Refused
from services.kit.fields import Command, Name

LEAST_GROUP = 5
MOST_MESSAGES = 100
GROUPS = ("team", "shift", "site", "tenure_band")
Group = Literal["team", "shift", "site", "tenure_band"]
Words = Annotated[str, Field(min_length=1, max_length=5_000)]


class UnknownGroup(Refused):
    """The box has closed lists of groups; this value is in none of them. `GET` of the box's address shows them."""

    code = "feedback_unknown_group"


class BoxIsClosed(Conflict):
    """The box takes in nothing now; mailboxes stay open."""

    code = "feedback_box_closed"


class MailboxIsFull(Conflict):
    """A mailbox holds a hundred messages."""

    code = "feedback_mailbox_full"


class PutBox(Command):
    """A suggestion box, and which groups a writer may name (never must)."""

    name: Name
    groups: Annotated[dict[Group, Annotated[list[Name], Field(max_length=100)]], Field(max_length=4)] = Field(default_factory=dict)
    open: bool = True
    new_secret: bool = False


class Suggest(Command):
    """A suggestion; groups may be left out, each by itself."""

    text: Words
    team: Name | None = None
    shift: Name | None = None
    site: Name | None = None
    tenure_band: Name | None = None


class OpenMailbox(Command):
    """The code of a mailbox; with a text, that is put in."""

    code: Annotated[str, Field(min_length=20, max_length=100)]
    text: Words | None = None


class AnswerSuggestion(Command):
    """What the organisation says to it, and what became of it."""

    text: Words
    state: Literal["answered", "adopted", "declined"] = "answered"


@dataclass(frozen=True, slots=True)
class Thread:
    """A suggestion with its messages in order."""

    suggestion: Suggestion
    messages: list[SuggestionMessage]


async def put_box(uow: UnitOfWork, key: str, command: PutBox) -> dict[str, Any]:
    """Create or change a box. The secret of its address is in the answer only when it was made now."""
    known = await uow.first(select(SuggestionBox).where(col(SuggestionBox.key) == key), SuggestionBox)
    secret = secrets.token_urlsafe(24) if known is None or command.new_secret else None
    row = {
        "key": key,
        "name": command.name,
        "secret_hash": _hash(secret) if secret else known.secret_hash if known else "",
        "groups": {name: list(values) for name, values in command.groups.items()},
        "open": command.open,
        "version": known.version + 1 if known else 1,
    }
    await uow.upsert(SuggestionBox, row, key=("key",))
    return {**row, "secret": secret}


async def box_of(tx: Tx, secret: str) -> SuggestionBox:
    """Return the box of this address; raises NotFound."""
    found = await tx.first(select(SuggestionBox).where(col(SuggestionBox.secret_hash) == _hash(secret)), SuggestionBox)
    if found is None:
        raise NotFound("There is no such box.")
    return found


async def suggest(uow: UnitOfWork, secret: str, command: Suggest) -> str:
    """Put a suggestion in; return the code that alone opens its mailbox."""
    box = await box_of(uow, secret)
    if not box.open:
        raise BoxIsClosed(f"{box.name} is closed.")
    chosen = {name: getattr(command, name) for name in GROUPS}
    for name, value in chosen.items():
        if value is not None and value not in box.groups.get(name, []):
            raise UnknownGroup(f"{value} is not among the groups of this box.", pointer=f"/{name}")
    code, suggestion_id = secrets.token_urlsafe(24), uuid4()
    row = {"id": suggestion_id, "box": box.key, "mailbox_hash": _hash(code), "state": "new", "version": 1, "day": uow.now.date(), **chosen}
    await uow.insert(Suggestion, row)
    await _say(uow, suggestion_id, 1, command.text, from_writer=True)
    return code


async def mailbox(uow: UnitOfWork, command: OpenMailbox) -> Thread:
    """Show a mailbox to who has its code, after putting in what they wrote."""
    found = await uow.first(select(Suggestion).where(col(Suggestion.mailbox_hash) == _hash(command.code)), Suggestion)
    if found is None:
        raise NotFound("There is no such mailbox.")
    if command.text is not None:
        await _say(uow, found.id, await _next(uow, found.id), command.text, from_writer=True)
        await uow.execute(update(Suggestion).where(col(Suggestion.id) == found.id).values(state="new", version=found.version + 1))
    return await thread(uow, found.id)


async def answer_suggestion(uow: UnitOfWork, suggestion_id: UUID, command: AnswerSuggestion) -> Thread:
    """Answer into the mailbox."""
    found = await thread(uow, suggestion_id)
    await _say(uow, suggestion_id, await _next(uow, suggestion_id), command.text, from_writer=False)
    changed = update(Suggestion).where(col(Suggestion.id) == suggestion_id).values(state=command.state, version=found.suggestion.version + 1)
    await uow.execute(changed)
    return await thread(uow, suggestion_id)


async def thread(tx: Tx, suggestion_id: UUID) -> Thread:
    """Return a suggestion with its messages; raises NotFound."""
    found = await tx.first(select(Suggestion).where(col(Suggestion.id) == suggestion_id), Suggestion)
    if found is None:
        raise NotFound(f"There is no suggestion {suggestion_id}.")
    messages = select(SuggestionMessage).where(col(SuggestionMessage.suggestion_id) == suggestion_id).order_by(col(SuggestionMessage.place))
    return Thread(found, await tx.all(messages, SuggestionMessage))


async def threads(tx: Tx, box: str | None, state: str | None, before: UUID | None, limit: int) -> list[Thread]:
    """Return suggestions in the order of their ids, which were drawn by lot: the order of writing is kept from everybody."""
    statement = select(Suggestion)
    if box is not None:
        statement = statement.where(col(Suggestion.box) == box)
    if state is not None:
        statement = statement.where(col(Suggestion.state) == state)
    if before is not None:
        statement = statement.where(col(Suggestion.id) < before)
    found = await tx.all(statement.order_by(col(Suggestion.id).desc()).limit(limit), Suggestion)
    ids = [one.id for one in found]
    said = select(SuggestionMessage).where(col(SuggestionMessage.suggestion_id).in_(ids)).order_by(col(SuggestionMessage.place))
    messages = await tx.all(said, SuggestionMessage)
    return [Thread(one, [message for message in messages if message.suggestion_id == one.id]) for one in found]


async def group_counts(tx: Tx, box: str, group: Group, days: int) -> list[tuple[str, int | None]]:
    """Return how many suggestions name each value of a group; None for values that fewer than five named, and where that could be worked out."""
    column = {"team": Suggestion.team, "shift": Suggestion.shift, "site": Suggestion.site, "tenure_band": Suggestion.tenure_band}[group]
    since = tx.now.date() - timedelta(days=days)
    rows = await tx.rows(select(col(column).label("value")).where(col(Suggestion.box) == box, col(Suggestion.day) >= since))
    counted = Counter(row["value"] for row in rows if row["value"] is not None)
    cells = [Cell(value, voices=n) for value, n in counted.items()]
    return [(cell.value, cell.voices if visible else None) for cell, visible in shown(cells, LEAST_GROUP)]


async def boxes(tx: Tx) -> list[SuggestionBox]:
    """Return the boxes by key."""
    return await tx.all(select(SuggestionBox).order_by(col(SuggestionBox.key)), SuggestionBox)


async def _next(tx: Tx, suggestion_id: UUID) -> int:
    last = await tx.scalar(select(func.max(col(SuggestionMessage.place))).where(col(SuggestionMessage.suggestion_id) == suggestion_id))
    if (last or 0) >= MOST_MESSAGES:
        raise MailboxIsFull("It holds a hundred messages.")
    return (last or 0) + 1


async def _say(uow: UnitOfWork, suggestion_id: UUID, place: int, text: str, *, from_writer: bool) -> None:
    masked = vault_of(uow).take(suggestion_id, None, text).text
    row = {"suggestion_id": suggestion_id, "place": place, "from_writer": from_writer, "text": masked, "day": uow.now.date()}
    await uow.insert(SuggestionMessage, row)


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()

"""Quality reviews: what is looked for, and what was found in a contact."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import desc, select
from sqlmodel import col

from services.insight.models import ContactFact, QualityForm, QualityReview
from services.insight.repository.limits import seen
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound, Refused
from services.kit.fields import Code, Command, Name
from services.kit.ids import new_id

Kind = Literal["customer", "business", "compliance"]
Mark = Literal["ok", "error", "na"]


class LinesDiffer(Refused):
    """A review marks every line of its form, once: ok, error, or na where there was no opportunity."""

    code = "review_lines_differ"


class FormLine(Command):
    """One opportunity for a critical error."""

    key: Code
    name: Name
    kind: Kind


class SetForm(Command):
    """A form; a change is a new version, and old reviews keep theirs."""

    name: Name
    lines: Annotated[list[FormLine], Field(min_length=1, max_length=60)]


class ReviewContact(Command):
    """What a reviewer found in one contact; the reviewer is who sends it."""

    contact_id: UUID
    lines: dict[Code, Mark]


async def newest_form(tx: Tx, key: str) -> QualityForm:
    """Return a form as it is now; raises NotFound."""
    mine = select(QualityForm).where(col(QualityForm.key) == key).order_by(desc(col(QualityForm.version))).limit(1)
    found = await tx.first(mine, QualityForm)
    if found is None:
        raise NotFound("There is no quality form of that name.")
    return found


async def set_form(uow: UnitOfWork, key: str, command: SetForm) -> QualityForm:
    """Keep a new version; the same again changes nothing."""
    lines = [line.model_dump() for line in command.lines]
    if len({line["key"] for line in lines}) != len(lines):
        raise LinesDiffer("Every line has a key of its own.", pointer="/lines")
    mine = select(QualityForm).where(col(QualityForm.key) == key).order_by(desc(col(QualityForm.version))).limit(1)
    old = await uow.first(mine, QualityForm)
    if old is not None and (old.name, old.lines) == (command.name, lines):
        return old
    made = QualityForm(key=key, version=old.version + 1 if old else 1, name=command.name, lines=lines, created_at=uow.now)
    await uow.insert(QualityForm, made.model_dump())
    return made


async def review_contact(uow: UnitOfWork, key: str, command: ReviewContact) -> QualityReview:
    """Keep a review, one a reviewer and contact: a second one replaces the first. Raises NotFound, LinesDiffer."""
    form = await newest_form(uow, key)
    if set(command.lines) != {line["key"] for line in form.lines}:
        raise LinesDiffer(f"The form has the lines {', '.join(line['key'] for line in form.lines)}.", pointer="/lines")
    contact = await uow.first(select(ContactFact).where(col(ContactFact.contact_id) == command.contact_id, *seen(uow, ContactFact)), ContactFact)
    if contact is None:
        raise NotFound(f"There is no contact {command.contact_id}.", pointer="/contact_id")
    at: datetime = uow.now
    made = QualityReview(
        id=new_id(),
        contact_id=command.contact_id,
        form=key,
        form_version=form.version,
        reviewer=uow.principal.subject if uow.principal else "house",
        lines=dict(command.lines),
        team=contact.team,
        site=contact.site,
        vendor=contact.vendor,
        reviewed_at=at,
    )
    await uow.upsert(QualityReview, made.model_dump(), key=("contact_id", "form", "reviewer"))
    return made

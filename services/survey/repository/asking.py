"""Every SQL statement about surveys, programmes, decisions, invitations and responses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.survey.models import Decision, Invitation, ProgrammeVersion, Response, Simulation, SurveyVersion

PENDING = "pending"
Cursor = tuple[datetime, UUID]
"""Moment and id of the last row of a page."""


class SurveyUnknown(NotFound):
    """There is no survey with this key (or no such version of it)."""

    code = "survey_unknown"


class ProgrammeUnknown(NotFound):
    """There is no programme with this key."""

    code = "programme_unknown"


class DecisionUnknown(NotFound):
    """There is no decision with this id."""

    code = "decision_unknown"


class SimulationUnknown(NotFound):
    """There is no simulation with this id."""

    code = "simulation_unknown"


class InvitationUnknown(NotFound):
    """There is no invitation with this id."""

    code = "invitation_unknown"


async def latest_survey(tx: Tx, key: str) -> SurveyVersion | None:
    """Return the newest version of a survey, or None."""
    wanted = select(SurveyVersion).where(col(SurveyVersion.key) == key).order_by(col(SurveyVersion.version).desc()).limit(1)
    return await tx.first(wanted, SurveyVersion)


async def survey(tx: Tx, key: str, version: int | None = None) -> SurveyVersion:
    """Return a version (the newest when None) of a survey; raises SurveyUnknown."""
    if version is None:
        found = await latest_survey(tx, key)
    else:
        wanted = select(SurveyVersion).where(col(SurveyVersion.key) == key, col(SurveyVersion.version) == version)
        found = await tx.first(wanted, SurveyVersion)
    if found is None:
        raise SurveyUnknown(f"There is no survey {key}." if version is None else f"Survey {key} has no version {version}.")
    return found


async def surveys(tx: Tx, after: str, limit: int) -> list[SurveyVersion]:
    """Return the newest version of each survey whose key comes after `after`, by key."""
    newer = SurveyVersion.__table__.alias("newer")  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    has_newer = select(newer.c.id).where(newer.c.key == col(SurveyVersion.key), newer.c.version > col(SurveyVersion.version)).exists()
    wanted = select(SurveyVersion).where(col(SurveyVersion.key) > after, ~has_newer).order_by(col(SurveyVersion.key)).limit(limit)
    return await tx.all(wanted, SurveyVersion)


async def reword_survey(uow: UnitOfWork, version_id: UUID, definition: dict[str, Any]) -> bool:
    """Change a version that nobody answered yet; False when somebody did meanwhile."""
    open_version = and_(col(SurveyVersion.id) == version_id, col(SurveyVersion.answered_at).is_(None))
    return await uow.execute(update(SurveyVersion).where(open_version).values(definition=definition)) == 1


async def retire_programme(uow: UnitOfWork, key: str) -> None:
    """Take the version in force out of force."""
    in_force = and_(col(ProgrammeVersion.key) == key, col(ProgrammeVersion.current))
    await uow.execute(update(ProgrammeVersion).where(in_force).values(current=False, state="replaced"))


async def change_programme(uow: UnitOfWork, version_id: UUID, **values: object) -> None:
    """Change the state of a version; its rules never change."""
    await uow.execute(update(ProgrammeVersion).where(col(ProgrammeVersion.id) == version_id).values(**values))


async def next_programme_version(uow: UnitOfWork, key: str) -> int:
    """Return the next free version number; who asks at the same moment waits at the newest row."""
    newest = select(ProgrammeVersion).where(col(ProgrammeVersion.key) == key).order_by(col(ProgrammeVersion.version).desc()).limit(1)
    found = await uow.first(newest.with_for_update(), ProgrammeVersion)
    return found.version + 1 if found else 1


async def programme_version(tx: Tx, key: str, number: int) -> ProgrammeVersion:
    """Return one version of a programme; raises ProgrammeUnknown."""
    wanted = select(ProgrammeVersion).where(col(ProgrammeVersion.key) == key, col(ProgrammeVersion.version) == number)
    found = await tx.first(wanted, ProgrammeVersion)
    if found is None:
        raise ProgrammeUnknown(f"Programme {key} has no version {number}.")
    return found


async def programme_versions(tx: Tx, key: str, before: int, limit: int) -> list[ProgrammeVersion]:
    """Return the versions of a programme with smaller numbers than `before`, newest first."""
    wanted = select(ProgrammeVersion).where(col(ProgrammeVersion.key) == key, col(ProgrammeVersion.version) < before)
    return await tx.all(wanted.order_by(col(ProgrammeVersion.version).desc()).limit(limit), ProgrammeVersion)


async def live_programmes(tx: Tx) -> list[ProgrammeVersion]:
    """Return all programmes in force, by key."""
    wanted = select(ProgrammeVersion).where(col(ProgrammeVersion.current), col(ProgrammeVersion.state) == "active")
    return await tx.all(wanted.order_by(col(ProgrammeVersion.key)), ProgrammeVersion)


async def freeze_survey(uow: UnitOfWork, key: str, version: int) -> None:
    """Mark the first answer; later ones change nothing."""
    open_version = and_(col(SurveyVersion.key) == key, col(SurveyVersion.version) == version, col(SurveyVersion.answered_at).is_(None))
    await uow.execute(update(SurveyVersion).where(open_version).values(answered_at=uow.now))


async def current_programme(tx: Tx, key: str) -> ProgrammeVersion | None:
    """Return the current version of a programme, or None."""
    return await tx.first(select(ProgrammeVersion).where(col(ProgrammeVersion.key) == key, col(ProgrammeVersion.current)), ProgrammeVersion)


async def programme(tx: Tx, key: str) -> ProgrammeVersion:
    """Return the current version of a programme; raises ProgrammeUnknown."""
    found = await current_programme(tx, key)
    if found is None:
        raise ProgrammeUnknown(f"There is no programme {key}.")
    return found


async def programmes(tx: Tx, after: str, limit: int) -> list[ProgrammeVersion]:
    """Return the current programmes whose key comes after `after`, by key."""
    wanted = select(ProgrammeVersion).where(col(ProgrammeVersion.current), col(ProgrammeVersion.key) > after)
    return await tx.all(wanted.order_by(col(ProgrammeVersion.key)).limit(limit), ProgrammeVersion)


async def programmes_for(tx: Tx, trigger: str) -> list[ProgrammeVersion]:
    """Return the current programmes of one trigger."""
    in_force = (col(ProgrammeVersion.trigger) == trigger, col(ProgrammeVersion.current), col(ProgrammeVersion.state) == "active")
    wanted = select(ProgrammeVersion).where(*in_force)
    return await tx.all(wanted.order_by(col(ProgrammeVersion.key)), ProgrammeVersion)


async def simulation(tx: Tx, simulation_id: UUID) -> Simulation:
    """Return a simulation; raises SimulationUnknown."""
    found = await tx.first(select(Simulation).where(col(Simulation.id) == simulation_id), Simulation)
    if found is None:
        raise SimulationUnknown(f"There is no simulation {simulation_id}.")
    return found


async def change_simulation(uow: UnitOfWork, simulation_id: UUID, **values: object) -> None:
    """Note progress or the end of a running simulation."""
    running = and_(col(Simulation.id) == simulation_id, col(Simulation.state) == "running")
    await uow.execute(update(Simulation).where(running).values(**values, version=col(Simulation.version) + 1))


async def decision(tx: Tx, decision_id: UUID) -> Decision:
    """Return a decision; raises DecisionUnknown."""
    found = await tx.first(select(Decision).where(col(Decision.id) == decision_id), Decision)
    if found is None:
        raise DecisionUnknown(f"There is no decision {decision_id}.")
    return found


async def lock_pending(uow: UnitOfWork, decision_id: UUID) -> Decision | None:
    """Return the decision under a row lock while it is still open; None once it is decided, so that nobody decides twice."""
    wanted = select(Decision).where(col(Decision.id) == decision_id, col(Decision.outcome) == PENDING).with_for_update()
    return await uow.first(wanted, Decision)


async def decisions(tx: Tx, filters: dict[str, Any], before: Cursor | None, limit: int) -> list[Decision]:
    """Return decisions with these column values, newest first."""
    wanted = select(Decision).where(*(col(getattr(Decision, name)) == value for name, value in filters.items()))
    if before:
        moment, row_id = before
        older = or_(col(Decision.created_at) < moment, and_(col(Decision.created_at) == moment, col(Decision.id) < row_id))
        wanted = wanted.where(older)
    return await tx.all(wanted.order_by(col(Decision.created_at).desc(), col(Decision.id).desc()).limit(limit), Decision)


async def pending_of(tx: Tx, **where: object) -> list[Decision]:
    """Return the open decisions with these column values (contact_id, customer_id, order_reference, waits_for), oldest first."""
    conditions = (col(getattr(Decision, name)).is_not_distinct_from(value) for name, value in where.items())
    wanted = select(Decision).where(col(Decision.outcome) == PENDING, *conditions)
    return await tx.all(wanted.order_by(col(Decision.id)), Decision)


async def change_decision(uow: UnitOfWork, found: Decision, **values: object) -> bool:
    """Change an open decision; False when it was decided meanwhile."""
    still_open = and_(col(Decision.id) == found.id, col(Decision.outcome) == PENDING)
    return await uow.execute(update(Decision).where(still_open).values(**values, version=col(Decision.version) + 1)) == 1


async def invitation(tx: Tx, invitation_id: UUID) -> Invitation:
    """Return an invitation; raises InvitationUnknown."""
    found = await tx.first(select(Invitation).where(col(Invitation.id) == invitation_id), Invitation)
    if found is None:
        raise InvitationUnknown(f"There is no invitation {invitation_id}.")
    return found


async def invitation_by_hash(tx: Tx, *, token_hash: str | None = None, stop_hash: str | None = None) -> Invitation | None:
    """Return the invitation that a link token belongs to, or None."""
    column, value = (col(Invitation.token_hash), token_hash) if token_hash else (col(Invitation.stop_hash), stop_hash)
    return await tx.first(select(Invitation).where(column == value), Invitation)


async def invitations(tx: Tx, filters: dict[str, Any], before: Cursor | None, limit: int) -> list[Invitation]:
    """Return invitations with these column values, newest first."""
    wanted = select(Invitation).where(*(col(getattr(Invitation, name)) == value for name, value in filters.items()))
    if before:
        moment, row_id = before
        older = or_(col(Invitation.invited_at) < moment, and_(col(Invitation.invited_at) == moment, col(Invitation.id) < row_id))
        wanted = wanted.where(older)
    return await tx.all(wanted.order_by(col(Invitation.invited_at).desc(), col(Invitation.id).desc()).limit(limit), Invitation)


async def invitations_of(tx: Tx, customer_ids: Sequence[UUID], limit: int) -> list[Invitation]:
    """Return the asks that these customers had, newest first."""
    wanted = select(Invitation).where(col(Invitation.customer_id).in_(customer_ids))
    return await tx.all(wanted.order_by(col(Invitation.invited_at).desc(), col(Invitation.id).desc()).limit(limit), Invitation)


async def is_contact_asked(tx: Tx, contact_id: UUID) -> bool:
    """Say whether any programme asked about this contact."""
    return await tx.scalar(select(Invitation.id).where(col(Invitation.contact_id) == contact_id).limit(1)) is not None


async def change_invitation(uow: UnitOfWork, invitation_id: UUID, *, only_in: Sequence[str], **values: object) -> bool:
    """Change an invitation that is in one of these states; False when it is not."""
    there = and_(col(Invitation.id) == invitation_id, col(Invitation.state).in_(only_in))
    return await uow.execute(update(Invitation).where(there).values(**values, version=col(Invitation.version) + 1)) == 1


async def withdraw_invitations(uow: UnitOfWork, customer_ids: Sequence[UUID], *, channel: str | None = None, also_sent: bool = False) -> int:
    """Take back what is not sent yet (and, for an erasure, also what was sent and not answered); return how many."""
    states = ["queued", "sent"] if also_sent else ["queued"]
    wanted = update(Invitation).where(col(Invitation.customer_id).in_(customer_ids), col(Invitation.state).in_(states))
    if channel:
        wanted = wanted.where(col(Invitation.channel) == channel)
    return await uow.execute(wanted.values(state="withdrawn", version=col(Invitation.version) + 1))


async def responses_of(tx: Tx, customer_ids: Sequence[UUID], limit: int) -> list[Response]:
    """Return what these customers answered, newest first."""
    wanted = select(Response).where(col(Response.customer_id).in_(customer_ids))
    return await tx.all(wanted.order_by(col(Response.answered_at).desc(), col(Response.id).desc()).limit(limit), Response)


async def blank_responses(uow: UnitOfWork, customer_id: UUID) -> int:
    """Take the words of an erased customer away; scores stay countable. Return how many sheets."""
    rows = 0
    for response in await uow.all(select(Response).where(col(Response.customer_id) == customer_id), Response):
        kept = [{**answer, "text": None} for answer in response.answers]
        emptied = update(Response).where(col(Response.id) == response.id)
        rows += await uow.execute(emptied.values(answers=kept, comment=None, version=col(Response.version) + 1))
    return rows

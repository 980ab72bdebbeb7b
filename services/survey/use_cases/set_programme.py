"""Save, activate, pause and archive programmes; every change is a new version, and open decisions are judged by the one in force."""

from typing import Annotated

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Command
from services.kit.ids import new_id
from services.survey.domain.programme import Rules
from services.survey.models import ProgrammeVersion
from services.survey.repository import asking
from services.survey.use_cases.anchor_people import ANCHOR
from services.survey.use_cases.check_programme import must_be_sound
from services.survey.use_cases.count_cells import ALLOCATE, ALLOCATE_EVERY


class ProgrammeState(Conflict):
    """The programme is not in a state in which this can be done; the answer says which state that is."""

    code = "programme_state"


class SaveDraft(Command):
    """A draft: checked like a live version, judged by nobody until it is activated."""

    rules: Rules
    note: Annotated[str | None, Field(max_length=500)] = None
    """Why, for those who read the history later."""


async def set_programme(uow: UnitOfWork, key: str, rules: Rules) -> ProgrammeVersion:
    """Check and put in force at once. The same rules again change nothing."""
    await must_be_sound(uow, key, rules)
    stored = rules.model_dump(mode="json")
    current = await asking.current_programme(uow, key)
    if current is not None and current.rules == stored and current.state == "active":
        return current
    version = await _add(uow, key, rules, state="active", note=None)
    await _put_in_force(uow, version)
    return await asking.programme(uow, key)


async def save_draft(uow: UnitOfWork, key: str, command: SaveDraft) -> ProgrammeVersion:
    """Keep a checked draft beside the live version. Raises SurveyMissing, InvalidExpression or ProgrammeFaulty, and then nothing is saved."""
    await must_be_sound(uow, key, command.rules)
    return await _add(uow, key, command.rules, state="draft", note=command.note)


async def activate_version(uow: UnitOfWork, key: str, number: int) -> ProgrammeVersion:
    """Put a version in force, checked again against what is live now; an old one too, to go back to it."""
    version = await asking.programme_version(uow, key, number)
    if version.state == "archived":
        raise ProgrammeState(f"Version {number} of {key} is archived; save it as a new draft.")
    if not (version.current and version.state == "active"):
        await must_be_sound(uow, key, Rules.model_validate(version.rules))
        await _put_in_force(uow, version)
    return await asking.programme_version(uow, key, number)


async def pause_programme(uow: UnitOfWork, key: str) -> ProgrammeVersion:
    """Plan nothing new and ask nobody; what is open is decided with the reason `programme_off` when it falls due."""
    return await _switch(uow, key, {"active"}, "paused")


async def resume_programme(uow: UnitOfWork, key: str) -> ProgrammeVersion:
    """Go on after a pause."""
    return await _switch(uow, key, {"paused"}, "active")


async def archive_programme(uow: UnitOfWork, key: str) -> ProgrammeVersion:
    """End a programme for good; its history stays, a new version under the same key begins anew."""
    return await _switch(uow, key, {"active", "paused"}, "archived")


async def _switch(uow: UnitOfWork, key: str, allowed: set[str], state: str) -> ProgrammeVersion:
    current = await asking.programme(uow, key)
    if current.state == state:
        return current
    if current.state not in allowed:
        raise ProgrammeState(f"Programme {key} is {current.state}; only {' or '.join(sorted(allowed))} becomes {state}.")
    await asking.change_programme(uow, current.id, state=state)
    if state == "active":
        await _wind_up(uow, current)
    return await asking.programme(uow, key)


async def _add(uow: UnitOfWork, key: str, rules: Rules, *, state: str, note: str | None) -> ProgrammeVersion:
    number = await asking.next_programme_version(uow, key)
    row = {
        "id": new_id(),
        "key": key,
        "version": number,
        "current": False,
        "trigger": rules.trigger.value,
        "rules": rules.model_dump(mode="json"),
        "state": state,
        "note": note,
        "saved_by": uow.principal.subject if uow.principal else None,
        "created_at": uow.now,
        "activated_at": None,
    }
    await uow.insert(ProgrammeVersion, row)
    return await asking.programme_version(uow, key, number)


async def _put_in_force(uow: UnitOfWork, version: ProgrammeVersion) -> None:
    await asking.retire_programme(uow, version.key)
    await asking.change_programme(uow, version.id, state="active", current=True, activated_at=uow.now)
    await _wind_up(uow, version)


async def _wind_up(uow: UnitOfWork, version: ProgrammeVersion) -> None:
    """Start what goes round by itself while a programme is active; each of them ends by itself when it no longer is."""
    rules = Rules.model_validate(version.rules)
    if rules.rhythm:
        await uow.schedule(ANCHOR, key=version.key, at=uow.now)
    if rules.cells:
        await uow.schedule(ALLOCATE, key=version.key, at=uow.now + ALLOCATE_EVERY)

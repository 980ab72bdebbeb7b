"""Keys come and go: issue, replace, revoke, note the use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from gateway.access import repository
from gateway.access.errors import KeyNotLive, RightsBeyondOwn, TooManyLiveKeys
from gateway.access.key_format import fingerprint, new_api_key
from gateway.access.roles import known_roles, scopes_of
from gateway.contract import IssuedKeyView, KeyIssued, KeyRevoked
from gateway.models import AccessKey
from services.kit.auth import Principal
from services.kit.db import UnitOfWork
from services.kit.errors import InvalidInput
from services.kit.fields import Code, Command, Instant, Name, Reference
from services.kit.ids import new_id

COMMAND_LINE = "command line"


class IssueKey(Command):
    """Give a holder a key with the rights of some roles."""

    holder: Name
    roles: Annotated[list[Code], Field(min_length=1, max_length=8)]
    sites: Annotated[list[Reference], Field(max_length=500)] | None = None
    """None: no limit."""
    vendors: Annotated[list[Reference], Field(max_length=500)] | None = None
    expires_at: Instant | None = None


class ReplaceKey(Command):
    """Make a second key with the same rights; the old one goes on for `overlap_hours`."""

    overlap_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24


@dataclass(frozen=True, slots=True)
class Pepper:
    """The secret that keyed hashes are made with."""

    value: bytes


async def issue_key(uow: UnitOfWork, command: IssueKey, pepper: Pepper) -> IssuedKeyView:
    """Store a new key and return it with its secret, this once."""
    roles = known_roles(command.roles)
    if command.expires_at is not None and command.expires_at <= uow.now:
        raise InvalidInput("A key must expire in the future.", pointer="/expires_at")
    _within_own_rights(uow.principal, scopes_of(roles), command.sites, command.vendors)
    return await _store(uow, pepper, command, roles)


async def replace_key(uow: UnitOfWork, key_id: UUID, command: ReplaceKey, pepper: Pepper) -> IssuedKeyView:
    """Return a new key with the rights of the old one, which then ends after the overlap; raises KeyNotLive."""
    old = await repository.key(uow, key_id)
    if not is_live(old, uow.now):
        raise KeyNotLive("This key is revoked or has expired.")
    _within_own_rights(uow.principal, frozenset(old.scopes), old.sites, old.vendors)
    again = IssueKey(holder=old.holder, roles=old.roles, sites=old.sites, vendors=old.vendors, expires_at=old.expires_at)
    made = await _store(uow, pepper, again, list(old.roles))
    await repository.set_end(uow, key_id, expires_at=uow.now + timedelta(hours=command.overlap_hours))
    return made


async def revoke_key(uow: UnitOfWork, key_id: UUID) -> AccessKey:
    """Close the key at once; a second time changes nothing."""
    found = await repository.key(uow, key_id)
    if await repository.set_revoked(uow, key_id):
        uow.emit(KeyRevoked(key_id=key_id, holder=found.holder, revoked_by=_who(uow), revoked_at=uow.now))
    return found


async def note_use(uow: UnitOfWork, key_id: UUID) -> None:
    """Remember to the day that the key is in use."""
    await repository.set_used(uow, key_id, day_of(uow.now))


def day_of(moment: datetime) -> datetime:
    """Return the start of the day, UTC."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def is_live(found: AccessKey, now: datetime) -> bool:
    """Tell whether the key opens the door at `now`."""
    return found.revoked_at is None and (found.expires_at is None or found.expires_at > now)


async def _store(uow: UnitOfWork, pepper: Pepper, command: IssueKey, roles: list[str]) -> IssuedKeyView:
    slot = await repository.free_slot(uow, command.holder)
    if slot is None:
        raise TooManyLiveKeys(f"{command.holder} has two live keys already.", pointer="/holder")
    fresh = new_api_key()
    row = {
        "id": new_id(),
        "public_id": fresh.public_id,
        "fingerprint": fingerprint(pepper.value, fresh),
        "holder": command.holder,
        "roles": roles,
        "scopes": sorted(scopes_of(roles)),
        "sites": command.sites,
        "vendors": command.vendors,
        "created_at": uow.now,
        "expires_at": command.expires_at,
        "revoked_at": None,
        "last_used_on": None,
        "slot": slot,
    }
    await uow.insert(AccessKey, row)
    uow.emit(
        KeyIssued(key_id=row["id"], holder=command.holder, roles=roles, issued_by=_who(uow), expires_at=command.expires_at),
    )
    return IssuedKeyView.model_validate({**row, "key": fresh.text()})


def _who(uow: UnitOfWork) -> str:
    return uow.principal.subject if uow.principal is not None else COMMAND_LINE


def _within_own_rights(asker: Principal | None, scopes: frozenset[str], sites: list[str] | None, vendors: list[str] | None) -> None:
    if asker is None:
        return
    too_much = not scopes <= asker.scopes
    too_far = any(own is not None and (asked is None or not own >= set(asked)) for own, asked in ((asker.sites, sites), (asker.vendors, vendors)))
    if too_much or too_far:
        raise RightsBeyondOwn("The new key would be allowed more than the key that asks for it.", pointer="/roles")

"""Policies and their versions; a version never changes."""

from sqlmodel import col, select

from services.kit.db import Tx
from services.kit.errors import NotFound
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.routing.models import Contact, RoutingPolicy

OPEN = ("waiting", "offered", "connected")


class PolicyNotFound(NotFound):
    """There is no such policy."""

    code = "routing_policy_not_found"


def label(policy: RoutingPolicy) -> str:
    """Return the name of one version, as explanations show it."""
    return f"{policy.key}@{policy.version}"


async def latest(tx: Tx, key: str) -> RoutingPolicy | None:
    """Return the newest version; None when there is no such policy."""
    here = select(RoutingPolicy).where(col(RoutingPolicy.key) == key).order_by(col(RoutingPolicy.version).desc()).limit(1)
    return await tx.first(here, RoutingPolicy)


async def labelled(tx: Tx, name: str | None) -> RoutingPolicy | None:
    """Return the version of this label; None where there is none."""
    if name is None:
        return None
    key, _, version = name.rpartition("@")
    return await tx.first(select(RoutingPolicy).where(col(RoutingPolicy.key) == key, col(RoutingPolicy.version) == int(version)), RoutingPolicy)


async def versions(tx: Tx, key: str, cursor: str | None, limit: int) -> Page[RoutingPolicy]:
    """List the versions of a policy, newest first; raises PolicyNotFound."""
    statement = select(RoutingPolicy).where(col(RoutingPolicy.key) == key)
    if cursor is not None:
        number = decode_cursor(cursor, 1)[0]
        statement = statement.where(col(RoutingPolicy.version) < (int(number) if number.isdecimal() and len(number) < 10 else 0))  # noqa: PLR2004  fits 32 bits
    found = await tx.all(statement.order_by(col(RoutingPolicy.version).desc()).limit(limit + 1), RoutingPolicy)
    if not found and cursor is None:
        raise PolicyNotFound(f"There is no policy {key}.")
    following = encode_cursor(str(found[limit - 1].version)) if len(found) > limit else None
    return Page[RoutingPolicy](items=found[:limit], next_cursor=following)


async def in_use(tx: Tx) -> list[RoutingPolicy]:
    """Return the newest version of every policy, and every older one under which a contact is still open."""
    everything = await tx.all(select(RoutingPolicy).order_by(col(RoutingPolicy.key), col(RoutingPolicy.version).desc()).limit(2_000), RoutingPolicy)
    rows = await tx.rows(select(col(Contact.policy)).where(col(Contact.state).in_(OPEN), col(Contact.policy).is_not(None)).distinct())
    held = {row["policy"] for row in rows}
    newest: set[str] = set()
    found = []
    for each in everything:
        if each.key not in newest or label(each) in held:
            found.append(each)
        newest.add(each.key)
    return found

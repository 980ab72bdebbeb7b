"""Roles of people and machines, and the scopes that each brings."""

from collections.abc import Iterable

from services.kit.errors import InvalidInput

SERVICES = ("customers", "routing", "survey", "feedback", "knowledge", "insight")
READ = frozenset(f"{name}:read" for name in SERVICES)
WRITE = frozenset(f"{name}:write" for name in SERVICES)
ADMIN = frozenset(f"{name}:admin" for name in (*SERVICES, "gateway"))

ROLES: dict[str, frozenset[str]] = {
    "administrator": READ | WRITE | ADMIN | {"keys:manage", "schema:read", "pii:read", "privacy:erase", "clock:move"},
    "agent": frozenset(
        {
            *("customers:read", "customers:write", "routing:read", "routing:write", "survey:read", "survey:write"),
            *("feedback:read", "feedback:write", "knowledge:read", "knowledge:write", "pii:read"),
        },
    ),
    "supervisor": READ | WRITE | {"routing:admin", "pii:read"},
    "department_owner": frozenset(
        {"insight:read", "insight:write", "feedback:read", "feedback:write", "knowledge:read", "customers:read", "survey:read"},
    ),
    "analyst": READ | {"schema:read"},
    "employee_survey_admin": frozenset({"survey:read", "survey:admin", "insight:read"}),
    "privacy_officer": READ | {"customers:write", "pii:read", "privacy:erase"},
    "integration": frozenset(
        {
            *("customers:read", "customers:write", "routing:read", "routing:write", "survey:read", "survey:write"),
            *("feedback:read", "feedback:write", "knowledge:read", "knowledge:write", "schema:read"),
        },
    ),
}
"""Every role of the product. A scope is `service:verb`; `pii:read` shows texts unmasked, `schema:read` allows introspection,
`clock:move` moves the clock of a development installation and does nothing in production."""


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Return the union of what the roles may; an unknown role brings nothing."""
    return frozenset(scope for role in roles for scope in ROLES.get(role, ()))


def known_roles(roles: Iterable[str]) -> list[str]:
    """Return the roles sorted and once each; raises InvalidInput when one does not exist."""
    asked = sorted(set(roles))
    unknown = [role for role in asked if role not in ROLES]
    if unknown:
        raise InvalidInput(f"There is no such role. The roles are {', '.join(sorted(ROLES))}.", pointer="/roles")
    return asked

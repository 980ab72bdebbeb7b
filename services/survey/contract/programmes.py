"""What survey shows of programmes: versions, faults, differences, names that conditions may read."""

from datetime import datetime

from pydantic import JsonValue

from services.kit.fields import View


class ProgrammeView(View):
    """One version of a programme."""

    key: str
    version: int
    state: str
    """draft, active, paused, replaced or archived."""
    note: str | None
    saved_by: str | None
    rules: dict[str, JsonValue]
    created_at: datetime
    activated_at: datetime | None
    """None while it was never in force."""


class FindingView(View):
    """One fault of a programme: the place (JSON pointer), a code, and the reason for a person to read."""

    level: str
    """error or warning."""
    code: str
    pointer: str
    reason: str


class DifferenceView(View):
    """One place whose value differs between two versions; null on the side where there is none."""

    pointer: str
    before: JsonValue
    after: JsonValue


class AttributeView(View):
    """A name that conditions may read."""

    name: str
    kind: str
    meaning: str


class ShippedProgrammeView(View):
    """A rule set to begin with, and the practice that it follows."""

    key: str
    source: str
    rules: dict[str, JsonValue]

"""The rules of a programme version, read once: a version never changes."""

from uuid import UUID

from services.survey.domain.programme import Rules
from services.survey.models import ProgrammeVersion

MOST = 2000
_READ: dict[UUID, Rules] = {}


def rules_of(programme: ProgrammeVersion) -> Rules:
    """Return the rules of this version."""
    found = _READ.get(programme.id)
    if found is None:
        if len(_READ) >= MOST:
            _READ.clear()
        found = _READ[programme.id] = Rules.model_validate(programme.rules)
    return found

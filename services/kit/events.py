"""Facts that services tell each other, and the envelope that carries them.

The envelope's fields follow CloudEvents 1.0 where it has a name for the thing (id, subject, time), plus the ordering key and the two causal ids.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact in the past tense. Additive change only; a reader takes what it needs and ignores the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    subject: ClassVar[str]
    """`service.fact.vN`, e.g. `survey.answered.v1`."""
    ordered_by: ClassVar[tuple[str, ...]]
    """Field names; the first that is not None is the ordering key: events of one key are handled in the order they were told."""

    def ordering_key(self) -> str:
        """Return the value that this event is ordered by."""
        for name in self.ordered_by:
            value = getattr(self, name)
            if value is not None:
                return str(value)
        raise ValueError(f"{self.subject}: none of {self.ordered_by} is set")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What travels: one event with its identity, order and causes."""

    id: UUID
    subject: str
    occurred_at: datetime
    key: str
    correlation_id: str
    causation_id: str | None
    data: bytes
    """The event as JSON."""

    def to_bytes(self) -> bytes:
        """Return the wire form: one JSON object, `data` inline."""
        return orjson.dumps(
            {
                "id": str(self.id),
                "subject": self.subject,
                "occurred_at": self.occurred_at.isoformat(),
                "key": self.key,
                "correlation_id": self.correlation_id,
                "causation_id": self.causation_id,
                "data": orjson.Fragment(self.data),
            },
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read the wire form; raises ValueError on anything else."""
        found: dict[str, Any] = orjson.loads(raw)
        try:
            return cls(
                id=UUID(found["id"]),
                subject=found["subject"],
                occurred_at=datetime.fromisoformat(found["occurred_at"]).astimezone(UTC),
                key=found["key"],
                correlation_id=found["correlation_id"],
                causation_id=found["causation_id"],
                data=orjson.dumps(found["data"]),
            )
        except (KeyError, TypeError) as missing:
            raise ValueError(f"not an event envelope: {missing!r}") from missing

"""The two ways a call can go wrong: the service refused (a problem with a code), or it did not answer."""

from dataclasses import dataclass, field

from services.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that a service did not take."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """A service refused and said why (problem+json, RFC 9457)."""

    def __init__(self, service: str, status: int, code: str, detail: str, errors: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(f"{service} refused with {code}")
        self.service = service
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors


@dataclass
class ServiceFailed(Exception):
    """A service did not answer, or answered nonsense. Never carries an address or the text of an exception."""

    service: str
    code: str
    """SERVICE_TIMEOUT, SERVICE_UNAVAILABLE or CIRCUIT_OPEN."""
    retryable: bool = True
    error_id: str = field(default_factory=lambda: str(new_id()))

    def __str__(self) -> str:
        return f"{self.service} is not available"

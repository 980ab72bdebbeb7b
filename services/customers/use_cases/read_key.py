"""Read an identity key as a client sent it."""

from services.customers.domain.keys import Key, KeyKind, normalise
from services.kit.errors import AntiphonError, Conflict, Refused


class UnusableKey(Refused):
    """An identity key cannot be read: an e-mail address needs name@domain, a phone number its country code or a `country`."""

    code = "unusable_key"


class CustomerWasErased(AntiphonError):
    """This person asked to be forgotten. Their keys are refused for good, so that no import brings them back."""

    status = 410
    code = "customer_erased"


class KeyTaken(Conflict):
    """An identity key belongs to one person. If two customers are the same person, merge them with POST /customers/v1/merges; it can be undone."""

    code = "key_taken"


def read_key(kind: KeyKind, value: str, *, country: str | None = None, pointer: str | None = None) -> Key:
    """Return the normalised key; raises UnusableKey."""
    try:
        return normalise(kind, value, country=country)
    except ValueError as reason:
        message = f"This {kind} key cannot be used: {reason}."
        raise UnusableKey(message, pointer=pointer) from reason

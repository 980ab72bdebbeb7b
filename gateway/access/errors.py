"""Refusals of the door."""

from services.kit.errors import AntiphonError, Conflict, Refused


class TooManyLiveKeys(Conflict):
    """A holder has at most two live keys: the one in use and the one that replaces it. Revoke one first."""

    code = "too_many_live_keys"


class KeyNotLive(Conflict):
    """The key is revoked or expired, so it cannot be replaced; issue a new one."""

    code = "key_not_live"


class RightsBeyondOwn(Refused):
    """Nobody can give away more than they have: roles, sites or vendors of the new key go beyond those of the key that asks for it."""

    code = "rights_beyond_own"


class TooManyRequests(AntiphonError):
    """The key's allowance of requests is used up for the moment; the fields RateLimit and Retry-After say when there is some again."""

    status = 429
    code = "allowance_used_up"
    retryable = True

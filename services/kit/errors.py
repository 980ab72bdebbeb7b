"""Expected refusals: raised where they are known, rendered once, each with a code of its own."""

from typing import ClassVar

REGISTRY: dict[str, type["AntiphonError"]] = {}
"""Every code of the product; the docstring of the class is the text of its problem page."""


class AntiphonError(Exception):
    """Something was refused."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, *, pointer: str | None = None, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.retry_after_s = retry_after_s

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        code = cls.__dict__.get("code")
        if code is None:
            return
        known = REGISTRY.get(code)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"problem code {code!r} is already taken by {known.__qualname__}")
        REGISTRY[code] = cls


REGISTRY["internal"] = AntiphonError


class NotFound(AntiphonError):
    """There is no such thing, or not for you."""

    status = 404
    code = "not_found"


class Conflict(AntiphonError):
    """What is asked contradicts what already is."""

    status = 409
    code = "conflict"


class Refused(AntiphonError):
    """The request is well formed, but a rule forbids it."""

    status = 422
    code = "refused"


class InvalidInput(AntiphonError):
    """A field is missing, unknown, of the wrong type or out of bounds; `errors` names each by JSON pointer. The input is never sent back."""

    status = 422
    code = "invalid_input"


class MalformedBody(AntiphonError):
    """The body is not JSON (RFC 8259) in UTF-8 with finite numbers, whole characters and at most 32 levels."""

    status = 400
    code = "malformed_body"


class BodyTooLarge(AntiphonError):
    """The body is larger than this door takes."""

    status = 413
    code = "body_too_large"


class Unauthenticated(AntiphonError):
    """No key or token came with the request, or it is wrong, expired or revoked. Send `Authorization: Bearer <key>`."""

    status = 401
    code = "unauthenticated"


class Forbidden(AntiphonError):
    """The key or token is good, but its scopes do not cover this."""

    status = 403
    code = "forbidden"


class StaleVersion(AntiphonError):
    """Somebody changed it meanwhile: read it again and send its new ETag in If-Match."""

    status = 412
    code = "stale_version"


class VersionRequired(AntiphonError):
    """Changes need `If-Match` with the ETag that was read, so that nobody's work is overwritten unseen."""

    status = 428
    code = "version_required"


class IdempotencyKeyReused(AntiphonError):
    """This Idempotency-Key was used for another request; use a new one for each new intent."""

    status = 422
    code = "idempotency_key_reused"


class IdempotencyKeyInvalid(AntiphonError):
    """An Idempotency-Key has 1 to 255 visible ASCII characters, quoted or bare."""

    status = 400
    code = "idempotency_key_invalid"


class IdempotencyKeyTaken(AntiphonError):
    """Another request with this Idempotency-Key was done meanwhile. What this one did is undone; sent again, it gets the first one's answer."""

    status = 409
    code = "idempotency_key_taken"
    retryable = True


class MethodNotAllowed(AntiphonError):
    """This address knows other methods; see Allow."""

    status = 405
    code = "method_not_allowed"


class UnsupportedMediaType(AntiphonError):
    """This door takes application/json."""

    status = 415
    code = "unsupported_media_type"


class Unavailable(AntiphonError):
    """A part that this needs does not answer now; try again."""

    status = 503
    code = "unavailable"
    retryable = True

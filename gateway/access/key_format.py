"""How an API key is written: `ant_live_<id8>_<30 base62><crc6>`.

The checksum (CRC-32 of all before it, in base62) lets secret scanners recognise a key and lets the door refuse a typo without a look-up.
The id is stored in clear, the secret only as HMAC-SHA256 under a pepper: with 178 random bits a slow hash would add cost, not safety.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
START = "ant_live_"
ID_LENGTH, SECRET_LENGTH, CHECK_LENGTH = 8, 30, 6
SHAPE = re.compile(r"ant_live_([0-9A-Za-z]{8})_([0-9A-Za-z]{30})([0-9A-Za-z]{6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in its two parts: what names it, and what proves it."""

    public_id: str
    secret: str

    def text(self) -> str:
        """Return the key as its holder keeps it."""
        body = f"{START}{self.public_id}_{self.secret}"
        return body + checksum(body)


def checksum(body: str) -> str:
    """Return six base62 digits of the CRC-32 of `body`, with leading zeros."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def new_api_key() -> ApiKey:
    """Return a fresh key from the system's randomness."""
    draw = "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH + SECRET_LENGTH))
    return ApiKey(public_id=draw[:ID_LENGTH], secret=draw[ID_LENGTH:])


def read_api_key(text: str) -> ApiKey | None:
    """Return the parts of a well-formed key; None when shape or checksum is wrong."""
    found = SHAPE.fullmatch(text)
    if found is None or not hmac.compare_digest(checksum(text[:-CHECK_LENGTH]), found.group(3)):
        return None
    return ApiKey(public_id=found.group(1), secret=found.group(2))


def fingerprint(pepper: bytes, key: ApiKey) -> str:
    """Return what is stored instead of the secret: HMAC-SHA256 in hex, bound to the id."""
    return hmac.new(pepper, f"{key.public_id}:{key.secret}".encode(), hashlib.sha256).hexdigest()

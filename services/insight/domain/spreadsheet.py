"""CSV that a spreadsheet shows and never runs.

OWASP's rule with its known bypasses closed: leading space, no-break space or byte order mark before the sign, and the
second line inside of a quoted cell. Numbers are written as numbers, so `-5` survives.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_INVISIBLE = " \u00a0\ufeff\u200b\u2060"
_BREAKS = re.compile(r"(\r\n|\r|\n)")


def _harmless(line: str) -> str:
    return f"'{line}" if line.lstrip(_INVISIBLE).startswith(_SIGNS) else line


def neutral(text: str) -> str:
    """Put an apostrophe before every physical line that a spreadsheet could take for a formula."""
    return "".join(piece if _BREAKS.fullmatch(piece) else _harmless(piece) for piece in _BREAKS.split(text))


def cell(value: str | int | Decimal | None) -> str:
    """Write one cell: a number bare, a text neutral and quoted, None empty."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return str(value)
    return '"' + neutral(value).replace('"', '""') + '"'


def row(values: Sequence[str | int | Decimal | None]) -> str:
    """Write one line with CRLF, as RFC 4180 has it."""
    return ",".join(cell(value) for value in values) + "\r\n"

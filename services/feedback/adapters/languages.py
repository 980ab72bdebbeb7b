"""Language identification: the script where it is enough, else eldc (C, statistics of letter groups, Apache-2.0)."""

import re
from functools import cache

from services.feedback.domain.scripts import language_by_script

_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 4


@cache
def _detector() -> object:
    import eldc

    eldc.init()
    return eldc


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code, or None when there is too little to tell."""
    by_script = language_by_script(text)
    if by_script is not None or len(_LETTER.findall(text)) < _FEWEST_LETTERS:
        return by_script
    found = _detector().detect(text)  # type: ignore[attr-defined]  # eldc is an untyped C module
    return found if isinstance(found, str) and found not in {"", "unknown", "und"} else None

"""Why a moderator should look closely at what a customer wrote."""

import re

_LINK = re.compile(r"https?://|www\.|\[[^\]]*\]\(", re.IGNORECASE)
_FEWEST_WORDS = 6
_SHOUTING = 0.6
_LETTERS_TO_SHOUT = 20


def suspicions(text: str, *, masked: str) -> list[str]:
    """Return link, personal_data, too_short and shouting, as far as they are true."""
    letters = [letter for letter in text if letter.isalpha() and letter.lower() != letter.upper()]
    shouting = len(letters) >= _LETTERS_TO_SHOUT and sum(letter.isupper() for letter in letters) > _SHOUTING * len(letters)
    unspaced = sum(ord(letter) > 0x2E80 for letter in text)  # noqa: PLR2004  scripts without spaces begin here
    short = len(text.split()) < _FEWEST_WORDS and unspaced < 2 * _FEWEST_WORDS
    found = {"link": bool(_LINK.search(text)), "personal_data": masked != text.strip(), "too_short": short, "shouting": shouting}
    return [name for name, holds in found.items() if holds]

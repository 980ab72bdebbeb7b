"""The text as the models read it: one form of each letter, no links or names, never longer than a model can bear."""

import re
import unicodedata

MOST_CHARACTERS = 2_000
"""An embedder's time grows faster than the length of its text; one public review must not hold up a worker."""
LONGEST_TOKEN = 60
_LINK = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.])@\w{2,64}")
_MASK = re.compile(r"\[(?:CARD|IBAN|EMAIL|PHONE|ACCOUNT)\]")
_SPACE = re.compile(r"\s+")
_LONG = re.compile(rf"\S{{{LONGEST_TOKEN}}}(?=\S)")


def for_models(text: str) -> str:
    """Return the text that is embedded and read, empty when nothing is said.

    NFKC, control characters out, links and @names out, 2,000 characters at most, long tokens broken.
    """
    cut = text[: MOST_CHARACTERS * 2]
    plain = unicodedata.normalize("NFKC", cut)
    plain = "".join(_visible(sign) for sign in plain)
    plain = _MASK.sub(" ", _MENTION.sub(" ", _LINK.sub(" ", plain)))
    broken = _LONG.sub(lambda found: found.group(0) + " ", _SPACE.sub(" ", plain).strip())
    return broken[:MOST_CHARACTERS].strip() if any(_says_something(sign) for sign in broken) else ""


def _visible(sign: str) -> str:
    """Return the sign; nothing for invisible formatting, a space for control characters and halves of characters."""
    category = unicodedata.category(sign)
    return "" if category == "Cf" else " " if category.startswith("C") else sign


def _says_something(sign: str) -> bool:
    """Letters, digits and pictures say something; a row of dots does not."""
    return sign.isalnum() or unicodedata.category(sign) == "So"

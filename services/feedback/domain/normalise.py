"""The text as the models read it: one form of each letter, no links or names, never longer than a model can bear."""

import re
import unicodedata

MOST_CHARACTERS = 2_000
"""An embedder's time grows faster than the length of its text; one public review must not hold up a worker."""
LONGEST_TOKEN, LONGEST_RUN = 60, 120
"""Signs of a word that are read, and of a run of a script that puts no spaces between words: what goes on longer is no language."""
MOST_REPEATED = 8
"""How often a sign, or a few, are read where they stand again and again."""
_LINK = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.])@\w{2,64}")
_MASK = re.compile(r"\[(?:CARD|IBAN|EMAIL|PHONE|ACCOUNT)\]")
_SPACE = re.compile(r"\s+")
_REPEATED = re.compile(rf"(\S{{1,4}}?)\1{{{MOST_REPEATED},}}")
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_LONG = re.compile(rf"(?<!\S)([^\s{_UNSPACED}]{{{LONGEST_TOKEN}}})[^\s{_UNSPACED}]+(?!\S)")
_RUN = re.compile(rf"(\w{{{LONGEST_RUN}}})\w+")
_BREAK = re.compile(rf"\S{{{LONGEST_TOKEN}}}(?=\S)")


def for_models(text: str) -> str:
    """Return the text that is embedded and read, empty when nothing is said.

    NFKC, control characters out, links and @names out, what is repeated without end shortened, 2,000 characters at most, long tokens broken. An
    embedder pays for every token: a word that no language has must not cost what a page does.
    """
    cut = text[: MOST_CHARACTERS * 2]
    plain = unicodedata.normalize("NFKC", cut)
    plain = "".join(_visible(sign) for sign in plain)
    plain = _MASK.sub(" ", _MENTION.sub(" ", _LINK.sub(" ", plain)))
    short = _REPEATED.sub(lambda found: found.group(1) * MOST_REPEATED, _SPACE.sub(" ", plain).strip())
    broken = _BREAK.sub(lambda found: found.group(0) + " ", _RUN.sub(r"\1", _LONG.sub(r"\1", short)))
    return broken[:MOST_CHARACTERS].strip() if any(_says_something(sign) for sign in broken) else ""


def _visible(sign: str) -> str:
    """Return the sign; nothing for invisible formatting, a space for control characters and halves of characters."""
    category = unicodedata.category(sign)
    return "" if category == "Cf" else " " if category.startswith("C") else sign


def _says_something(sign: str) -> bool:
    """Letters, digits and pictures say something; a row of dots does not."""
    return sign.isalnum() or unicodedata.category(sign) == "So"

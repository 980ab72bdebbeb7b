"""Which language a text is in, as far as its letters alone say so: surer and cheaper than statistics where a script belongs to one language."""

import re

_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_OTHER_CYRILLIC = re.compile(r"[\u0402-\u040f\u0452-\u045f\u0490-\u04ff]")
_GREEK = re.compile(r"[\u0370-\u03ff]")
_HEBREW = re.compile(r"[\u0590-\u05ff]")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_LETTER = re.compile(r"[^\W\d_]")
SHARE = 0.3


def language_by_script(text: str) -> str | None:
    """Return the language that the script gives away; None when several languages share it (then statistics decide)."""
    letters = len(_LETTER.findall(text))
    if letters == 0:
        return None

    def has(script: re.Pattern[str]) -> bool:
        return len(script.findall(text)) >= SHARE * letters

    if _KANA.search(text) and (has(_KANA) or has(_HAN)):
        return "ja"
    for script, language in ((_HAN, "zh"), (_HANGUL, "ko"), (_GREEK, "el"), (_HEBREW, "he"), (_THAI, "th")):
        if has(script):
            return language
    if has(_CYRILLIC):
        if _UKRAINIAN.search(text):
            return "uk"
        return None if _OTHER_CYRILLIC.search(text) else "ru"
    return None

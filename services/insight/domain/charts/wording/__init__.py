"""Which languages charts speak, and which one a reader gets."""

from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from services.insight.domain.charts.wording.ar import AR
from services.insight.domain.charts.wording.de import DE
from services.insight.domain.charts.wording.en import EN
from services.insight.domain.charts.wording.es import ES
from services.insight.domain.charts.wording.fr import FR
from services.insight.domain.charts.wording.he import HE
from services.insight.domain.charts.wording.it import IT
from services.insight.domain.charts.wording.pt import PT
from services.insight.domain.charts.wording.ru import RU
from services.insight.domain.charts.wording.wording import Wording
from services.insight.domain.charts.wording.zh_hans import ZH_HANS

LANGUAGES: dict[str, Wording] = {
    "en": EN, "zh-Hans": ZH_HANS, "ru": RU, "es": ES, "pt": PT, "fr": FR, "de": DE, "it": IT, "ar": AR, "he": HE,
}  # fmt: skip
"""BCP 47 tag to words: the languages in which customers are asked, too."""
_FORMER = {"iw": "he", "zh": "zh-Hans"}
_MOST_WISHES = 10


def tongue_of(wish: str) -> tuple[str, Locale] | None:
    """Return our language for a wished tag, and how its region writes numbers: `de-AT` is German as in Austria; None: not ours."""
    base = wish.partition("-")[0].lower()
    ours = _FORMER.get(base, base)
    if ours not in LANGUAGES:
        return None
    try:
        return ours, Locale.parse(wish, sep="-")
    except (UnknownLocaleError, ValueError):
        return ours, Locale.parse(ours, sep="-")


def wished(header: str) -> Iterator[str]:
    """Return the tags of an Accept-Language header, most wanted first; what cannot be read, or is not wanted (q=0), is left out."""
    wishes = []
    for place, part in enumerate(header.split(",")[:_MOST_WISHES]):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if quality > 0:
            wishes.append((-quality, place, tag.strip()))
    return (tag for _, _, tag in sorted(wishes))


def negotiated(header: str) -> str:
    """Return the most wanted tag of a header whose language charts speak; English when there is none."""
    return next((tag for tag in wished(header) if tongue_of(tag) is not None), "en")

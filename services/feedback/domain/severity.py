"""How urgent an item is, 1 (remark) to 4 (urgent), by rules that can be read aloud; each rule that spoke is kept as a reason.

The words raise severity only together with a negative tone: "no fraud this time, thank you" stays a remark.
"""

# ruff: noqa: RUF001 - the words are of ten languages

import re
from dataclasses import dataclass

REMARK, MINOR, SERIOUS, URGENT = 1, 2, 3, 4

_URGENT_WORDS = {
    "safety": r"\b(?:injur(?:y|ed)|caught fire|smoke coming|electric shock|burn(?:t|ed) my|unsafe|verletzt|stromschlag|gebrannt|bless[ée]|incendie"
    r"|dangereux|herid[oa]|incendio|peligros[oa]|ferido|ferit[oa])\b|загорел|ударило током|травм|опасно|着火|触电|受伤|危险|حريق|خطر"
    r"|yangın|yaralan",
    "legal": r"\b(?:lawyer|solicitor|sue you|court|ombudsman|regulator|anwalt|verklagen|avocat|tribunal|abogad[oa]|demandar|advogad[oa]"
    r"|avvocato|avukat)\b|адвокат|\bсуд\b|в суд|роспотребнадзор|律师|起诉|投诉到|消协|محام",
    "fraud": r"\b(?:fraud|scam(?:med)?|stolen|identity theft|betrug|gestohlen|fraude|arnaque|vol[ée]|estafa|robad[oa]|golpe|truffa|dolandır)\w*"
    r"|мошенни|украли|обманули|诈骗|被盗|骗子|احتيال|سرق",
}
_SERIOUS_WORDS = {
    "leaving": r"\b(?:cancel(?:ling)? (?:my|the) (?:contract|account|subscription)|switch(?:ing)? to (?:a|another|your) competitor|kündig\w*"
    r"|résilier|cancelar (?:mi|o meu) contrato|darme de baja|disdire)\b|расторг|уйду к другому|уйду от вас|取消合同|销户|换别家"
    r"|sözleşmemi iptal|إلغاء العقد",
    "again": r"\b(?:(?:third|fourth|fifth|3rd|4th|5th) time|(?:three|four|five|several) times|zum (?:dritten|vierten) mal|troisième fois"
    r"|tercera vez|tres veces|terceira vez|três vezes|terza volta|tre volte|üç kere|üçüncü kez)\b|третий раз|в который раз|第三次|三次|多次"
    r"|ثلاث مرات|للمرة الثالثة",
    "vulnerable": r"\b(?:disabled|wheelchair|dialysis|pregnant|elderly (?:mother|father)|behindert|schwanger|rollstuhl|handicapé|enceinte"
    r"|embarazada|discapacitad[oa]|grávida|incinta)\b|инвалид|беременн|пенсионер|残疾|孕妇|老人|معاق|حامل|engelli|hamile",
}
_URGENT = {name: re.compile(words, re.IGNORECASE) for name, words in _URGENT_WORDS.items()}
_SERIOUS = {name: re.compile(words, re.IGNORECASE) for name, words in _SERIOUS_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Severity:
    """The grade and why."""

    grade: int
    reasons: tuple[str, ...]


def grade(text: str, *, negative: float, score_share: float | None, wants_contact: bool, earlier_negative: int) -> Severity:
    """Grade an item.

    `negative` is the probability of a negative tone, `score_share` the place of the score on its scale (0 worst, 1 best; None without a score),
    `earlier_negative` how many negative items this customer left in the last 30 days.
    """
    bad_score = score_share is not None and score_share <= 0.25  # noqa: PLR2004 - the lowest two of five
    unhappy = negative >= 0.5 or bad_score  # noqa: PLR2004 - likelier than not
    reasons = ["tone:negative"] if negative >= 0.5 else []  # noqa: PLR2004
    reasons += ["score:low"] if bad_score else []
    reasons += ["wish:contact"] if wants_contact else []
    if not unhappy:
        return Severity(MINOR if wants_contact else REMARK, tuple(reasons))
    urgent = [f"words:{name}" for name, words in _URGENT.items() if words.search(text)]
    serious = [f"words:{name}" for name, words in _SERIOUS.items() if words.search(text)]
    if earlier_negative >= 2:  # noqa: PLR2004 - this is the third time
        serious.append("history:repeated")
    worst = score_share is not None and score_share == 0
    points = MINOR + (1 if serious or wants_contact or worst else 0)
    if urgent or len(serious) > 1 or (serious and wants_contact):
        points = URGENT
    return Severity(min(points, URGENT), tuple(reasons + urgent + serious))

"""Words by which a question gives itself away, for the languages that the linter can honestly judge; of others it judges the structure alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signs:
    """Regular expressions (ours, linear in practice, matched without regard to case) for one language."""

    joining: str
    """Two things in one question."""
    leading: str
    absolute: str
    negated: str
    vague: str
    jargon: str
    agreeing: str
    """Asks for agreement or makes a statement to agree with; fits the scale from disagree to agree."""
    asking: str
    """Asks how satisfied, how easy, how likely; does not fit a scale of agreement."""
    recommending: str
    process: str
    """Speaks of what the agent does not decide."""
    private: str


COMMON_JARGON = r"\b(?:NPS|CSAT|CES|FCR|SLA|IVR|KPI|CRM|B2[BC]|omnichannel|touch ?points?)\b"
SIGNS: dict[str, Signs] = {
    "en": Signs(
        joining=r"\b(?:and|or|as well as)\b(?! conditions| dissatisfied| unlikely| disagree| difficult)",
        leading=r"\b(?:excellent|great|amazing|wonderful|fantastic|don't you|wouldn't you|surely|of course|how much did you (?:like|enjoy|love))\b",
        absolute=r"\b(?:always|never|every ?(?:time|one|thing)|all of|none of|completely)\b",
        negated=r"\b(?:not|n't|never|no)\b.*\b(?:not|un\w+|without|never|dis\w+)\b",
        vague=r"\b(?:recently|lately|often|regularly|usually|sometimes|generally)\b",
        jargon=r"\b(?:tickets?|escalat\w+|dispositions?|stakeholders?|synerg\w+|queues?|resolution time|first contact)\b",
        agreeing=r"\b(?:agree|made it easy|it was easy|was easy to)\b",
        asking=r"\bhow (?:satisfied|happy|easy|likely|difficult)\b",
        recommending=r"\brecommend",
        process=r"\b(?:process|polic(?:y|ies)|website|app|waiting times?|wait|prices?|delivery|product|company)\b",
        private=r"\b(?:card number|password|date of birth|account number|passport|pin)\b",
    ),
    "de": Signs(
        joining=r"\b(?:und|oder|sowie)\b(?! unzufrieden| unwahrscheinlich)",
        leading=r"\b(?:hervorragend\w*|großartig\w*|toll\w*|ausgezeichnet\w*|sicherlich|doch sicher|natürlich|finden sie nicht auch)\b",
        absolute=r"\b(?:immer|nie|niemals|alle|keine[rns]?|vollständig|völlig)\b",
        negated=r"\b(?:nicht|kein\w*|nie)\b.*\b(?:nicht|kein\w*|ohne|un\w{4,})\b",
        vague=r"\b(?:kürzlich|neulich|oft|regelmäßig|gewöhnlich|manchmal|meistens)\b",
        jargon=r"\b(?:tickets?|eskal\w+|erstlösung\w*|warteschlange\w*|prozesskette\w*)\b",
        agreeing=r"\b(?:stimmen sie zu|war es (?:einfach|leicht)|es mir (?:einfach|leicht))\b",
        asking=r"\bwie (?:zufrieden|einfach|leicht|wahrscheinlich)\b",
        recommending=r"\b(?:weiter)?empfehl",
        process=r"\b(?:ablauf|abläufe|prozess\w*|webseite|app|wartezeit\w*|preise?|lieferung|produkt|unternehmen)\b",
        private=r"\b(?:kartennummer|passwort|geburtsdatum|kontonummer|ausweisnummer)\b",
    ),
    "es": Signs(
        joining=r"\b(?:y|e|o|u)\b(?! insatisfech| improbable)",
        leading=r"\b(?:excelente|magnífic[oa]|estupend[oa]|maravillos[oa]|por supuesto|verdad que|no cree)\b",
        absolute=r"\b(?:siempre|nunca|jamás|tod[oa]s|ningun[oa]|completamente)\b",
        negated=r"\bno\b.*\b(?:no|sin|nunca|in\w{4,})\b",
        vague=r"\b(?:recientemente|últimamente|a menudo|normalmente|a veces)\b",
        jargon=r"\b(?:tickets?|escalad\w+|primer contacto)\b",
        agreeing=r"\b(?:de acuerdo|fue fácil|hizo fácil|facilitó)\b",
        asking=r"\b(?:qué tan|cuán|cómo de|hasta qué punto está) ?(?:satisfech[oa]|fácil|probable)?",
        recommending=r"\brecom(?:end|iend)",
        process=r"\b(?:proceso|política|sitio web|aplicación|espera|precios?|entrega|producto|empresa)\b",
        private=r"\b(?:número de tarjeta|contraseña|fecha de nacimiento|número de cuenta)\b",
    ),
    "fr": Signs(
        joining=r"\b(?:et|ou|ainsi que)\b(?! insatisfait| improbable)",
        leading=r"\b(?:excellent\w*|formidable|merveilleu\w+|remarquable|bien sûr|n'est-ce pas|ne trouvez-vous pas)\b",
        absolute=r"\b(?:toujours|jamais|tou(?:s|tes)|aucune?|entièrement|complètement)\b",
        negated=r"\b(?:ne|n')\b.*\b(?:pas|jamais)\b.*\b(?:sans|pas|in\w{4,})\b",
        vague=r"\b(?:récemment|dernièrement|souvent|régulièrement|parfois|généralement)\b",
        jargon=r"\b(?:tickets?|escalad\w+|premier contact)\b",
        agreeing=r"\b(?:d'accord|a été facile|était facile|rendu facile|facilité)\b",
        asking=r"\b(?:dans quelle mesure|à quel point)\b",
        recommending=r"\brecommand",
        process=r"\b(?:processus|procédure|politique|site web|application|attente|prix|livraison|produit|entreprise)\b",
        private=r"\b(?:numéro de carte|mot de passe|date de naissance|numéro de compte)\b",
    ),
}
REVIEW_PLACES = r"\b(?:trustpilot|google|yelp|tripadvisor|feefo|reviews\.io|yotpo|glassdoor|app ?store|play ?store)\b|https?://"

"""The names that a follow-up rule's condition may use, and how it is judged."""

from services.feedback.domain.follow_up_rules import Facts
from services.kit.expressions import Attribute, Kind, Vocabulary

VOCABULARY = Vocabulary(
    [
        Attribute("kind", Kind.text, "answer, service_review, product_review, call_note, chat, email or idea"),
        Attribute("source", Kind.text, "where it came from: survey, trustpilot, call_note, rest, …"),
        Attribute("text", Kind.text, "the words, personal data masked"),
        Attribute("language", Kind.text, "ISO 639-1"),
        Attribute("wants_contact", Kind.yes_no, "the customer asks to be contacted"),
        Attribute("score_share", Kind.number, "place of the score on its scale, 0 worst to 1 best; missing without a score"),
        Attribute("sentiment", Kind.text, "negative, neutral or positive"),
        Attribute("severity", Kind.whole, "1 (remark) to 4 (urgent)"),
        Attribute("driver", Kind.text, "code of the driver; missing while unknown"),
        Attribute("department", Kind.text, "key of the causing department; missing while unknown"),
        Attribute("product", Kind.text, "code of the product; missing while unknown"),
        Attribute("reasons", Kind.texts, "why it is as severe as it is, e.g. words:legal"),
        Attribute("attributes", Kind.attributes, "segment and other attributes that came with it"),
    ]
)


def said(when: str, facts: Facts) -> bool:
    """Judge a condition; one that needs what is not known is not met."""
    given = {name: getattr(facts, name) for name in VOCABULARY.attributes}
    return VOCABULARY.expression(when).judge(given | {"reasons": list(facts.reasons)}).met

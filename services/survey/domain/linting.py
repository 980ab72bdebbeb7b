"""What a survey methodologist would say about a questionnaire: each finding with its place, its reason and where the reason comes from."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.survey.domain.design import CHOOSING, SCALES, Dimension, Kind, Question, Questionnaire
from services.survey.domain.lint_words import COMMON_JARGON, REVIEW_PLACES, SIGNS, Signs

COMFORTABLE = 5
REQUIRED_COMFORTABLY = 3
LONGEST_WORDS = 25
LONGEST_CHINESE = 45
MOST_OPTIONS = 7
KROSNICK = "Krosnick & Presser (2010), Question and Questionnaire Design, in: Handbook of Survey Research, 2nd ed., ch. 9"
DILLMAN = "Dillman, Smyth & Christian (2014), Internet, Phone, Mail, and Mixed-Mode Surveys, 4th ed."
GALESIC = "Galesic & Bosnjak (2009), Public Opinion Quarterly 73(2): length and response quality in a web survey"
SARIS = "Saris, Revilla, Krosnick & Shaeffer (2010), Survey Research Methods 4(1): agree/disagree and item-specific scales"
SCHUMAN = "Schuman & Presser (1981), Questions and Answers in Attitude Surveys: part-whole order effects"
TOURANGEAU = "Tourangeau, Rips & Rasinski (2000), The Psychology of Survey Response"
SMYTH = "Smyth, Dillman, Christian & Stern (2006), Public Opinion Quarterly 70(1): check-all and forced-choice"
HOUSE = "Antiphon's own rule"
NEUTRAL = "Trustpilot, Guidelines for Businesses: invite all customers alike; selective inviting is not allowed"
WAYS_OUT = frozenset({"other", "none", "na", "not_applicable", "dont_know", "unsure", "neither"})


class Weight(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The survey is refused."""
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what, where, why, and who says so."""

    code: str
    weight: Weight
    pointer: str
    language: str | None
    """None: of the structure, in every language."""
    reason: str
    source: str


def lint(questionnaire: Questionnaire) -> list[Finding]:
    """Return every finding, the worst first, then in the order of the questions."""
    found = [*_whole(questionnaire), *_order(questionnaire), *_languages(questionnaire)]
    for place, question in enumerate(questionnaire.questions):
        found += [*_choices(question, place), *_gating(question, place)]
        for language, text in question.text.items():
            found += _worded(question, f"/questions/{place}/text/{language}", language, text)
    weights = list(Weight)
    return sorted(found, key=lambda finding: weights.index(finding.weight))


def judged(questionnaire: Questionnaire) -> tuple[list[str], list[str]]:
    """Return the languages whose words were judged, and those of which only length and structure were."""
    spoken = sorted({language for question in questionnaire.questions for language in question.text})
    return [one for one in spoken if _signs(one)], [one for one in spoken if not _signs(one)]


def _signs(language: str) -> Signs | None:
    return SIGNS.get(language.partition("-")[0])


def _whole(questionnaire: Questionnaire) -> Iterator[Finding]:
    questions = questionnaire.questions
    always = [question for question in questions if not question.show_if]
    kinds = {question.kind for question in questions}
    if len(always) > COMFORTABLE:
        reason = f"{len(always)} questions are always asked; beyond {COMFORTABLE} fewer people finish, and the later answers are poorer."
        yield Finding("too_long", Weight.WARNING, "/questions", None, reason, GALESIC)
    required = sum(question.required for question in always)
    if required > REQUIRED_COMFORTABLY:
        reason = f"{required} answers are forced; people who have no answer then leave, or invent one."
        yield Finding("too_many_required", Weight.WARNING, "/questions", None, reason, DILLMAN)
    if Kind.TEXT not in kinds:
        reason = "There is no open question: scores say that something is wrong, only words say what."
        yield Finding("no_open_question", Weight.WARNING, "/questions", None, reason, DILLMAN)
    if Kind.CONTACT_ME not in kinds:
        reason = "Nobody can ask to be contacted, so the loop with an unhappy customer cannot be closed."
        yield Finding("no_contact_me", Weight.WARNING, "/questions", None, reason, HOUSE)
    scales = sorted({question.kind.value for question in questions if question.kind in SCALES})
    if len(scales) == len(SCALES):
        reason = f"Three scales of different length and meaning ({', '.join(scales)}) in one short survey are mistaken for each other."
        yield Finding("scales_mixed", Weight.WARNING, "/questions", None, reason, TOURANGEAU)


def _order(questionnaire: Questionnaire) -> Iterator[Finding]:
    specific = None
    for place, question in enumerate(questionnaire.questions):
        if question.dimension is Dimension.RELATIONSHIP and question.kind in SCALES and specific is not None:
            reason = (
                f"A question about everything stands after one about a part (question {specific}), whose answer then colours it; ask the whole first."
            )
            yield Finding("order_effect", Weight.WARNING, f"/questions/{place}", None, reason, SCHUMAN)
        if question.dimension in {Dimension.SERVICE, Dimension.PROCESS, Dimension.PRODUCT} and question.kind in SCALES:
            specific = place
    kinds = [question.kind for question in questionnaire.questions]
    if Kind.TEXT in kinds and any(kind in SCALES for kind in kinds[kinds.index(Kind.TEXT) :]):
        reason = "An effortful open question stands before scales: who gives up there leaves no score."
        yield Finding("open_before_scales", Weight.ADVICE, f"/questions/{kinds.index(Kind.TEXT)}", None, reason, DILLMAN)


def _languages(questionnaire: Questionnaire) -> Iterator[Finding]:
    spoken = {language for question in questionnaire.questions for language in question.text}
    for place, question in enumerate(questionnaire.questions):
        texts = [(f"/questions/{place}/text", question.text)]
        texts += [(f"/questions/{place}/options/{number}/text", option.text) for number, option in enumerate(question.options)]
        for pointer, text in texts:
            for language in sorted(spoken - set(text)):
                reason = f"There is no {language} text, though other questions have one: the reader gets English in between."
                yield Finding("translation_missing", Weight.WARNING, pointer, language, reason, HOUSE)


def _choices(question: Question, place: int) -> Iterator[Finding]:
    pointer = f"/questions/{place}"
    if question.kind in CHOOSING:
        if not WAYS_OUT & {option.code for option in question.options}:
            reason = f"No choice fits everybody: there is no way out such as {', '.join(sorted(WAYS_OUT)[:4])}, so some must answer wrongly."
            yield Finding("no_way_out", Weight.WARNING, f"{pointer}/options", None, reason, KROSNICK)
        if len(question.options) > MOST_OPTIONS:
            reason = f"{len(question.options)} choices: those near the top are chosen more often, whatever they say."
            yield Finding("too_many_choices", Weight.ADVICE, f"{pointer}/options", None, reason, KROSNICK)
        for language in question.text:
            texts = [option.text.get(language, option.text["en"]).casefold() for option in question.options]
            if len(set(texts)) < len(texts):
                yield Finding("choices_overlap", Weight.WARNING, f"{pointer}/options", language, "Two choices read the same.", KROSNICK)
    if question.kind is Kind.MULTI and not question.show_if:
        reason = "Check-all lists are ticked less carefully than yes/no for each; keep them for follow-ups."
        yield Finding("check_all", Weight.ADVICE, pointer, None, reason, SMYTH)
    if question.kind is Kind.CES7:
        reason = "Agreement scales draw agreement from people who would agree with the opposite too; compare only with the same wording."
        yield Finding("acquiescence", Weight.ADVICE, pointer, None, reason, SARIS)


def _gating(question: Question, place: int) -> Iterator[Finding]:
    texts = [*question.text.values(), *(text for option in question.options for text in option.text.values())]
    if question.show_if and any(re.search(REVIEW_PLACES, text, re.IGNORECASE) for text in texts):
        reason = "A review place is named only to those who answered in a certain way: that is gating, and review platforms forbid it."
        yield Finding("review_gating", Weight.ERROR, f"/questions/{place}", None, reason, NEUTRAL)


def _worded(question: Question, pointer: str, language: str, text: str) -> Iterator[Finding]:
    length, most = (len(text), LONGEST_CHINESE) if language.startswith("zh") else (len(text.split()), LONGEST_WORDS)
    if length > most:
        unit = "characters" if language.startswith("zh") else "words"
        reason = f"{length} {unit}; beyond {most} the beginning is forgotten before the end is read."
        yield Finding("wording_long", Weight.WARNING, pointer, language, reason, TOURANGEAU)
    signs = _signs(language)
    if signs is None:
        return
    for code, pattern, applies, weight, why, source in _WORDED:
        match = re.search(pattern(signs), text, re.IGNORECASE)
        if match and applies(question):
            yield Finding(code, weight, pointer, language, f"“{match[0].strip()}”: {why}", source)
    yield from _scale_fits(question, pointer, language, text, signs)


def _scale_fits(question: Question, pointer: str, language: str, text: str, signs: Signs) -> Iterator[Finding]:
    asks, agrees = re.search(signs.asking, text, re.IGNORECASE), re.search(signs.agreeing, text, re.IGNORECASE)
    recommends = re.search(signs.recommending, text, re.IGNORECASE)
    if question.kind is Kind.CES7 and asks:
        reason = f"“{asks[0].strip()}” is answered on a scale from disagree to agree; make it a statement."
        yield Finding("scale_mismatch", Weight.WARNING, pointer, language, reason, SARIS)
    if question.kind is Kind.CSAT5 and (agrees or recommends):
        reason = "The scale goes from very dissatisfied to very satisfied; the question asks for something else."
        yield Finding("scale_mismatch", Weight.WARNING, pointer, language, reason, SARIS)
    if question.kind is Kind.NPS11 and not recommends:
        reason = "The scale goes from not at all likely to extremely likely, for a recommendation; the question does not speak of one."
        yield Finding("scale_mismatch", Weight.WARNING, pointer, language, reason, KROSNICK)


def _is_rated(question: Question) -> bool:
    return question.kind in {*SCALES, Kind.RESOLVED, Kind.THUMBS}


def _is_service(question: Question) -> bool:
    return question.dimension is Dimension.SERVICE and _is_rated(question)


def _any(_: Question) -> bool:
    return True


_Rule = tuple[str, Callable[[Signs], str], Callable[[Question], bool], Weight, str, str]
_WORDED: tuple[_Rule, ...] = (
    ("double_barrelled", lambda s: s.joining, _is_rated, Weight.WARNING, "two things in one question; nobody knows which one was judged.", KROSNICK),
    ("leading", lambda s: s.leading, _any, Weight.WARNING, "the wording suggests the answer.", KROSNICK),
    ("absolute", lambda s: s.absolute, _is_rated, Weight.ADVICE, "absolutes can hardly be affirmed, so they push answers down.", DILLMAN),
    ("double_negative", lambda s: s.negated, _is_rated, Weight.WARNING, "negations within one question are read wrongly.", KROSNICK),
    ("vague", lambda s: s.vague, _is_rated, Weight.ADVICE, "everybody reads it as another length of time.", TOURANGEAU),
    ("jargon", lambda s: f"{COMMON_JARGON}|{s.jargon}", _any, Weight.WARNING, "a word of the trade, not of the customer.", DILLMAN),
    (
        "service_mixed_with_process",
        lambda s: s.process,
        _is_service,
        Weight.WARNING,
        "the agent is judged for what the agent does not decide.",
        HOUSE,
    ),
    ("asks_private", lambda s: s.private, _any, Weight.WARNING, "must not be written into a feedback form.", HOUSE),
)

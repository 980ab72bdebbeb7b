"""The invitation in the customer's language: as a letter in plain text and HTML, and as a text message."""

from dataclasses import dataclass
from datetime import date
from html import escape

from babel.dates import format_skeleton

from services.survey.domain.design import SCALES, Kind, Question, Questionnaire, wording_in
from services.survey.domain.wording import PSEUDO, words_in
from services.survey.domain.wording.words import Words

_LONGEST_NAME = 80
_INK, _ACCENT, _LINE = "#1b1f24", "#0b57a4", "#77818c"


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject, plain text, and the same in HTML without pictures, trackers or foreign addresses."""

    subject: str
    text: str
    html: str


def day_in(language: str, day: date) -> str:
    """Return day and month as the language writes them, e.g. `12 November`."""
    locale = "en_GB" if language in {"en", PSEUDO} else language.replace("-", "_")
    return str(format_skeleton("MMMMd", day, locale=locale))


def about(words: Words, channel: str, day: str) -> str:
    """Return what the survey is about, e.g. `About your phone call on 12 November.`; nothing private."""
    sentences = {"voice": words.about_voice, "chat": words.about_chat, "email": words.about_email, "order": words.about_order}
    return sentences.get(channel, words.about_other).format(date=day)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a letter is made of."""

    language: str
    brand: str
    name: str | None
    about_channel: str
    about_day: date
    link: str
    stop_link: str
    until: date
    first: Question | None = None
    """The satisfaction question whose steps the letter offers; None offers the link alone."""
    is_reminder: bool = False


def write_letter(ask: Ask) -> Letter:
    """Return the letter of one invitation. The steps in it only open the page with one chosen: nothing is recorded before it is sent."""
    words = words_in(ask.language)
    name = " ".join((ask.name or "").split())[:_LONGEST_NAME]
    hello = words.mail_hello_name.format(name=name) if name else words.mail_hello
    why = f"{about(words, ask.about_channel, day_in(ask.language, ask.about_day))} {words.remind_ask if ask.is_reminder else words.mail_ask}"
    until = words.mail_until.format(date=day_in(ask.language, ask.until))
    subject = (words.remind_subject if ask.is_reminder else words.mail_subject).format(brand=ask.brand)
    text = [hello, why, f"{words.mail_link}\n{ask.link}", until, ask.brand, f"{words.mail_stop}\n{ask.stop_link}"]
    return Letter(subject, "\n\n".join(text) + "\n", _html(ask, words, subject, [hello, why, until]))


def _html(ask: Ask, words: Words, subject: str, sentences: list[str]) -> str:
    hello, why, until = (escape(sentence) for sentence in sentences)
    box = f"display:block;margin:0 0 8px;padding:12px 16px;border:2px solid {_LINE};border-radius:10px;color:{_INK};text-decoration:none"
    steps = [(f"{ask.link}?a={code}", getattr(words, f"csat_{code}")) for code in ask.first.codes()] if ask.first else []
    asked = f'<p style="font-weight:600" dir="auto">{escape(wording_in(ask.first.text, ask.language))}</p>' if ask.first else ""
    choices = "".join(f'<a href="{escape(link)}" style="{box}">{escape(text)}</a>' for link, text in steps)
    button = f'<p><a href="{escape(ask.link)}" style="color:{_ACCENT};font-weight:600">{escape(words.mail_link)}</a></p>'
    stop = f'<p style="font-size:13px"><a href="{escape(ask.stop_link)}" style="color:{_ACCENT}">{escape(words.stop)}</a></p>'
    body = f"<p>{hello}</p><p>{why}</p>{asked}{choices or button}<p>{until}</p><p>{escape(ask.brand)}</p>{stop}"
    font = f"max-width:36em;margin:0 auto;padding:16px;font:17px/1.5 sans-serif;color:{_INK};background:#fff"
    head = f'<meta charset="utf-8"><meta name="color-scheme" content="light"><title>{escape(subject)}</title>'
    page = f'<!doctype html><html lang="{ask.language}" dir="{words.direction}"><head>{head}</head>'
    return f'{page}<body style="margin:0;background:#fff"><div style="{font}">{body}</div></body></html>\n'


def write_text_message(ask: Ask, questionnaire: Questionnaire) -> str:
    """Return the ask as a text message: the first question with its scale where it has one, and the link in any case."""
    words = words_in(ask.language)
    question = first_scale(questionnaire)
    if question is None:
        return f"{words.mail_subject.format(brand=ask.brand)} {ask.link}"
    steps = SCALES[question.kind]
    text = wording_in(question.text, ask.language)
    return words.sms_ask.format(brand=ask.brand, question=text, low=steps[0], high=steps[-1], link=ask.link)


def first_scale(questionnaire: Questionnaire) -> Question | None:
    """Return the question that a text message asks: the first that is always asked and answered with a number; None when there is none."""
    return next((question for question in questionnaire.questions if question.kind in SCALES and not question.show_if), None)


def first_faces(questionnaire: Questionnaire) -> Question | None:
    """Return the question whose steps a letter may offer: the one that `?a=` of the page chooses."""
    return next((question for question in questionnaire.questions if question.kind is Kind.CSAT5), None)

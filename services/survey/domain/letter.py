"""The invitation as a letter, in the customer's language."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton

from services.survey.domain.wording import PSEUDO, words_in
from services.survey.domain.wording.words import Words

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and plain text; plain text is read by every client, in both writing directions, and carries no tracker."""

    subject: str
    text: str


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


def write_letter(ask: Ask) -> Letter:
    """Return the letter of one invitation."""
    words = words_in(ask.language)
    name = " ".join((ask.name or "").split())[:_LONGEST_NAME]
    paragraphs = [
        words.mail_hello_name.format(name=name) if name else words.mail_hello,
        f"{about(words, ask.about_channel, day_in(ask.language, ask.about_day))} {words.mail_ask}",
        f"{words.mail_link}\n{ask.link}",
        words.mail_until.format(date=day_in(ask.language, ask.until)),
        ask.brand,
        f"{words.mail_stop}\n{ask.stop_link}",
    ]
    return Letter(words.mail_subject.format(brand=ask.brand), "\n\n".join(paragraphs) + "\n")

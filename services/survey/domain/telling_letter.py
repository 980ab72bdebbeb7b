"""The letter "you said, we did", in the customer's language around the sentence that the house wrote."""

# ruff: noqa: RUF001 - eleven languages

from collections.abc import Mapping
from dataclasses import dataclass

FALLBACK = "en"
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around the sentence; {name} is empty or begins with a space."""

    subject: str
    greeting: str
    before: str
    after: str
    stop: str


_FRAMES = {
    "en": _Frame(
        "You said, we did",
        "Hello{name},",
        "You told us about it. This is what has changed:",
        "Thank you for speaking up.",
        "If you do not want messages like this one:",
    ),
    "de": _Frame(
        "Sie haben es gesagt, wir haben gehandelt",
        "Guten Tag{name},",
        "Sie haben uns davon erzählt. Das hat sich geändert:",
        "Danke für Ihre offenen Worte.",
        "Wenn Sie solche Nachrichten nicht möchten:",
    ),
    "fr": _Frame(
        "Vous l'avez dit, nous l'avons fait",
        "Bonjour{name},",
        "Vous nous en aviez parlé. Voici ce qui a changé :",
        "Merci de nous l'avoir dit.",
        "Si vous ne souhaitez pas recevoir de tels messages :",
    ),
    "es": _Frame(
        "Usted lo dijo, nosotros lo hicimos",
        "Hola{name}:",
        "Usted nos habló de ello. Esto es lo que ha cambiado:",
        "Gracias por decírnoslo.",
        "Si no desea recibir mensajes como este:",
    ),
    "pt": _Frame(
        "Você disse, nós fizemos",
        "Olá{name},",
        "Você nos falou sobre isso. Isto é o que mudou:",
        "Obrigado por nos dizer.",
        "Se não quiser receber mensagens como esta:",
    ),
    "it": _Frame(
        "L'ha detto Lei, l'abbiamo fatto noi",
        "Buongiorno{name},",
        "Ce ne aveva parlato. Ecco che cosa è cambiato:",
        "Grazie per avercelo detto.",
        "Se non desidera ricevere messaggi come questo:",
    ),
    "ru": _Frame(
        "Вы сказали — мы сделали",
        "Здравствуйте{name}!",
        "Вы рассказали нам об этом. Вот что изменилось:",
        "Спасибо, что не промолчали.",
        "Если вы не хотите получать такие сообщения:",
    ),
    "zh": _Frame("您说了,我们做了", "您好{name}:", "您曾向我们反映过这件事。现在有了改变:", "感谢您告诉我们。", "如果您不想再收到此类消息:"),
    "ar": _Frame(
        "قلتم ففعلنا",
        "مرحبًا{name}،",
        "لقد أخبرتمونا بذلك. وهذا ما تغيّر:",
        "شكرًا لأنكم تحدثتم إلينا.",
        "إذا كنتم لا ترغبون في تلقي مثل هذه الرسائل:",
    ),
    "he": _Frame("אמרתם, ועשינו", "שלום{name},", "סיפרתם לנו על כך. זה מה שהשתנה:", "תודה שאמרתם לנו.", "אם אינכם רוצים לקבל הודעות כאלה:"),
    "tr": _Frame(
        "Siz söylediniz, biz yaptık",
        "Merhaba{name},",
        "Bize bundan söz etmiştiniz. Şunlar değişti:",
        "Bize söylediğiniz için teşekkürler.",
        "Bu tür mesajları almak istemiyorsanız:",
    ),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: by e-mail the subject and `text`, as a text message `short`."""

    subject: str
    text: str
    short: str


def language_for(messages: Mapping[str, str], wanted: str | None) -> str:
    """Return the language to tell a customer in: theirs when the house wrote in it (`de` serves `de-AT`, and the other way round), else English."""
    base = (wanted or "").partition("-")[0].lower()
    alike = [tag for tag in messages if base in _FRAMES and tag.partition("-")[0].lower() == base]
    return min(alike, key=lambda tag: (tag != wanted, tag != base, tag), default=FALLBACK)


def write(messages: Mapping[str, str], language: str, name: str | None, brand: str, stop_link: str) -> Letter:
    """Return the letter; `language` is one that `language_for` returned, so that frame and sentence are one language."""
    frame = _FRAMES[language.partition("-")[0].lower()]
    message = messages.get(language) or next(iter(messages.values()))
    called = " ".join((name or "").split())[:_LONGEST_NAME]
    paragraphs = (
        *(frame.greeting.format(name=f" {called}" if called else ""), frame.before, message, frame.after),
        *(brand, f"{frame.stop}\n{stop_link}"),
    )
    return Letter(frame.subject, "\n\n".join(paragraphs) + "\n", f"{brand}: {frame.before} {message} {frame.stop} {stop_link}")

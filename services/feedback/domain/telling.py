"""The letter "you said, we did", in the customer's language around the sentence that insight wrote."""

# ruff: noqa: RUF001 - ten languages

from dataclasses import dataclass

_FRAME = {
    "en": ("You said, we did", "Hello{name},", "You told us about it. This is what has changed:", "Thank you for speaking up."),
    "de": (
        "Sie haben es gesagt, wir haben gehandelt",
        "Guten Tag{name},",
        "Sie haben uns davon erzählt. Das hat sich geändert:",
        "Danke für Ihre offenen Worte.",
    ),
    "fr": ("Vous l'avez dit, nous l'avons fait", "Bonjour{name},", "Vous nous en aviez parlé. Voici ce qui a changé :", "Merci de nous l'avoir dit."),
    "es": ("Usted lo dijo, nosotros lo hicimos", "Hola{name}:", "Usted nos habló de ello. Esto es lo que ha cambiado:", "Gracias por decírnoslo."),
    "pt": ("Você disse, nós fizemos", "Olá{name},", "Você nos falou sobre isso. Isto é o que mudou:", "Obrigado por nos dizer."),
    "it": (
        "L'ha detto Lei, l'abbiamo fatto noi",
        "Buongiorno{name},",
        "Ce ne aveva parlato. Ecco che cosa è cambiato:",
        "Grazie per avercelo detto.",
    ),
    "ru": ("Вы сказали — мы сделали", "Здравствуйте{name}!", "Вы рассказали нам об этом. Вот что изменилось:", "Спасибо, что не промолчали."),
    "zh": ("您说了,我们做了", "您好{name}:", "您曾向我们反映过这件事。现在有了改变:", "感谢您告诉我们。"),
    "ar": ("قلتم ففعلنا", "مرحبًا{name}،", "لقد أخبرتمونا بذلك. وهذا ما تغيّر:", "شكرًا لأنكم تحدثتم إلينا."),
    "tr": ("Siz söylediniz, biz yaptık", "Merhaba{name},", "Bize bundan söz etmiştiniz. Şunlar değişti:", "Bize söylediğiniz için teşekkürler."),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent."""

    language: str
    subject: str
    text: str


def letter(messages: dict[str, str], language: str | None, name: str | None) -> Letter:
    """Return the letter in the customer's language when insight wrote a sentence in it, else in English; frame and sentence are one language."""
    wanted = [language, language.split("-")[0]] if language else []
    chosen = next((tongue for tongue in wanted if tongue in messages and tongue.split("-")[0] in _FRAME), "en")
    subject, greeting, before, after = _FRAME[chosen.split("-")[0]]
    message = messages.get(chosen) or next(iter(messages.values()))
    called = f" {' '.join(name.split())}" if name else ""
    return Letter(chosen, subject, "\n\n".join((greeting.format(name=called), before, message, after)) + "\n")

"""Which of the messages a reader gets: their language, its base language, or English."""

from collections.abc import Mapping

FALLBACK = "en"


def in_language(messages: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return (language, message): `pt-BR` falls back to `pt`, then to `en`, which a published initiative always has."""
    for wanted in (language, language.split("-", 1)[0], FALLBACK):
        if wanted in messages:
            return wanted, messages[wanted]
    message = "a published initiative has an English message"
    raise ValueError(message)

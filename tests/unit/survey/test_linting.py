"""A questionnaire is judged as a survey methodologist would, with reason and source; of languages it cannot read the linter says so."""

from typing import Any

import pytest

from services.survey.domain.design import Questionnaire
from services.survey.domain.linting import Weight, judged, lint
from tests.integration.survey.scene import DELIVERY


def survey(*questions: dict[str, Any]) -> Questionnaire:
    return Questionnaire.model_validate({"questions": [*DELIVERY["questions"], *questions]})


def asked(text: str, language: str = "en", **changes: Any) -> dict[str, Any]:
    texts = {"en": "How satisfied were you with the help?", language: text}
    return {"key": "extra", "kind": "csat5", "dimension": "resolution", "text": texts, **changes}


def codes(questionnaire: Questionnaire, pointer: str) -> list[str]:
    return sorted(finding.code for finding in lint(questionnaire) if finding.pointer.startswith(pointer) and finding.code != "translation_missing")


def test_a_sound_questionnaire_gets_advice_alone() -> None:
    found = [(finding.code, finding.weight) for finding in lint(survey()) if finding.code != "translation_missing"]
    assert found == [("acquiescence", Weight.ADVICE), ("open_before_scales", Weight.ADVICE)][:1]
    assert all(finding.reason and finding.source for finding in lint(survey()))


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "How satisfied were you with the agent and the answer?", ["double_barrelled"]),
        ("de", "Wie zufrieden waren Sie mit Hilfe und Antwort?", ["double_barrelled"]),
        ("fr", "Êtes-vous satisfait de l'aide et de la réponse ?", ["double_barrelled"]),
        ("es", "¿Está satisfecho con la ayuda y la respuesta?", ["double_barrelled"]),
        ("en", "How satisfied or dissatisfied were you with the help?", []),
        ("en", "How satisfied were you with our excellent help?", ["leading"]),
        ("de", "Wie zufrieden waren Sie mit unserer großartigen Hilfe?", ["leading"]),
        ("en", "Did we always help you?", ["absolute"]),
        ("en", "Were you not unhappy with the help?", ["double_negative"]),
        ("en", "Were you recently satisfied with the help?", ["vague"]),
        ("en", "How satisfied were you with our FCR?", ["jargon"]),
        ("en", "How satisfied were you with the handling of your ticket?", ["jargon"]),
        ("en", "Would you recommend us?", ["scale_mismatch"]),
        ("en", "What is your card number?", ["asks_private"]),
        ("en", " ".join(["How satisfied were you with the help that our colleague gave you"] * 3), ["wording_long"]),
        ("zh-Hans", "您对我们的服务满意吗" * 5, ["wording_long"]),
        ("ru", "Насколько вы довольны помощью и ответом?", []),
    ],
)
def test_wording_is_judged_in_the_languages_that_are_known(language: str, text: str, found: list[str]) -> None:
    assert codes(survey(asked(text, language)), "/questions/5/text") == found


def test_words_of_a_language_that_is_not_known_are_not_judged_and_it_is_said() -> None:
    assert judged(survey(asked("Насколько вы довольны помощью и ответом?", "ru"))) == (["de", "en"], ["ru"])


def test_the_agent_is_not_judged_for_the_process() -> None:
    mixed = asked("How satisfied were you with the waiting time?", dimension="service")
    assert codes(survey(mixed), "/questions/5/text") == ["service_mixed_with_process"]
    assert codes(survey({**mixed, "dimension": "process"}), "/questions/5/text") == []


def test_a_statement_scale_needs_a_statement() -> None:
    assert codes(survey(asked("How easy was it?", kind="ces7")), "/questions/5/text") == ["scale_mismatch"]
    assert codes(survey(asked("It was easy to get help.", kind="ces7")), "/questions/5/text") == []


def test_structure_is_judged_in_every_language() -> None:
    choices = [{"code": f"c{number}", "text": {"en": f"Choice {number % 8}"}} for number in range(9)]
    more = [
        asked("Which one?", key="one", kind="single", options=choices),
        asked("How likely are you to recommend us?", key="whole", kind="nps11", dimension="relationship"),
    ]
    found = {(finding.code, finding.pointer) for finding in lint(survey(*more))}
    assert found >= {
        ("too_long", "/questions"),
        ("scales_mixed", "/questions"),
        ("no_way_out", "/questions/5/options"),
        ("too_many_choices", "/questions/5/options"),
        ("choices_overlap", "/questions/5/options"),
        ("order_effect", "/questions/6"),
        ("open_before_scales", "/questions/3"),
        ("translation_missing", "/questions/1/text"),
    }
    bare = Questionnaire.model_validate({"questions": DELIVERY["questions"][:2]})
    assert {finding.code for finding in lint(bare)} >= {"no_open_question", "no_contact_me"}


def test_a_review_place_for_the_happy_alone_is_an_error() -> None:
    gate = asked("Tell others on Trustpilot", kind="text", dimension="open", show_if={"question": "agent", "one_of": ["4", "5"]})
    (worst, *_) = lint(survey(gate))
    assert (worst.code, worst.weight, worst.pointer) == ("review_gating", Weight.ERROR, "/questions/5")
    assert [finding.code for finding in lint(survey({**gate, "show_if": None})) if finding.weight is Weight.ERROR] == []

"""The rule language: typed, closed, bounded, and clear about what is wrong where."""

from datetime import UTC, datetime

import pytest

from services.kit.expressions import Attribute, InvalidExpression, Judgement, Kind, Vocabulary

RULES = Vocabulary(
    [
        Attribute("contact.channel", Kind.text, "phone, email, chat …"),
        Attribute("contact.tags", Kind.texts, "what the agent noted"),
        Attribute("contact.ended_at", Kind.moment, "when it ended"),
        Attribute("customer.value", Kind.number, "EUR a year"),
        Attribute("customer.attributes", Kind.attributes, "whatever the organisation keeps"),
        Attribute("order.items", Kind.whole, "pieces"),
    ]
)


def test_a_rule_reads_facts_and_decides() -> None:
    rule = RULES.expression('contact.channel in ["phone", "chat"] && (customer.value > 100.0 || "vip" in contact.tags)')
    assert rule.names == ("contact.channel", "contact.tags", "customer.value")
    assert rule.judge({"contact.channel": "phone", "customer.value": 120.5, "contact.tags": []}).met
    assert rule.judge({"contact.channel": "email"}) == Judgement(value=False)


def test_a_missing_fact_decides_nothing_and_is_named() -> None:
    rule = RULES.expression("customer.value > 100.0 && order.items > 1")
    assert rule.judge({"customer.value": None, "order.items": 2}) == Judgement(value=None, missing=("customer.value",))


def test_a_missing_fact_does_not_matter_where_another_decides() -> None:
    assert RULES.expression('customer.value > 100.0 || "vip" in contact.tags').judge({"contact.tags": ("vip",)}).met


def test_moments_know_time_zones() -> None:
    rule = RULES.expression('contact.ended_at.getHours("Europe/Berlin") >= 9')
    assert rule.judge({"contact.ended_at": datetime(2026, 11, 22, 8, 0, tzinfo=UTC)}).met
    assert not rule.judge({"contact.ended_at": datetime(2026, 11, 22, 7, 59, tzinfo=UTC)}).met


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('contact.chanel == "phone"', "Line 1, column 8: 'contact.chanel' is not known here; did you mean 'contact.channel'?"),
        (
            "customer.value > 100",
            "Line 1, column 16: '>' does not work on number and whole number. Write numbers with a point (100.0) to compare them with a number.",
        ),
        ("order.items > 1 &&\n  ", "Line 2, column 3: Syntax error: the rule ends too early"),
        ("contact.channel", "The rule gives a value of the sort 'text', but 'yes or no' is needed here."),
        ("  ", "The rule is empty; leave it out where no rule is meant."),
        ("true || " * 300 + "true", "The rule has 2404 characters; at most 2000 are read."),
    ],
)
def test_a_wrong_rule_is_refused_with_the_place_and_the_reason(text: str, said: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        RULES.expression(text, pointer="/condition")
    assert (refused.value.detail, refused.value.pointer) == (said, "/condition")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("order.items / 0 > 1", {"order.items": 1}),
        ('customer.attributes["tier"] == "gold"', {"customer.attributes": {}}),
        ("customer.value > 1.0", {"customer.value": "much"}),
        ("contact.ended_at > contact.ended_at", {"contact.ended_at": "yesterday"}),
    ],
)
def test_what_cannot_be_evaluated_is_not_met_and_says_so(text: str, facts: dict[str, object]) -> None:
    judged = RULES.expression(text).judge(facts)
    assert not judged.met
    assert judged.error


def test_a_rule_cannot_run_for_long() -> None:
    hundred = f"[{','.join('1' * 100)}]"
    judged = RULES.expression(f"{hundred}.all(a,{hundred}.all(b,{hundred}.all(c,{hundred}.all(d, a+b+c+d > 0))))").judge({})
    assert judged.error == "INTERNAL: Iteration budget exceeded"


def test_a_regular_expression_takes_time_in_proportion_to_its_text_only() -> None:
    assert not RULES.expression("contact.channel.matches('(a+)+$')").judge({"contact.channel": "a" * 5_000 + "b"}).met


def test_a_name_inside_a_text_is_not_a_name() -> None:
    assert RULES.expression('contact.channel == "customer.value"').names == ("contact.channel",)


def test_a_formula_gives_a_number_where_a_number_is_asked_for() -> None:
    assert RULES.expression("order.items * 30", Kind.whole).judge({"order.items": 2}) == Judgement(value=60)

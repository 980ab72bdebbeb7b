"""Who may serve, and from when: checked against the naive way of trying every second."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.eligibility import (
    Policy,
    Shortfall,
    Step,
    class_key,
    compile_policy,
    eligible_after,
    from_document,
    language_skill,
    next_step_after,
    requirement_at,
    shortfalls,
    step_number,
    to_document,
)

CALM = settings(deadline=None, max_examples=60)
SKILLS = ["billing", "delivery", "router"]
levels = st.integers(1, 5)
steps = st.builds(Step, after_s=st.integers(1, 40), skill=st.sampled_from(SKILLS), level=st.integers(0, 4))
policies = st.builds(
    compile_policy,
    st.lists(st.tuples(st.sampled_from(SKILLS), levels), max_size=3),
    st.lists(st.tuples(st.sampled_from(SKILLS), levels), max_size=2),
    st.sampled_from([None, "de", "es-MX"]),
    st.lists(steps, max_size=4),
)
skill_sets = st.dictionaries(st.sampled_from([*SKILLS, "lang:de", "lang:es"]), levels, max_size=5)


@CALM
@given(policies, skill_sets)
def test_the_threshold_is_the_first_second_at_which_the_requirement_is_met(policy: Policy, skills: dict[str, int]) -> None:
    seconds = [second for second in range(60) if not shortfalls(requirement_at(policy, second), skills)]
    assert eligible_after(policy, skills) == (seconds[0] if seconds else math.inf)


@CALM
@given(policies, skill_sets)
def test_who_may_serve_once_may_serve_ever_after(policy: Policy, skills: dict[str, int]) -> None:
    verdicts = [not shortfalls(requirement_at(policy, second), skills) for second in range(60)]
    assert verdicts == sorted(verdicts)


@CALM
@given(policies)
def test_a_policy_comes_back_whole_from_its_row(policy: Policy) -> None:
    assert from_document(to_document(policy)) == policy


@CALM
@given(policies)
def test_every_step_counts_and_is_announced(policy: Policy) -> None:
    moments = sorted({step.after_s for step in policy.steps})
    found, at = [], 0.0
    while (following := next_step_after(policy, at)) is not None:
        found.append(following)
        at = following
    assert found == moments
    assert step_number(policy, 1000) == len(policy.steps)


def test_the_higher_level_wins_and_a_language_is_wanted_by_its_primary_tag() -> None:
    policy = compile_policy([("billing", 2)], [("billing", 4), ("router", 1)], "de-AT", [])
    assert policy == Policy(requires=(("billing", 4), ("lang:de", 2), ("router", 1)), steps=())


def test_a_language_that_nobody_could_tell_is_not_wanted() -> None:
    assert compile_policy([], [], "und", []) == compile_policy([], [], None, [])


def test_a_step_that_would_tighten_or_names_nothing_wanted_is_left_out() -> None:
    given_steps = [Step(60, "billing", 3), Step(30, "billing", 2), Step(10, "router", 0), Step(90, "billing", 0)]
    assert compile_policy([("billing", 4)], [], None, given_steps).steps == (Step(30, "billing", 2), Step(90, "billing", 0))


@pytest.mark.parametrize(("tag", "skill"), [("de", "lang:de"), ("de-AT", "lang:de"), ("zh-Hans", "lang:zh"), ("pt-BR", "lang:pt")])
def test_a_language_tag_becomes_a_skill(tag: str, skill: str) -> None:
    assert language_skill(tag) == skill


def test_a_shortfall_names_what_is_there_and_what_is_wanted() -> None:
    assert shortfalls({"billing": 4, "router": 1}, {"billing": 2, "router": 1}) == [Shortfall("billing", needs=4, has=2)]


def test_contacts_of_one_class_are_alike_in_everything_that_the_rule_sees() -> None:
    policy = compile_policy([("billing", 2)], [], "de", [])
    keys = {
        class_key("sales", "voice", policy, 0),
        class_key("sales", "voice", policy, 30),
        class_key("sales", "chat", policy, 0),
        class_key("service", "voice", policy, 0),
        class_key("sales", "voice", compile_policy([("billing", 3)], [], "de", []), 0),
    }
    assert len(keys) == 5
    assert class_key("sales", "voice", compile_policy([], [("billing", 2)], "de-CH", []), 0) in keys

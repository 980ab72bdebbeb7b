"""Rehearsals: the same days under two rules, with intervals, warnings, and own history as days."""

import json
from random import Random

from services.routing.domain.engine.rules import RULES
from services.routing.domain.simulation.backtest import compare
from services.routing.domain.simulation.files import read_scenario
from services.routing.domain.simulation.scenario import Scenario


def a_day(seed: int = 1, contacts: int = 3_000) -> tuple[str, str]:
    """Ten hours, two topics, twelve agents of whom half know both."""
    lots = Random(seed)  # noqa: S311  repeatable on purpose
    agents = []
    for number in range(12):
        skills = {"a": 1 + number % 5} if number % 3 else {"a": 3, "b": 4}
        speed = {topic: 1.15 - 0.05 * skills.get(topic, 0) for topic in ("a", "b")}
        fcr = {topic: 0.5 + 0.08 * skills.get(topic, 0) for topic in ("a", "b")}
        agents.append({"id": f"g{number}", "skills": skills, "languages": {}, "speed": speed, "fcr": fcr, "presence": [[0, 36_000]]})
    lines = ["id,arrival_s,topic,language,priority,base_handle_s,patience_s"]
    for number, at in enumerate(sorted(lots.uniform(0, 36_000) for _ in range(contacts))):
        lines.append(
            f"{number},{at:.1f},{'b' if lots.random() < 0.25 else 'a'},,{2 if lots.random() < 0.1 else 1},{lots.expovariate(1 / 110):.0f},{300}"
        )
    return json.dumps({"scenario": "day", "wrapup_s": 10, "agents": agents}), "\n".join(lines)


def made(seed: int = 1) -> Scenario:
    return read_scenario(*a_day(seed))


def test_a_rule_against_itself_gains_nothing_and_warns_of_nothing() -> None:
    told: list[float] = []
    found = compare(made, RULES["index"], RULES["index"], told.append)
    assert {name: (gain["value"], gain["low"], gain["high"]) for name, gain in found["overall"]["gain"].items()} == dict.fromkeys(
        ("sla", "abandon", "resolved", "asa"), (0.0, 0.0, 0.0)
    )
    assert found["warnings"] == []
    assert told == sorted(told)
    assert told


def test_a_change_that_loses_is_warned_of_with_its_interval_and_the_other_way_round_gains() -> None:
    better = compare(made, RULES["fifo"], RULES["index"], lambda _: None)
    worse = compare(made, RULES["index"], RULES["fifo"], lambda _: None)
    gain, loss = better["overall"]["gain"]["resolved"], worse["overall"]["gain"]["resolved"]
    assert gain["value"] > 0
    assert (loss["value"], loss["low"], loss["high"]) == (-gain["value"], -gain["high"], -gain["low"])
    assert any(sentence.startswith("everything: the candidate loses") and "resolved" in sentence for sentence in worse["warnings"])
    assert sorted(worse["queues"]) == ["a", "b"]

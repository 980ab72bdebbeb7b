"""Reads scenarios from files: agents as JSON, contacts as CSV, in the shape of the shipped ones (`multi36`, `bank99`)."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from services.routing.domain.engine.parts import ClassSpec, Profile, QueuePromise, Stage
from services.routing.domain.simulation.scenario import PlayedAgent, PlayedContact, Scenario

VALUED = {"vip", "2"}
CREDIT_S = 90.0
"""Credit of a valued customer: the bank's own rule."""
VALUED_WEIGHT = 2.0
LANGUAGE_LEVEL = 2


class BadScenario(ValueError):
    """The files do not describe a scenario; the message says which line and why."""


def read_scenario(agents_json: str, contacts_csv: str, *, sla_s: float = 20.0, sla_share: float = 0.8) -> Scenario:
    """Build a scenario; raises BadScenario."""
    try:
        told = json.loads(agents_json)
        rows = list(csv.DictReader(io.StringIO(contacts_csv)))
        return _build(told, rows, sla_s, sla_share)
    except (KeyError, ValueError, TypeError) as reason:
        raise BadScenario(f"The files do not describe a scenario: {type(reason).__name__} {reason}.") from reason


def _build(told: Mapping[str, Any], rows: list[dict[str, str]], sla_s: float, sla_share: float) -> Scenario:
    classes: list[ClassSpec] = []
    numbers: dict[tuple[str, str, bool], int] = {}
    contacts: list[PlayedContact] = []
    handles: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        topic = row.get("topic") or row["type"]
        language, valued = row.get("language", ""), row["priority"] in VALUED
        key = (topic, language, valued)
        if key not in numbers:
            numbers[key] = len(classes)
            classes.append(_class(topic, language, valued=valued))
        handle = float(row["base_handle_s"])
        handles[topic].append(handle)
        contacts.append(PlayedContact(int(row["id"]), float(row["arrival_s"]), numbers[key], topic, handle, float(row["patience_s"])))
    wrap_s = float(told["wrapup_s"])
    queues = [
        QueuePromise(topic, sla_s=sla_s, sla_share=sla_share, service_level=sla_share, handle_s=sum(taken) / len(taken), wrap_s=wrap_s)
        for topic, taken in handles.items()
    ]
    return Scenario(str(told["scenario"]), [_agent(each) for each in told["agents"]], contacts, classes, queues, wrap_s)


def _class(topic: str, language: str, *, valued: bool) -> ClassSpec:
    needs = [(topic, 1), *([(f"lang:{language}", LANGUAGE_LEVEL)] if language else [])]
    stages = (Stage(0.0, tuple(sorted(needs))),)
    key = f"{topic}/{language}/{'valued' if valued else 'usual'}"
    return ClassSpec(key, "voice", topic, stages, topic, CREDIT_S if valued else 0.0, VALUED_WEIGHT if valued else 1.0)


def _agent(told: Mapping[str, Any]) -> PlayedAgent:
    languages = {f"lang:{language}": int(level) for language, level in told.get("languages", {}).items()}
    skills = {str(skill): int(level) for skill, level in told["skills"].items()} | languages
    estimates = tuple((topic, float(told["fcr"][topic]), float(told["speed"][topic])) for topic in sorted(told["speed"]))
    profile = Profile(tuple(sorted(skills.items())), estimates=estimates)
    presence = tuple((float(start), float(end)) for start, end in told["presence"])
    return PlayedAgent(str(told["id"]), profile, told["speed"], told["fcr"], presence)

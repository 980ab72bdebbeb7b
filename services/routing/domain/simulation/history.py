"""Own days as a scenario: who came and was served is known, and what is not known is reckoned from it.

Present was an agent from the first to the last contact of a block without a gap of 25 minutes, at least ten. A served contact takes what it took,
at the pace of who served it. Who left was patient for as long as was waited; everybody else for what was waited and an exponential rest with the
hazard that the same queue's leavers show (deaths over exposure, the maximum-likelihood estimate for censored waits).
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.routing.domain.desk import class_spec, seconds_of
from services.routing.domain.eligibility import from_document
from services.routing.domain.engine.parts import Capacity, Profile, QueuePromise
from services.routing.domain.engine.tables import NEUTRAL_LEVEL, PACE, RESOLUTION
from services.routing.domain.index import expected_handle_s
from services.routing.domain.simulation.scenario import PlayedAgent, PlayedContact, Scenario

GAP_S, LEAST_S = 1500.0, 600.0
USUAL_PATIENCE_S = 600.0
Row = Mapping[str, Any]


class TooLittle(ValueError):
    """There is nothing in these days to replay."""


def scenario_of(days: Mapping[str, Sequence[Row]], learned: Mapping[tuple[UUID, str], tuple[float, float]], begin: datetime, seed: int) -> Scenario:
    """Build the scenario; raises TooLittle. `learned` holds (resolution, pace) by agent and queue where there is evidence."""
    contacts = [row for row in days["contacts"] if row["waits_from"] is not None]
    if not any(row["agent_id"] is not None for row in contacts):
        raise TooLittle("No contact of these days was served by an agent; there is nothing to replay.")
    start = seconds_of(begin)
    queues = {row["key"]: row for row in days["queues"]}
    known = {row["key"]: row for row in days["classes"]}
    keys = sorted({row["class_key"] for row in contacts})
    numbers = {key: number for number, key in enumerate(keys)}
    specs = [_spec(known[key]) for key in keys]
    served = [_served(row, start) for row in contacts if row["agent_id"] is not None]
    agents = _agents(days, queues, served, learned)
    pace = {agent.id: agent.pace for agent in agents}
    patience = _patience(contacts, seed)
    usual = {key: expected_handle_s(row["expected_handle_seconds"], row["handled"], row["handled_seconds"]) for key, row in queues.items()}
    played = []
    for number, row in enumerate(contacts):
        own = pace.get(str(row["agent_id"]), {}).get(row["queue"], 1.0)
        handle = usual[row["queue"]] if row["handle_seconds"] is None else max(1.0, row["handle_seconds"] / own)
        arrival = seconds_of(row["waits_from"]) - start
        played.append(PlayedContact(number, arrival, numbers[row["class_key"]], row["queue"], handle, patience[row["id"]]))
    promises = [_promise(row, usual[key]) for key, row in sorted(queues.items()) if any(spec.queue == key for spec in specs)]
    return Scenario("history", agents, played, specs, promises, 0.0)


def _spec(row: Row) -> Any:
    return class_spec(row["key"], row["queue"], row["channel"], from_document(row["policy"]), float(row["credit_s"]))


def _promise(row: Row, handle_s: float) -> QueuePromise:
    return QueuePromise(
        row["key"],
        sla_s=float(row["sla_seconds"]),
        sla_share=row["sla_share"],
        service_level=row["sla_share"],
        handle_s=handle_s,
        starvation_s=float(row["starvation_seconds"]),
        weight=row["weight"],
    )


def _served(row: Row, start: float) -> tuple[UUID, float, float]:
    at = seconds_of(row["first_connected_at"] or row["waits_from"]) - start
    return row["agent_id"], at, at + (row["handle_seconds"] or 0.0)


def _agents(
    days: Mapping[str, Sequence[Row]],
    queues: Mapping[str, Row],
    served: list[tuple[UUID, float, float]],
    learned: Mapping[tuple[UUID, str], tuple[float, float]],
) -> list[PlayedAgent]:
    worked: dict[UUID, list[tuple[float, float]]] = defaultdict(list)
    for agent_id, begin, end in served:
        worked[agent_id].append((begin, end))
    places: dict[UUID, dict[str, int]] = defaultdict(dict)
    for row in days["places"]:
        places[row["agent_id"]][row["channel"]] = row["maximum"]
    found = []
    for row in days["agents"]:
        if row["id"] not in worked:
            continue
        truth = {key: learned.get((row["id"], key)) or _declared(row["skills"], queue) for key, queue in queues.items()}
        estimates = tuple((key, *learned[row["id"], key]) for key in sorted(queues) if (row["id"], key) in learned)
        profile = Profile(tuple(sorted(row["skills"].items())), Capacity(tuple(sorted(places[row["id"]].items()))), estimates)
        resolution, pace = ({key: pair[side] for key, pair in truth.items()} for side in (0, 1))
        found.append(PlayedAgent(str(row["id"]), profile, pace, resolution, _blocks(worked[row["id"]])))
    return found


def _declared(skills: Mapping[str, int], queue: Row) -> tuple[float, float]:
    wanted = [str(skill) for skill, _ in queue["requires"]]
    levels = [skills.get(skill, 0) for skill in wanted] or [NEUTRAL_LEVEL]
    return sum(float(RESOLUTION[level]) for level in levels) / len(levels), sum(float(PACE[level]) for level in levels) / len(levels)


def _blocks(worked: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Join what an agent did into blocks of presence."""
    blocks: list[list[float]] = []
    for begin, end in sorted(worked):
        if blocks and begin - blocks[-1][1] <= GAP_S:
            blocks[-1][1] = max(blocks[-1][1], end)
        else:
            blocks.append([begin, end])
    return tuple((begin, max(end, begin + LEAST_S)) for begin, end in blocks)


def _patience(contacts: list[Row], seed: int) -> dict[UUID, float]:
    lots = random.Random(seed)  # noqa: S311  repeatable on purpose
    waited: dict[UUID, float] = {}
    left: dict[str, float] = defaultdict(float)
    exposed: dict[str, float] = defaultdict(float)
    for row in contacts:
        until = row["first_connected_at"] or row["ended_at"]
        waited[row["id"]] = max(0.0, (until - row["waits_from"]).total_seconds()) if until is not None else 0.0
        exposed[row["queue"]] += waited[row["id"]]
        left[row["queue"]] += row["state"] == "abandoned"
    answer = {}
    for row in contacts:
        mean = exposed[row["queue"]] / left[row["queue"]] if left[row["queue"]] else USUAL_PATIENCE_S * 10
        rest = 0.0 if row["state"] == "abandoned" else lots.expovariate(1 / max(mean, 1.0))
        answer[row["id"]] = max(1.0, waited[row["id"]] + rest)
    return answer

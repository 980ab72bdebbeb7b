"""A decision as a document: every number that went into the index, so that it can be reckoned again to the last bit."""

import math
from collections.abc import Mapping
from typing import Any

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import ClassSpec, Pick, Weighed
from services.routing.domain.engine.rules import PREFERRED

Document = dict[str, Any]


def requirement_of(spec: ClassSpec, waited_s: float) -> tuple[int, dict[str, int]]:
    """Return how many steps are behind a contact of this class, and what is wanted now."""
    behind = [number for number, stage in enumerate(spec.stages) if stage.after_s <= waited_s]
    step = behind[-1] if behind else 0
    return step, {skill: level for skill, level in spec.stages[step].needs if level > 0}


def document_of(engine: Engine, pick: Pick, weighed: Weighed) -> Document:
    """Return one candidate's terms."""
    return contact_document(engine, weighed) if pick.by_agent else agent_document(engine, weighed)


def contact_document(engine: Engine, weighed: Weighed) -> Document:
    """Return the terms of I."""
    lines, spec, rule = engine.lines, engine.lines.specs[weighed.cls], engine.rule
    queue = lines.queues[spec.queue]
    _, resolution, pace = engine.pairs.pair(weighed.group, weighed.cls)
    inputs = {
        "weight": float(lines.weight[weighed.cls]),
        "kappa": rule.kappa,
        "slope": rule.slope,
        "sla_s": queue.sla_s,
        "sla_share": queue.sla_share,
        "service_level": queue.service_level,
        "doubt": queue.doubt,
        "urgency": queue.urgency,
        "credit_s": spec.credit_s,
        "waited_s": weighed.waited_s,
        "resolution": resolution,
        "pace": pace,
        "handle_s": float(lines.handle[weighed.cls]),
        "wrap_s": float(lines.wrap[weighed.cls]),
        "starvation_s": queue.starvation_s,
        "after_s": weighed.after_s,
    }
    return reckon_contact(inputs)


def reckon_contact(inputs: Mapping[str, float]) -> Document:
    """Reckon I from its inputs, in the engine's own order of operations."""
    debt = math.exp(inputs["kappa"] * (inputs["sla_share"] - (inputs["service_level"] - inputs["doubt"])))
    weighed = debt * inputs["urgency"]
    rise = weighed * inputs["slope"] / inputs["sla_s"]
    start = weighed + rise * inputs["credit_s"]
    expected = inputs["pace"] * inputs["handle_s"] + inputs["wrap_s"]
    base = inputs["weight"] * inputs["resolution"] / expected
    return dict(inputs) | {
        "debt_factor": debt,
        "waiting_factor": 1 + inputs["slope"] * (inputs["waited_s"] + inputs["credit_s"]) / inputs["sla_s"],
        "expected_s": expected,
        "starving": inputs["waited_s"] > inputs["starvation_s"],
        "index": (rise * inputs["waited_s"] + start) * base,
    }


def agent_document(engine: Engine, weighed: Weighed) -> Document:
    """Return the terms of J."""
    _, resolution, pace = engine.pairs.pair(weighed.group, weighed.cls)
    inputs = {
        "resolution": resolution,
        "pace": pace,
        "preferred": PREFERRED if engine.pairs.worth(weighed.group, weighed.cls) > resolution / pace else 0.0,
        "scarcity": engine.rule.scarcity,
        "opportunity": float(engine.benches.opportunity[weighed.group]),
        "idle_weight": engine.rule.idle,
        "idle_full_s": engine.rule.idle_full_s,
        "idle_s": weighed.idle_s,
        "after_s": weighed.after_s,
    }
    return reckon_agent(inputs)


def reckon_agent(inputs: Mapping[str, float]) -> Document:
    """Reckon J from its inputs, in the engine's own order of operations."""
    fit = inputs["resolution"] / inputs["pace"]
    worth = fit + inputs["preferred"] if inputs["preferred"] else fit
    scarcity = inputs["scarcity"] * inputs["opportunity"]
    idle = inputs["idle_weight"] * min(1.0, inputs["idle_s"] / inputs["idle_full_s"])
    return dict(inputs) | {"fit_term": fit, "scarcity_term": -scarcity, "idle_term": idle, "index": worth - scarcity + idle}


def runners_up(engine: Engine, pick: Pick, names: Mapping[Any, str]) -> list[Document]:
    """Return those that were not chosen, with their terms."""
    if pick.by_agent:
        return [{"contact_id": str(each.who), "terms": contact_document(engine, each)} for each in pick.others]
    return [{"agent": names.get(each.who, ""), "agent_id": str(each.who), "terms": agent_document(engine, each)} for each in pick.others]


def reckon(terms: Mapping[str, Any]) -> Document:
    """Reckon a stored candidate again from its inputs alone."""
    if "fit_term" in terms:
        derived = {"fit_term", "scarcity_term", "idle_term", "index"}
        return reckon_agent({key: value for key, value in terms.items() if key not in derived})
    derived = {"debt_factor", "waiting_factor", "expected_s", "starving", "index"}
    return reckon_contact({key: value for key, value in terms.items() if key not in derived})

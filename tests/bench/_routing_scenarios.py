"""Scenarios for the routing benches: the shipped ones, and more of the kind of multi36 (240 agents, 12 topics x 3 languages) from any seed.

Arrival profile, handle times and patience are resampled from the bank trace, as in the shipped one; the rest is drawn as `routing.md` 5.2 says.
"""

import csv
import io
import json
import random
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from services.routing.domain.simulation.files import read_scenario
from services.routing.domain.simulation.scenario import Scenario

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "routing"
TOPICS = [f"t{number:02d}" for number in range(12)]
SHARES = [0.18, 0.138, 0.12, 0.099, 0.089, 0.08, 0.071, 0.06, 0.061, 0.042, 0.03, 0.03]
GROUPS = ["PS", "PS", "NW", "PS", "NW", "NE", "PS", "NW", "PS", "NE", "NE", "NE"]
LANGUAGES = {"en": 0.62, "es": 0.25, "fr": 0.13}
CONTACTS, AGENTS, WRAP_S = 29_917, 240, 10
VIP_SHARE = 0.12
OPENS_H, CLOSES_H, SHIFT_H, BREAK_S = 8, 20, 8, 1800
UNSKILLED_PACE, UNSKILLED_FCR = 1.3, 0.42
SEEDS = (11, 12, 13, 14, 15, 16, 17)
MOVED_S = 60.0
"""By so much at most an arrival of the bank is moved to have another month of the same kind."""


def files_of(name: str) -> tuple[str, str]:
    """Return agents and contacts of a shipped scenario; raises FileNotFoundError where the data is missing."""
    return (DATA / f"{name}_agents.json").read_text(), (DATA / f"{name}_contacts.csv").read_text()


def shipped(name: str) -> Scenario:
    """Return a shipped scenario."""
    return read_scenario(*files_of(name))


def moved(seed: int) -> Scenario:
    """Return the bank's month with every arrival moved by chance, within its day: what a rule gains on one path of events is partly luck."""
    lots, scenario = random.Random(seed), shipped("bank99")  # noqa: S311  repeatable on purpose
    contacts = []
    for contact in scenario.contacts:
        day = contact.arrival_s // scenario.day_s * scenario.day_s
        arrival = contact.arrival_s + lots.uniform(-MOVED_S, MOVED_S)
        contacts.append(replace(contact, arrival_s=round(min(max(arrival, day), day + scenario.day_s - 0.1), 1)))
    scenario.contacts = sorted(contacts, key=lambda contact: contact.arrival_s)
    return scenario


@lru_cache(maxsize=1)
def _trace() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files_of("bank99")[1])))


def generated(seed: int) -> Scenario:
    """Draw another scenario of the same kind."""
    return read_scenario(*generated_files(seed))


def generated_files(seed: int) -> tuple[str, str]:
    """Draw another scenario of the same kind, as files for `make routing-sim`."""
    lots = random.Random(seed)  # noqa: S311  repeatable on purpose
    return json.dumps({"scenario": f"multi36-{seed}", "wrapup_s": WRAP_S, "agents": [_agent(lots, number) for number in range(AGENTS)]}), _contacts(
        lots
    )


def _contacts(lots: random.Random) -> str:
    handles: dict[str, list[str]] = defaultdict(list)
    patience: dict[bool, list[str]] = defaultdict(list)
    profile = [0] * ((CLOSES_H - OPENS_H) * 2)
    for row in _trace():
        handles[row["type"]].append(row["base_handle_s"])
        patience[row["priority"] == "2"].append(row["patience_s"])
        second = int(row["arrival_s"])
        slot = second % 86_400 // 1800 - 2 * OPENS_H
        if (second // 86_400) % 7 in (0, 1, 2, 3, 6) and 0 <= slot < len(profile):  # 1 February 1999 was a Monday; Israel works Sunday to Thursday
            profile[slot] += 1
    slots = lots.choices(range(len(profile)), profile, k=CONTACTS)
    arrivals = sorted(round((OPENS_H * 2 + slot + lots.random()) * 1800, 1) for slot in slots)
    lines = ["id,arrival_s,topic,language,priority,base_handle_s,patience_s"]
    for number, arrival in enumerate(arrivals):
        topic = lots.choices(range(12), SHARES)[0]
        language = lots.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        vip = lots.random() < VIP_SHARE
        handle, leaves = lots.choice(handles[GROUPS[topic]]), lots.choice(patience[vip])
        lines.append(f"{number},{arrival},{TOPICS[topic]},{language},{2 if vip else 1},{handle},{leaves}")
    return "\n".join(lines)


def _agent(lots: random.Random, number: int) -> dict[str, object]:
    wanted = lots.randint(1, 6)
    skills: dict[str, int] = {}
    while len(skills) < wanted:
        topic = lots.choices(TOPICS, [0.5 + 6 * share for share in SHARES])[0]
        skills.setdefault(topic, lots.randint(1, 5))
    languages = {"en": 5} if lots.random() < 0.86 else {}
    for other, share in (("es", 0.26), ("fr", 0.15)):
        if lots.random() < share or (not languages and other == "es"):
            languages[other] = lots.randint(2, 5)
    pace = dict.fromkeys(TOPICS, UNSKILLED_PACE)
    fcr = {topic: UNSKILLED_FCR + lots.gauss(0, 0.02) for topic in TOPICS}
    for topic, level in skills.items():
        pace[topic] = (1.15 - 0.05 * level) * lots.lognormvariate(0, 0.18)
        fcr[topic] = min(0.97, 0.58 + 0.055 * level + lots.gauss(0, 0.04))
    start = lots.choices((8, 9, 10, 11, 12), (0.36, 0.14, 0.13, 0.13, 0.24))[0]
    pause = (start + lots.choice((3, 4, 5))) * 3600
    presence = [[start * 3600, pause], [pause + BREAK_S, (start + SHIFT_H) * 3600]]
    return {"id": f"M{number:03d}", "skills": skills, "languages": languages, "speed": pace, "fcr": fcr, "presence": presence}

"""`make routing-sim AGENTS=file CONTACTS=file POLICY=name`: play a day through routing's engine and print what it came to, as JSON."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from services.routing.domain.engine.rules import RULES
from services.routing.domain.simulation.figures import by, figures, gini, occupancy
from services.routing.domain.simulation.files import BadScenario, read_scenario
from services.routing.domain.simulation.play import Play

DIGITS = 4


def main() -> int:
    """Play and print; exit 2 with a sentence when the files do not describe a scenario."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--agents", type=Path, required=True, help="agents as JSON, in the shape of multi36_agents.json")
    asked.add_argument("--contacts", type=Path, required=True, help="contacts as CSV, in the shape of multi36_contacts.csv or bank99_contacts.csv")
    asked.add_argument("--policy", choices=sorted(RULES), default="index")
    given = asked.parse_args()
    try:
        scenario = read_scenario(given.agents.read_text(), given.contacts.read_text())
    except (BadScenario, OSError) as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    started = time.process_time()
    played = Play(scenario, RULES[given.policy]).run()
    spent = time.process_time() - started
    shown = asdict(figures(played.served)) | {"gini": gini(occupancy(played).values())}
    types = {
        topic: {key: _short(value) for key, value in asdict(found).items()} for topic, found in by(played, lambda each: each.contact.topic).items()
    }
    answer = {"scenario": scenario.name, "policy": given.policy, "cpu_s": round(spent, 2)}
    print(json.dumps(answer | {key: _short(value) for key, value in shown.items()} | {"by_type": types}, indent=1))
    return 0


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


if __name__ == "__main__":
    sys.exit(main())

"""What a played period came to, as contact centres count it."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from services.routing.domain.simulation.play import SHORT_S, Played
from services.routing.domain.simulation.scenario import Served


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1, seconds. Offered are the served and those who left after 5 s or more; None where nobody was offered or served."""

    offered: int
    sla: float | None
    """Answered within the target, of the offered."""
    asa: float | None
    """Mean wait of the served."""
    p95: float | None
    longest: float | None
    abandon: float | None
    fcr: float | None
    """Mean resolution of the served."""
    resolved: float | None
    """Expected resolutions, of the offered."""


def figures(served: Iterable[Served], sla_s: float = 20.0) -> Figures:
    """Count one group of contacts."""
    everybody = [each for each in served if each.agent is not None or each.waited_s >= SHORT_S]
    answered = [each for each in everybody if each.agent is not None]
    offered, waits = len(everybody), sorted(each.waited_s for each in answered)
    solved = sum(each.resolution for each in answered)
    return Figures(
        offered=offered,
        sla=_share(sum(1 for wait in waits if wait <= sla_s), offered),
        asa=_share(sum(waits), len(waits)),
        p95=waits[min(len(waits) - 1, math.floor(0.95 * len(waits)))] if waits else None,
        longest=waits[-1] if waits else None,
        abandon=_share(offered - len(answered), offered),
        fcr=_share(solved, len(answered)),
        resolved=_share(solved, offered),
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def by(played: Played, key: Callable[[Served], str], sla_s: float = 20.0) -> dict[str, Figures]:
    """Count by any property of the contacts."""
    groups: dict[str, list[Served]] = {}
    for each in played.served:
        groups.setdefault(key(each), []).append(each)
    return {name: figures(group, sla_s) for name, group in sorted(groups.items())}


def occupancy(played: Played) -> dict[str, float]:
    """Return per agent who was present at all the share of presence that was work, wrap-up included."""
    present = {agent.id: sum(end - start for start, end in agent.presence) for agent in played.scenario.agents}
    return {agent: played.busy_s[agent] / seconds for agent, seconds in present.items() if seconds > 0}


def gini(values: Iterable[float]) -> float:
    """Return the Gini coefficient: 0 when all carry the same, towards 1 when one carries everything."""
    ordered = sorted(values)
    total = sum(ordered)
    if total <= 0:
        return 0.0
    ranked = sum((place + 1) * value for place, value in enumerate(ordered))
    return 2 * ranked / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)

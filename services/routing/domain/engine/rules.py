"""The rules that can be run: ours, and those that the industry ships, to compare with.

Ours (index): contact I = w · e^(κ(target - SL)) · urgency · (1 + s(W + credit)/T) · p / (pace · h + wrap);
agent J = p/pace - 0.6 opp + 0.5 min(1, idle/300 s).
"""

from services.routing.domain.engine.parts import Rule

INDEX = Rule("index")
FIFO = Rule("fifo", scarcity=0.0, idle=1.0, idle_full_s=1.0, fifo=True, uses_estimates=False)
BEST_SKILL = Rule("best-skill", scarcity=0.0, idle=1.0, idle_full_s=1.0, fifo=True, best_skill=True, uses_estimates=False)
INDEX_DECLARED = Rule("index-declared", uses_estimates=False)
INDEX_NO_DEBT = Rule("index-no-debt", kappa=0.0)

PREFERRED = 0.2
"""Added to J for an agent who meets the policy's preference: as much as 120 s of idling."""

RULES = {rule.name: rule for rule in (INDEX, INDEX_DECLARED, INDEX_NO_DEBT, FIFO, BEST_SKILL)}


def resolution_prior(level: float) -> float:
    """Return the assumed probability that an agent of this level solves the contact (0.42 unskilled, 0.635 to 0.855 for 1 to 5)."""
    return 0.42 if level < 1 else min(0.58 + 0.055 * level, 0.95)


def pace_prior(level: float) -> float:
    """Return the assumed handle time relative to the class's mean (1.3 unskilled, 1.1 to 0.9 for 1 to 5)."""
    return 1.3 if level < 1 else 1.15 - 0.05 * level

"""A process drawn: Mermaid for whoever has a renderer, and the names and numbers under every step."""

from collections.abc import Sequence
from dataclasses import dataclass

QUOTED = str.maketrans({'"': "#quot;", "\n": " ", "[": "(", "]": ")", "<": "#lt;", ">": "#gt;", "|": "/"})


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step with what is written into it."""

    key: str
    name: str
    note: str
    is_bottleneck: bool


def mermaid(steps: Sequence[DrawnStep]) -> str:
    """Return a flowchart from left to right; node names are ours, so no text of a user can break out of its quotes."""
    lines = ["flowchart LR"]
    for place, step in enumerate(steps):
        lines.append(f'  s{place}["{step.name.translate(QUOTED)}<br/>{step.note.translate(QUOTED)}"]')
    lines += [f"  s{place} --> s{place + 1}" for place in range(len(steps) - 1)]
    slow = [f"s{place}" for place, step in enumerate(steps) if step.is_bottleneck]
    if slow:
        lines += ["  classDef bottleneck stroke-width:3px,stroke-dasharray:6 3", f"  class {','.join(slow)} bottleneck"]
    return "\n".join(lines) + "\n"

"""One measured figure and what it is compared with."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`goal` is for the ratio when there is a reference, else for the value; `lower_is_better` turns the comparison."""

    id: str
    value: float
    unit: str
    goal: float
    lower_is_better: bool = False
    reference: str | None = None
    reference_value: float | None = None
    note: str | None = None

    @property
    def ratio(self) -> float | None:
        return None if not self.reference_value else self.value / self.reference_value

    @property
    def good(self) -> bool:
        judged = self.value if self.ratio is None else self.ratio
        return judged <= self.goal if self.lower_is_better else judged >= self.goal

    def line(self) -> str:
        ratio = None if self.ratio is None else round(self.ratio, 4)
        shown = {
            "id": self.id,
            "value": round(self.value, 4),
            "unit": self.unit,
            "reference": self.reference,
            "reference_value": None if self.reference_value is None else round(self.reference_value, 4),
            "ratio": ratio,
            "goal": f"{'<=' if self.lower_is_better else '>='} {self.goal:g}",
            "good": self.good,
        }
        return json.dumps(shown | ({"note": self.note} if self.note else {}))

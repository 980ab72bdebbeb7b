"""Views of charts and exports: a picture with the table of what it shows, and what can be taken away."""

from services.insight.contract.figures import PeriodView
from services.kit.fields import View


class TableView(View):
    """What a chart shows, in the order in which it is drawn; cells are written for the reader's language, null where nothing is known."""

    columns: list[str]
    rows: list[list[str | int | float | None]]


class ChartView(View):
    """One picture: `svg` is complete and runs no script; `description` says in words what it shows."""

    key: str
    definitions: list[str]
    """What is drawn: ids of definitions."""
    language: str
    """What it is written in: one of the ten languages (BCP 47)."""
    direction: str
    """ltr or rtl: the way to lay out the table."""
    title: str
    description: str
    svg: str
    table: TableView
    period: PeriodView
    filters: dict[str, str]


class ExportColumnView(View):
    """One column of an export; kind is text, whole, number, moment or yes_no."""

    name: str
    kind: str


class ExportView(View):
    """A set of data that can be taken away."""

    key: str
    meaning: str
    columns: list[ExportColumnView]

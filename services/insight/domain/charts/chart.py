"""A picture and the table of everything that is in it."""

from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a chart, in the order in which they are drawn; names of columns are for reading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture: `svg` is complete by itself; `description` says in words what it shows."""

    title: str
    description: str
    svg: str
    table: Table

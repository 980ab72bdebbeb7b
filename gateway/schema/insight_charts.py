"""Pictures with the tables of what they show."""

import strawberry
from strawberry.scalars import JSON

from gateway.schema.insight import Period

said = strawberry.field


@strawberry.type(description="What a chart shows, in the order in which it is drawn.")
class ChartTable:
    """A data table."""

    columns: list[str] = said(description="Names of the columns.")
    rows: JSON = said(description="Rows of cells, written for the reader's language.")


@strawberry.type(description="A picture with the table of what it shows.")
class Chart:
    """A chart."""

    key: str = said(description="Which chart.")
    definitions: list[str] = said(description="What is drawn: ids of definitions.")
    language: str = said(description="What it is written in.")
    direction: str = said(description="ltr or rtl: the way to lay out the table.")
    title: str = said(description="Its title.")
    description: str = said(description="What it shows, in words.")
    svg: str = said(description="The whole picture; it runs no script.")
    table: ChartTable = said(description="Its data.")
    period: Period = said(description="The period.")
    filters: JSON = said(description="The slice.")

"""What can be taken away from insight: sets of data as files, and a department's statement."""

from typing import Annotated
from urllib.parse import quote, urlencode

import strawberry

from gateway.context import Info, at
from gateway.schema.asking import or_none
from gateway.schema.insight_queries import SCOPE, Slice, query_of
from gateway.schema.nested import nested
from gateway.schema.relay import computed
from services.kit.errors import InvalidInput

said = strawberry.field
FORMATS = ("csv", "json", "parquet")
Key = Annotated[str, strawberry.argument(description="Which set of data: `insightExports` names them.")]
Format = Annotated[str, strawberry.argument(description="csv, json or parquet.")]
Department = Annotated[str, strawberry.argument(description="The department's key.")]


@strawberry.type(description="One column of a set of data.")
class ExportColumn:
    """A column."""

    name: str = said(description="Its name.")
    kind: str = said(description="text, whole, number, moment or yes_no.")


@strawberry.type(description="A set of data without names and free text.")
class InsightExport:
    """What can be taken away."""

    key: str = said(description="Its key.")
    meaning: str = said(description="What is in it.")
    columns: list[ExportColumn] = said(description="Its columns, in order.")


@strawberry.type(description="Where a file can be fetched from: a link without a secret, whoever follows it needs a key of their own.")
class InsightFile:
    """A link to a file."""

    path: str = said(description="The path at this gateway: GET it with your key.")
    format: str = said(description="csv, json or parquet.")


def _file(path: str, slice: Slice, format: str | None = None) -> InsightFile:
    named = {name: value for name, value in query_of(slice).items() if value is not None}
    asked = {**named, **({} if format is None else {"format": format})}
    return InsightFile(path=f"/insight/v1/{path}" + (f"?{urlencode(asked)}" if asked else ""), format=format or "csv")


@strawberry.type(description="What can be taken away from insight.")
class InsightExportQuery:
    """A part of the root of all questions."""

    @computed("The sets of data that can be taken away, with their columns.", scope=SCOPE)
    async def insight_exports(self, info: Info) -> list[InsightExport] | None:
        """Ask insight."""
        context = at(info)
        return [nested(InsightExport, one) for one in await context.clients.insight.exports(context.caller)]

    @computed("Where a set of data of a slice can be fetched from; null for one that nobody knows. The slice is checked now.", scope=SCOPE)
    async def insight_export(self, info: Info, key: Key, format: Format = "csv", slice: Slice = None) -> InsightFile | None:
        """Ask insight for one figure of the slice, so that a wrong one is refused here and not when somebody follows the link."""
        context = at(info)
        if format not in FORMATS:
            raise InvalidInput(f"A file is one of {', '.join(FORMATS)}.", pointer="/format")
        if key not in {one.key for one in await context.clients.insight.exports(context.caller)}:
            return None
        await context.clients.insight.metric(context.caller, "csat", query_of(slice, non_response="false"))
        return _file(f"exports/{key}", slice, format)

    @computed("Where a department's whole statement can be fetched from as CSV; null for a department that nobody knows.", scope=SCOPE)
    async def statement_export(self, info: Info, department: Department, slice: Slice = None) -> InsightFile | None:
        """Ask insight for one line, so that a wrong slice is refused here."""
        context = at(info)
        if slice is not None and slice.department is not None:
            raise InvalidInput("A statement is of one department: leave it out of the slice.", pointer="/slice/department")
        found = await or_none(context.clients.insight.statement(context.caller, department, {**query_of(slice), "limit": 1}))
        return None if found is None else _file(f"departments/{quote(department, safe='')}/statement.csv", slice)

"""What an operation selects below a field: so that only services whose parts are wanted are asked, and only what is wanted is read of them.

A plan's step knows it beforehand (`StepInfo`). Where graphql-core runs the field it is read from the document, anew for every run.
"""

from functools import cached_property
from typing import Any

from graphql import GraphQLResolveInfo, get_argument_values
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from strawberry.types.arguments import convert_arguments

from gateway.execution.plan import Fields, Needs, needs_of, plain_needs
from gateway.execution.play import StepInfo
from gateway.execution.scopes import NONE
from gateway.execution.shape import Details, python_field


def selection(info: Any, kind: str) -> "StepInfo | Selection":
    """Return what the running field selects of its value, an object of this type of the schema."""
    planned = isinstance(info, StepInfo)
    if planned and info.below:  # a step that may be of several types knows nothing of any
        found: StepInfo = info
        return found
    return Selection(info.raw if planned else info._raw_info, kind)  # noqa: SLF001  strawberry offers it only in a form that costs ten times as much


class Selection:
    """The selection of a field, read as graphql-core reads it; it answers what a step answers."""

    def __init__(self, raw: "GraphQLResolveInfo[Any]", kind: str) -> None:
        self._raw = raw
        self._owner: Any = raw.schema.type_map[kind]
        self.memo: dict[str, Any] = {}
        self.granted: frozenset[str] = NONE

    @property
    def below(self) -> frozenset[str]:
        """Names of the fields selected directly below."""
        return frozenset(details[0].node.name.value for details in self._fields.values())

    def own_needs(self) -> Needs | None:
        """Return what is read of the value itself, apart from fields that have resolvers."""
        return plain_needs(self._owner, self._fields, self._collect)

    def needs_below(self) -> dict[str, Needs | None]:
        """Return what is read of the values of the fields directly below, by their names; those that occur twice are left out."""
        once = {name: found[0] for name in self.below if len(found := self._named(name)) == 1 and name in self._owner.fields}
        return {name: needs_of(self._owner.fields[name].type, details, self._collect) for name, details in once.items()}

    def arguments_below(self, name: str) -> dict[str, Any] | None:
        """Return the arguments of the one field of this name directly below; None when there is not exactly one."""
        found = self._named(name)
        if len(found) != 1:
            return None
        python, schema = python_field(self._owner, name), self._raw.schema._strawberry_schema.schema_converter  # type: ignore[attr-defined]  # noqa: SLF001  as in plan.py
        given = get_argument_values(self._owner.fields[name], found[0][0].node, self._raw.variable_values, None, True)
        return dict(convert_arguments(given, python.arguments, schema.scalar_registry, schema.config))

    @cached_property
    def _fields(self) -> Fields:
        return self._collect(self._owner, [FieldDetails(node, None) for node in self._raw.field_nodes])

    def _named(self, name: str) -> list[Details]:
        return [details for details in self._fields.values() if details[0].node.name.value == name]

    def _collect(self, owner: Any, details: Details) -> Fields:
        raw = self._raw
        fragments = {name: FragmentDetails(node) for name, node in raw.fragments.items()}
        found: Fields = collect_subfields(raw.schema, fragments, raw.variable_values, raw.operation, owner, list(details)).grouped_field_set
        return found

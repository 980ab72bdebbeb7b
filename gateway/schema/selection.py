"""What an operation selects below a field, fragments and conditions read: so that only services whose parts are wanted are asked."""

from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, FragmentSpreadNode, GraphQLResolveInfo, InlineFragmentNode, SelectionSetNode, VariableNode

from gateway.execution.plan import Needs
from gateway.execution.play import StepInfo


def selected(info: Any) -> frozenset[str]:
    """Return the names of the fields that are selected directly below the running field: its plan knows them, graphql-core has to be read."""
    if isinstance(info, StepInfo):
        return info.below
    raw: GraphQLResolveInfo[Any] = info._raw_info  # noqa: SLF001  strawberry offers the selection only in a form that costs ten times as much
    found: set[str] = set()
    for node in raw.field_nodes:
        found.update(_names(node.selection_set, raw))
    return frozenset(found)


def arguments_below(info: Any, name: str) -> dict[str, Any] | None:
    """Return the arguments of the one field of this name that is selected directly below; None without a plan, or when there are several."""
    return info.arguments_below(name) if isinstance(info, StepInfo) else None


def needs_below(info: Any) -> dict[str, Needs | None]:
    """Return what is read of the values of the fields directly below, by their names, as far as the plan knows; empty without a plan."""
    return info.needs_below() if isinstance(info, StepInfo) else {}


def memo(info: Any) -> dict[str, Any]:
    """Return where to put what holds for every run of this field at this place of this document."""
    return info.memo if isinstance(info, StepInfo) else {}


def _names(node: SelectionSetNode | None, raw: GraphQLResolveInfo[Any]) -> Iterator[str]:
    for part in node.selections if node is not None else ():
        if not _kept(part, raw):
            continue
        if isinstance(part, FieldNode):
            yield part.name.value
        elif isinstance(part, InlineFragmentNode):
            yield from _names(part.selection_set, raw)
        elif isinstance(part, FragmentSpreadNode):
            fragment: Any = raw.fragments[part.name.value]
            yield from _names(getattr(fragment, "definition", fragment).selection_set, raw)


def _kept(part: Any, raw: GraphQLResolveInfo[Any]) -> bool:
    for directive in part.directives or ():
        if directive.name.value in {"skip", "include"} and directive.arguments:
            value = directive.arguments[0].value
            given: Any = raw.variable_values
            on = getattr(given, "coerced", given).get(value.name.value) if isinstance(value, VariableNode) else value.value
            if bool(on) is (directive.name.value == "skip"):
                return False
    return True

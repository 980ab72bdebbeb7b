"""Documents, prepared once: parsed, measured, validated, planned, and remembered by their text."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
    visit,
)

from gateway.execution.plan import Plan, make_plan
from gateway.execution.problems import RequestRefused
from gateway.execution.scopes import NONE, scopes_of
from gateway.execution.variables import VariableReader, Variables
from gateway.limits.cost import CostCount, PageSizeRefused, TooDear
from gateway.limits.shape import SOURCE_BYTES, TOKENS, TooBig, judge_shape

REMEMBERED = 512
MOST_ERRORS = 5
MOST_PLANS = 32
MOST_COSTS = 256
RULES = tuple(specified_rules)
CLOSED_RULES = (*RULES, NoSchemaIntrospectionCustomRule)
"""Built once: a rule made per request would make every request a new one to the cache."""


class Operation:
    """One operation of a valid document, and what was worked out about it so far."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) -> None:
        self.node = node
        self.name = node.name.value if node.name is not None else None
        self.kind = node.operation.value
        """query, mutation or subscription."""
        self._schema = schema
        self._document = document
        self.reader = VariableReader(schema, node)
        self.scopes = scopes_of(schema, document, node)
        """What its fields want: who holds all of it needs no judging while it runs."""
        self._conditions, self._sizes = _variables_of(document)
        self._plans: dict[tuple[Any, ...], Plan | None] = {}
        self._costs: dict[tuple[Any, ...], int] = {}

    def plan(self, variables: Variables, *, granted: bool = False) -> Plan | None:
        """Return the plan for the values of @skip and @include; None when graphql-core must run it.

        `granted`: for callers who hold all `scopes`; else every field judges its own.
        """
        key = (granted, *[variables.coerced.get(name) for name in self._conditions])
        if key not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[key] = make_plan(self._schema, self._document, self.node, variables.raw, self.scopes if granted else NONE)
        return self._plans[key]

    def cost(self, variables: Mapping[str, Any]) -> int:
        """Return what the operation may cost with these page sizes; raises RequestRefused."""
        key = tuple([value if (value := variables.get(name)).__class__ is int else None for name in self._sizes])
        known = self._costs.get(key)
        if known is not None and None not in key:
            return known
        cost = self._counted(variables)
        if len(self._costs) >= MOST_COSTS:
            self._costs.clear()
        self._costs[key] = cost
        return cost

    def _counted(self, variables: Mapping[str, Any]) -> int:
        defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in self.node.variable_definitions or ()
            if node.default_value is not None
        }
        try:
            return CostCount(self._schema, self._document, {**defaults, **variables}).operation(self.node)
        except PageSizeRefused as refused:
            raise RequestRefused("BAD_USER_INPUT", message=str(refused)) from None
        except TooDear as refused:
            raise RequestRefused("MAX_COST_EXCEEDED", message=str(refused)) from None


class Prepared:
    """A valid document."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.document = document
        self._schema = schema
        self._operations: dict[str | None, Operation] = {}

    def operation(self, name: str | None) -> Operation:
        """Return the operation to run; raises RequestRefused when the name does not choose exactly one."""
        known = self._operations.get(name)
        if known is not None:
            return known
        found = get_operation_ast(self.document, name)
        if found is None:
            raise RequestRefused("BAD_USER_INPUT", message="`operationName` must name one of the document's operations.")
        self._operations[name] = Operation(self._schema, self.document, found)
        return self._operations[name]


class Documents:
    """Prepares documents against one schema."""

    def __init__(self, schema: GraphQLSchema, *, suggestions: bool) -> None:
        self.schema = schema
        self._suggestions = suggestions
        self._known: OrderedDict[tuple[str, bool], Prepared] = OrderedDict()

    def prepare(self, source: str, *, reads_schema: bool) -> Prepared:
        """Return the document ready to run; raises RequestRefused."""
        known = self._known.get((source, reads_schema))
        if known is not None:
            self._known.move_to_end((source, reads_schema))
            return known
        prepared = Prepared(self.schema, self._parse(source, reads_schema=reads_schema))
        self._known[source, reads_schema] = prepared
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return prepared

    def _parse(self, source: str, *, reads_schema: bool) -> DocumentNode:
        if len(source.encode("utf-8", "surrogatepass")) > SOURCE_BYTES:
            raise RequestRefused("DOCUMENT_TOO_LARGE", message=f"The document is longer than {SOURCE_BYTES} bytes.")
        try:
            document = parse(source, max_tokens=TOKENS, allow_empty_selection_sets=False)
            judge_shape(document)
        except GraphQLSyntaxError as error:
            raise RequestRefused("GRAPHQL_PARSE_FAILED", error) from None
        except (TooBig, RecursionError) as error:
            message = str(error) if isinstance(error, TooBig) else "The document nests too deep."
            raise RequestRefused("GRAPHQL_VALIDATION_FAILED", message=message) from None
        errors = validate(self.schema, document, RULES if reads_schema else CLOSED_RULES, MOST_ERRORS, hide_suggestions=not self._suggestions)
        if errors:
            raise RequestRefused("GRAPHQL_VALIDATION_FAILED", *errors)
        return document


def _variables_of(document: DocumentNode) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the variables that decide what is selected, and those that decide how much: of these alone plan and cost depend."""
    seen = _VariablesSeen()
    visit(document, seen)
    return tuple(sorted(seen.conditions)), tuple(sorted(seen.sizes))


class _VariablesSeen(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.conditions: set[str] = set()
        self.sizes: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.conditions.update(part.value.name.value for part in node.arguments or () if isinstance(part.value, VariableNode))

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.sizes.update(
            part.value.name.value for part in node.arguments or () if isinstance(part.value, VariableNode) and part.name.value == "first"
        )

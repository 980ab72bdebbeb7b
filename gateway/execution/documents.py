"""Documents, prepared once: parsed, measured and validated, then remembered by their text."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)

from gateway.execution.problems import RequestRefused
from gateway.limits.cost import CostCount, PageSizeRefused, TooDear
from gateway.limits.shape import SOURCE_BYTES, TOKENS, TooBig, judge_shape

REMEMBERED = 512
MOST_ERRORS = 5
RULES = tuple(specified_rules)
CLOSED_RULES = (*RULES, NoSchemaIntrospectionCustomRule)
"""Built once: a rule made per request would make every request a new one to the cache."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid document."""

    document: DocumentNode

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation to run; raises RequestRefused when the name does not choose exactly one."""
        found = get_operation_ast(self.document, name)
        if found is None:
            raise RequestRefused("BAD_USER_INPUT", message="`operationName` must name one of the document's operations.")
        return found


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
        prepared = Prepared(self._parse(source, reads_schema=reads_schema))
        self._known[source, reads_schema] = prepared
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return prepared

    def cost(self, prepared: Prepared, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """Return what the operation may cost with these variables; raises RequestRefused."""
        defaults = {
            node.variable.name.value: value_from_ast_untyped(node.default_value)
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        try:
            return CostCount(self.schema, prepared.document, {**defaults, **variables}).operation(operation)
        except PageSizeRefused as refused:
            raise RequestRefused("BAD_USER_INPUT", message=str(refused)) from None
        except TooDear as refused:
            raise RequestRefused("MAX_COST_EXCEEDED", message=str(refused)) from None

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


def is_subscription(operation: OperationDefinitionNode) -> bool:
    """Tell whether the operation is a stream."""
    return operation.operation == OperationType.SUBSCRIPTION

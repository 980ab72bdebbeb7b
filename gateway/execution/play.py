"""Playing a plan: call the steps, put their values into shape, and leave whatever is not plain to graphql-core."""

from collections.abc import Awaitable, Sequence
from types import CoroutineType
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import Executor
from graphql.pyutils import Path, gather_with_cancel
from strawberry.types.info import Info

from gateway.execution.plan import Needs, Plan, Step
from gateway.execution.shape import python_field
from gateway.execution.variables import Variables

Waiting = tuple[Any, Any, bool]
"""A step, what to await, and whether that is complete already or a resolver's bare value."""


class StepInfo:
    """What a resolver is told: as strawberry's Info, which it becomes as soon as more than the context is asked for."""

    __slots__ = ("_above", "_play", "_real", "_step", "context")

    def __init__(self, play: "Play", step: Step, above: Path | None) -> None:
        self.context = play.context
        self._above = above
        self._play = play
        self._step = step
        self._real: Info | None = None

    @property
    def place(self) -> Path:
        """Return where in the answer it runs."""
        return _place(self._above, self._step)

    @property
    def below(self) -> frozenset[str]:
        """Names of the fields selected directly below."""
        return self._step.below

    @property
    def memo(self) -> dict[str, Any]:
        """What the resolver worked out about this place of the plan in earlier runs."""
        return self._step.memo

    @property
    def granted(self) -> frozenset[str]:
        """Scopes that the caller was found to hold before the plan was chosen."""
        return self._play.granted

    def own_needs(self) -> Needs | None:
        """Return what is read of the step's own value, apart from the steps below."""
        return self._step.needs if self._step.frame is None else self._step.frame.needs

    def needs_below(self) -> dict[str, Needs | None]:
        """Return what is read of the values of the steps directly below, by the names of their fields; those that occur twice are left out."""
        frame = self._step.frame
        return {} if frame is None else {name: step.needs for name, step in frame.alone.items()}

    def arguments_below(self, name: str) -> dict[str, Any] | None:
        """Return the arguments of the one step of this name directly below; None when there is not exactly one."""
        frame = self._step.frame
        step = frame.alone.get(name) if frame is not None else None
        return None if step is None else step.bound(self._play.variables)

    @property
    def raw(self) -> Any:
        """Return graphql-core's own info."""
        step = self._step
        return self._play.core.build_resolve_info(step.field, [part.node for part in step.details], step.parent, _place(self._above, step))

    def __getattr__(self, name: str) -> Any:
        if self._real is None:
            step = self._step
            self._real = Info(_raw_info=self.raw, _field=python_field(step.parent, step.details[0].node.name.value))
        return getattr(self._real, name)


class Play:
    """One run of one plan."""

    def __init__(self, plan: Plan, schema: GraphQLSchema, document: DocumentNode, name: str | None, context: object, variables: Variables) -> None:
        self.context = context
        self._plan = plan
        self.granted = plan.granted
        self._schema = schema
        self._document = document
        self._name = name
        self.variables = variables
        self._core: Executor[Any] | None = None

    @property
    def core(self) -> "Executor[Any]":
        """Return the reference for this operation, built when the first thing is not plain."""
        if self._core is None:
            built = Executor.build(
                self._schema,
                self._document,
                context_value=self.context,
                raw_variable_values=dict(self.variables.raw),
                operation_name=self._name,
                hide_suggestions=True,
            )
            if isinstance(built, list):  # the variables were coerced before: this cannot be
                raise built[0]
            self._core = built
        return self._core

    async def run(self) -> ExecutionResult:
        """Run to the end; never raises for what a resolver does."""
        out = dict(self._plan.skeleton)
        data: dict[str, Any] | None = out
        try:
            if self._plan.serial:
                for step in self._plan.steps:
                    await self._all((step,), out)
            else:
                await self._all(self._plan.steps, out)
        except GraphQLError as error:  # a null rose to the very top
            self.core.collected_errors.add(error, None)
            data = None
        errors = self._core.collected_errors.errors if self._core is not None else None
        return ExecutionResult(data, errors or None)

    async def _all(self, steps: Sequence[Step], data: dict[str, Any]) -> None:
        rest = self._steps(steps, None, data, None)
        if rest is not None:
            await rest

    def _steps(self, steps: Sequence[Step], source: Any, out: Any, above: Path | None) -> Awaitable[None] | None:
        """Fill in every step's place, or return what fills in the rest. Raises GraphQLError when a null may not stay where it is."""
        waiting: list[Waiting] = []
        variables = self.variables
        try:
            for step in steps:
                short = step.short
                if short is not None:
                    try:
                        out[step.key] = short(source, variables)
                    except Exception:  # noqa: BLE001, S110  not plain: the resolver knows what it is
                        pass
                    else:
                        continue
                try:
                    value = step.resolve(source, StepInfo(self, step, above) if step.informed else None, variables)
                    if not hasattr(value.__class__, "__await__"):
                        value = self._complete(step, above, value)
                        if value.__class__ is not CoroutineType:
                            out[step.key] = value
                            continue
                        waiting.append((step, value, True))
                    else:
                        waiting.append((step, value, False))
                except Exception as error:  # noqa: BLE001  whatever a resolver raises becomes the field's error
                    self._failed(error, step, above)
                    out[step.key] = None
        except GraphQLError:  # its parent is null; what began runs to its end, as in graphql-core
            self.core.settle_in_background([self._finish(*one, above, out) for one in waiting])
            raise
        if not waiting:
            return None
        return self._finish(*waiting[0], above, out) if len(waiting) == 1 else self._together(waiting, above, out)

    async def _together(self, waiting: list[Waiting], above: Path | None, out: Any) -> None:
        """Finish all at once, by the function that graphql-core uses: while it ends what a rising null leaves over, errors elsewhere are noted."""
        await gather_with_cancel(*(self._finish(*one, above, out) for one in waiting))

    async def _finish(self, step: Step, value: Any, completed: bool, above: Path | None, out: Any) -> None:
        try:
            found = await value
            if not completed:
                found = self._complete(step, above, found)
                if found.__class__ is CoroutineType:
                    found = await found
            out[step.key] = found
        except Exception as error:  # noqa: BLE001  see _steps
            self._failed(error, step, above)
            out[step.key] = None

    def _complete(self, step: Step, above: Path | None, value: Any) -> Any:
        """Return the value as the answer has it, or a coroutine of it; raises what makes it null."""
        frame = step.frame
        try:
            if step.shape is not None:
                return step.shape(value)
            framed = frame.shape(value) if frame is not None else None
        except Exception:  # noqa: BLE001  not plain: the reference decides what it is
            framed = None
        place = _place(above, step)
        if framed is not None and frame is not None:
            rest = self._steps(frame.steps, value, framed, place)
            return framed if rest is None else _then(rest, framed)
        info = StepInfo(self, step, above).raw
        return self.core.complete_value(step.field.type, list(step.details), info, place, value, None)

    def _failed(self, error: Exception, step: Step, above: Path | None) -> None:
        """Note the error and leave null, or raise it on when the field may not be null."""
        self.core.handle_field_error(error, step.field.type, list(step.details), _place(above, step))


def _place(above: Path | None, step: Step) -> Path:
    return Path(above, step.key, step.parent.name)


async def _then(rest: Awaitable[None], framed: Any) -> Any:
    await rest
    return framed

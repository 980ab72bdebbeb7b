"""Playing a plan: call the steps, put their values into shape, and leave whatever is not plain to graphql-core."""

import asyncio
from collections.abc import Sequence
from inspect import isawaitable
from types import CoroutineType
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema
from graphql.execution import Executor
from graphql.pyutils import Path
from strawberry.types.info import Info

from gateway.execution.plan import Plan, Step
from gateway.execution.shape import python_field
from gateway.execution.variables import Variables

Waiting = tuple[Step, Path, Any]


class StepInfo:
    """What a resolver is told: as strawberry's Info, which it becomes as soon as more than the context is asked for."""

    __slots__ = ("_play", "_real", "_step", "context", "place")

    def __init__(self, play: "Play", step: Step, place: Path) -> None:
        self.context = play.context
        self.place = place
        self._play = play
        self._step = step
        self._real: Info | None = None

    @property
    def below(self) -> frozenset[str]:
        """Names of the fields selected directly below."""
        return self._step.below

    @property
    def raw(self) -> Any:
        """Return graphql-core's own info."""
        step = self._step
        return self._play.core.build_resolve_info(step.field, [part.node for part in step.details], step.parent, self.place)

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
        self._schema = schema
        self._document = document
        self._name = name
        self._variables = variables
        self._core: Executor | None = None

    @property
    def core(self) -> Executor:
        """Return the reference for this operation, built when the first thing is not plain."""
        if self._core is None:
            built = Executor.build(
                self._schema,
                self._document,
                context_value=self.context,
                raw_variable_values=dict(self._variables.raw),
                operation_name=self._name,
                hide_suggestions=True,
            )
            if isinstance(built, list):  # the variables were coerced before: this cannot be
                raise built[0]
            self._core = built
        return self._core

    async def run(self) -> ExecutionResult:
        """Run to the end; never raises for what a resolver does."""
        data: dict[str, Any] | None = dict(self._plan.skeleton)
        try:
            if self._plan.serial:
                for step in self._plan.steps:
                    await self._steps((step,), None, data, None)
            else:
                await self._steps(self._plan.steps, None, data, None)
        except GraphQLError as error:  # a null rose to the very top
            self.core.collected_errors.add(error, None)
            data = None
        errors = self._core.collected_errors.errors if self._core is not None else None
        return ExecutionResult(data, errors or None)

    async def _steps(self, steps: Sequence[Step], source: Any, out: Any, above: Path | None) -> None:
        """Fill in every step's place. Raises GraphQLError when a null may not stay where it is."""
        waiting: list[Waiting] = []
        try:
            for step in steps:
                place = Path(above, step.key, step.parent.name)
                try:
                    value = step.resolve(source, StepInfo(self, step, place), self._variables)
                except Exception as error:  # noqa: BLE001  whatever a resolver raises becomes the field's error
                    out[step.key] = self._failed(error, step, place)
                    continue
                if value.__class__ is CoroutineType or isawaitable(value) or step.shape is None:
                    waiting.append((step, place, value))
                else:
                    out[step.key] = await self._completed(step, place, value)
        except GraphQLError:
            _let_go(waiting)
            raise
        if len(waiting) == 1:
            await self._finish(*waiting[0], out)
        elif waiting:
            await self._together(waiting, out)

    async def _together(self, waiting: list[Waiting], out: Any) -> None:
        """Run at the same time what starts something; what only waits is awaited in turn, in this task."""
        tasks = [asyncio.ensure_future(self._finish(*one, out)) for one in waiting if not one[0].waits]
        inline = [one for one in waiting if one[0].waits]
        try:
            while inline:
                await self._finish(*inline.pop(0), out)
            for task in tasks:
                await task
        except BaseException:
            _let_go(inline)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def _finish(self, step: Step, place: Path, value: Any, out: Any) -> None:
        try:
            found = await value if value.__class__ is CoroutineType or isawaitable(value) else value
        except Exception as error:  # noqa: BLE001  see _steps
            out[step.key] = self._failed(error, step, place)
        else:
            out[step.key] = await self._completed(step, place, found)

    async def _completed(self, step: Step, place: Path, value: Any) -> Any:
        """Return the value as the answer has it."""
        try:
            if step.shape is not None:
                return step.shape(value)
            framed = step.frame.shape(value) if step.frame is not None else None
        except Exception:  # noqa: BLE001  not plain: the reference decides what it is
            framed = None
        try:
            if framed is not None and step.frame is not None:
                await self._steps(step.frame.steps, value, framed, place)
                return framed
            info = StepInfo(self, step, place).raw
            found = self.core.complete_value(step.field.type, list(step.details), info, place, value, None)
            return await found if isawaitable(found) else found
        except Exception as error:  # noqa: BLE001  a null that may not stay, or what graphql-core found
            return self._failed(error, step, place)

    def _failed(self, error: Exception, step: Step, place: Path) -> None:
        """Note the error and leave null, or raise it on when the field may not be null."""
        self.core.handle_field_error(error, step.field.type, list(step.details), place)


def _let_go(waiting: Sequence[Waiting]) -> None:
    for _, _, value in waiting:
        if value.__class__ is CoroutineType:
            value.close()


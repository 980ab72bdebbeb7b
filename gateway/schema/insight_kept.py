"""What people keep in insight: departments with rates and budgets, and processes; asked and changed."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from gateway.context import Info, at
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import changes, computed, mapped

SCOPE = "insight:read"
GIVEN = strawberry.argument(description="What to keep.")
DepartmentKey = Annotated[str, strawberry.argument(description="The department.")]
DepartmentName = Annotated[str, strawberry.argument(description="What to call it on its statement.")]
Role = Annotated[str, strawberry.argument(description="agent, or agent. and a channel, such as agent.voice.")]
PerYear = Annotated[str, strawberry.argument(description="Decimal text, in the installation's currency.")]
ProcessKey = Annotated[str, strawberry.argument(description="The process.")]
said = strawberry.field


@strawberry.type(description="A department that causes contacts and pays for them.")
class Department:
    """A department."""

    key: str = said(description="Its key.")
    name: str = said(description="Its name.")


@strawberry.type(description="What an hour of handling costs from a moment on.")
class CostRate:
    """A rate."""

    role: str = said(description="agent, or agent. and a channel.")
    department: str | None = said(description="Who pays; null: whoever pays.")
    per_hour: str = said(description="Decimal text.")
    currency: str = said(description="ISO 4217 code.")
    valid_from: datetime = said(description="From when on; what was charged before keeps its price.")


@strawberry.type(description="What a department has for its own work in a year.")
class Budget:
    """A budget."""

    department: str = said(description="The department.")
    per_year: str = said(description="Decimal text, in the installation's currency.")


@strawberry.type(description="One step of a process as it was drawn.")
class DrawnStep:
    """A step."""

    key: str = said(description="The step's key.")
    name: str = said(description="Its name.")
    drivers: list[str] = said(description="Drivers that tell of trouble in it.")


@strawberry.type(description="A process as it was drawn; ask `process` for what happens in it.")
class DrawnProcess:
    """A process."""

    key: str = said(description="The process.")
    name: str = said(description="Its name.")
    steps: list[DrawnStep] = said(description="In the order in which a customer goes through them.")
    version: int = said(description="Grows when it is drawn anew.")


@strawberry.input(description="What an hour of handling costs.")
class SetCostRateInput:
    """See PUT /insight/v1/cost-rates/{role}."""

    per_hour: str = said(description="Decimal text.")
    currency: str = said(description="ISO 4217 code, the same for all rates.")
    department: str | None = said(default=None, description="Who pays; whoever pays when left out.")
    valid_from: datetime | None = said(default=None, description="Since always for the first rate of its kind, else now, when left out.")


@strawberry.input(description="One step of a process.")
class ProcessStepInput:
    """A step."""

    key: str = said(description="The step's key.")
    name: str = said(description="Its name.")
    drivers: list[str] | None = said(default=None, description="Drivers that tell of trouble in it; a driver belongs to one step.")


@strawberry.input(description="A process: its steps in order.")
class DrawProcessInput:
    """See PUT /insight/v1/processes/{key}."""

    name: str = said(description="Its name.")
    steps: list[ProcessStepInput] = said(description="In the order in which a customer goes through them.")


@strawberry.type(description="What people keep in insight.")
class InsightKeptQuery:
    """A part of the root of all questions; each list is short and whole."""

    @computed("All departments by key.", scope=SCOPE)
    async def departments(self, info: Info) -> list[Department] | None:
        """Ask insight."""
        context = at(info)
        return [_department(one) for one in (await context.clients.insight.departments(context.caller)).items]

    @computed("All rates, the newest of each role and department first.", scope=SCOPE)
    async def cost_rates(self, info: Info) -> list[CostRate] | None:
        """Ask insight."""
        context = at(info)
        return [_rate(one) for one in (await context.clients.insight.cost_rates(context.caller)).items]

    @computed("All processes as they are drawn.", scope=SCOPE)
    async def processes(self, info: Info) -> list[DrawnProcess] | None:
        """Ask insight."""
        context = at(info)
        return [_process(one) for one in (await context.clients.insight.processes(context.caller)).items]


@strawberry.type(description="Changes to what people keep in insight.")
class InsightKeptMutation:
    """A part of the root of all changes."""

    @changes("Name a department, or give it another name.")
    async def name_department(
        self, info: Info, key: DepartmentKey, name: DepartmentName, idempotency_key: IdempotencyKey = None
    ) -> Payload[Department]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        client = context.clients.insight
        return await performed(lambda: client.name_department(context.caller, key, {"name": name}, idempotency_key), _department)

    @changes("Set what an hour of handling costs; what was charged before keeps its price.")
    async def set_cost_rate(
        self, info: Info, role: Role, input: Annotated[SetCostRateInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[CostRate]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        return await performed(lambda: context.clients.insight.set_cost_rate(context.caller, role, body_of(input), idempotency_key), _rate)

    @changes("Say what a department has for its own work in a year; the newest holds.")
    async def set_budget(
        self, info: Info, department: DepartmentKey, per_year: PerYear, idempotency_key: IdempotencyKey = None
    ) -> Payload[Budget]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        client = context.clients.insight
        return await performed(lambda: client.set_budget(context.caller, department, {"per_year": per_year}, idempotency_key), _budget)

    @changes("Draw a process, or draw it anew: its steps, and the drivers that tell of trouble in each.")
    async def draw_process(
        self, info: Info, key: ProcessKey, input: Annotated[DrawProcessInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[DrawnProcess]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        return await performed(lambda: context.clients.insight.draw_process(context.caller, key, body_of(input), idempotency_key), _process)


def _department(view: Any) -> Department:
    return mapped(Department, view)


def _rate(view: Any) -> CostRate:
    return mapped(CostRate, view)


def _budget(view: Any) -> Budget:
    return mapped(Budget, view)


def _process(view: Any) -> DrawnProcess:
    return nested(DrawnProcess, view)

"""Asks insight for what people keep there, and tells it what to keep: departments, rates, budgets, processes, pulses, reviews."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, V, segment
from services.insight.contract import (
    BudgetView,
    CostRateView,
    DepartmentView,
    ExportView,
    ProcessDrawn,
    PulseView,
    QualityFormView,
    ReviewView,
    SampleView,
)
from services.kit.paging import Page


class InsightKept:
    """A part of the typed client of insight. Every change raises Problem when insight refuses it."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def exports(self, caller: Caller) -> list[ExportView]:
        """Return what can be taken away."""
        return [self.service.believe(ExportView, one) for one in await self.service.read(caller, "/v1/exports")]

    async def departments(self, caller: Caller) -> Page[DepartmentView]:
        """Return all departments by key."""
        return self.service.believe(Page[DepartmentView], await self.service.read(caller, "/v1/departments"))

    async def cost_rates(self, caller: Caller) -> Page[CostRateView]:
        """Return all rates."""
        return self.service.believe(Page[CostRateView], await self.service.read(caller, "/v1/cost-rates"))

    async def processes(self, caller: Caller) -> Page[ProcessDrawn]:
        """Return all processes as they are drawn."""
        return self.service.believe(Page[ProcessDrawn], await self.service.read(caller, "/v1/processes"))

    async def pulses(self, caller: Caller) -> Page[PulseView]:
        """Return all pulses."""
        return self.service.believe(Page[PulseView], await self.service.read(caller, "/v1/pulses"))

    async def quality_forms(self, caller: Caller) -> Page[QualityFormView]:
        """Return all quality forms in their newest version."""
        return self.service.believe(Page[QualityFormView], await self.service.read(caller, "/v1/quality-forms"))

    async def reviews(self, caller: Caller, form: str, query: Query) -> Page[ReviewView]:
        """Return a page of a form's reviews, newest first."""
        return self.service.believe(Page[ReviewView], await self.service.read(caller, f"/v1/quality-forms/{segment(form)}/reviews", query))

    async def sample(self, caller: Caller, form: str, query: Query) -> SampleView:
        """Return contacts drawn for review."""
        return self.service.believe(SampleView, await self.service.read(caller, f"/v1/quality-forms/{segment(form)}/sample", query))

    async def name_department(self, caller: Caller, department: str, body: dict[str, Any], key: str | None) -> DepartmentView:
        """Name a department."""
        return await self._put(DepartmentView, caller, f"/v1/departments/{segment(department)}", body, key)

    async def set_cost_rate(self, caller: Caller, role: str, body: dict[str, Any], key: str | None) -> CostRateView:
        """Set what an hour costs."""
        return await self._put(CostRateView, caller, f"/v1/cost-rates/{segment(role)}", body, key)

    async def set_budget(self, caller: Caller, department: str, body: dict[str, Any], key: str | None) -> BudgetView:
        """Set a department's budget."""
        return await self._put(BudgetView, caller, f"/v1/departments/{segment(department)}/budget", body, key)

    async def draw_process(self, caller: Caller, process: str, body: dict[str, Any], key: str | None) -> ProcessDrawn:
        """Draw a process."""
        return await self._put(ProcessDrawn, caller, f"/v1/processes/{segment(process)}", body, key)

    async def set_pulse(self, caller: Caller, pulse: str, body: dict[str, Any], key: str | None) -> PulseView:
        """Declare a pulse."""
        return await self._put(PulseView, caller, f"/v1/pulses/{segment(pulse)}", body, key)

    async def give_sheets(self, caller: Caller, pulse: str, body: dict[str, Any], key: str | None) -> None:
        """Hand in sheets without names."""
        await self.service.change(caller, "POST", f"/v1/pulses/{segment(pulse)}/sheets", body, key=key)

    async def set_form(self, caller: Caller, form: str, body: dict[str, Any], key: str | None) -> QualityFormView:
        """Say what reviewers look for."""
        return await self._put(QualityFormView, caller, f"/v1/quality-forms/{segment(form)}", body, key)

    async def review(self, caller: Caller, form: str, body: dict[str, Any], key: str | None) -> ReviewView:
        """Judge a contact."""
        path = f"/v1/quality-forms/{segment(form)}/reviews"
        return self.service.believe(ReviewView, await self.service.change(caller, "POST", path, body, key=key))

    async def _put(self, model: type[V], caller: Caller, path: str, body: dict[str, Any], key: str | None) -> V:
        return self.service.believe(model, await self.service.change(caller, "PUT", path, body, key=key))

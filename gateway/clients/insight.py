"""Asks insight: figures, drivers and initiatives."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.insight.contract import BoardEntryView, CycleHealthView, DriverView, InitiativeDetailView, InitiativeView, MetricView
from services.kit.paging import Page


class Insight:
    """The typed client of insight."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def metric(self, caller: Caller, name: str, query: Query) -> MetricView:
        """Return one figure over one slice."""
        return self.service.believe(MetricView, await self.service.read(caller, f"/v1/metrics/{segment(name)}", query))

    async def drivers(self, caller: Caller, query: Query) -> Page[DriverView]:
        """Return what drives contacts and what it costs."""
        return self.service.believe(Page[DriverView], await self.service.read(caller, "/v1/drivers", query))

    async def initiative(self, caller: Caller, initiative_id: str) -> InitiativeDetailView:
        """Return an initiative with its effect; raises Problem (not_found)."""
        return self.service.believe(InitiativeDetailView, await self.service.read(caller, f"/v1/initiatives/{segment(initiative_id)}"))

    async def initiatives(self, caller: Caller, query: Query) -> Page[InitiativeView]:
        """Return a page of initiatives."""
        return self.service.believe(Page[InitiativeView], await self.service.read(caller, "/v1/initiatives", query))

    async def board(self, caller: Caller, query: Query) -> Page[BoardEntryView]:
        """Return what customers were told."""
        return self.service.believe(Page[BoardEntryView], await self.service.read(caller, "/v1/board", query))

    async def cycle_health(self, caller: Caller, query: Query) -> CycleHealthView:
        """Return where the cycle is broken."""
        return self.service.believe(CycleHealthView, await self.service.read(caller, "/v1/cycle-health", query))

    async def plan(self, caller: Caller, body: dict[str, Any], key: str | None) -> InitiativeView:
        """Plan an initiative."""
        return self.service.believe(InitiativeView, await self.service.change(caller, "POST", "/v1/initiatives", body, key=key))

    async def move(self, caller: Caller, initiative_id: str, verb: str, body: dict[str, Any], key: str | None) -> InitiativeView:
        """Start or publish an initiative."""
        path = f"/v1/initiatives/{segment(initiative_id)}/{verb}"
        return self.service.believe(InitiativeView, await self.service.change(caller, "POST", path, body, key=key))

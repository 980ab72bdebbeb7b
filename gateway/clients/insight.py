"""Asks insight: figures, drivers and initiatives."""

from typing import Any

from gateway.clients.insight_kept import InsightKept
from gateway.clients.service import Caller, Query, segment
from services.insight.contract import (
    AdjustedFunnelView,
    AlertView,
    AvoidedView,
    BoardEntryView,
    BusinessCaseView,
    ChargeBackView,
    ChartView,
    CycleHealthView,
    DefinitionView,
    DisputeDetailView,
    DisputeSummaryView,
    DisputeView,
    DriverView,
    FunnelView,
    InitiativeDetailView,
    InitiativeView,
    KeyDriversView,
    MetricView,
    OverviewView,
    ProcessView,
    PulseReportView,
    QualityReportView,
    RepeatView,
    ResponseBiasView,
    SavingsView,
    StatementView,
    TrainingGapsView,
    TrainingNeedView,
    TrendView,
    TriangulationView,
)
from services.kit.paging import Page


class Insight(InsightKept):
    """The typed client of insight."""

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

    async def definitions(self, caller: Caller) -> list[DefinitionView]:
        """Return what every figure means."""
        return [self.service.believe(DefinitionView, one) for one in await self.service.read(caller, "/v1/metrics")]

    async def triangulation(self, caller: Caller, query: Query) -> list[TriangulationView]:
        """Return what the sources say of each driver."""
        return [self.service.believe(TriangulationView, one) for one in await self.service.read(caller, "/v1/triangulation", query)]

    async def dispute(self, caller: Caller, dispute_id: str) -> DisputeDetailView:
        """Return a dispute with its history; raises Problem (not_found)."""
        return self.service.believe(DisputeDetailView, await self.service.read(caller, f"/v1/disputes/{segment(dispute_id)}"))

    async def pulse_report(self, caller: Caller, key: str, query: Query) -> PulseReportView:
        """Return a week of a pulse; raises Problem (not_found)."""
        return self.service.believe(PulseReportView, await self.service.read(caller, f"/v1/pulses/{segment(key)}/report", query))

    async def raise_dispute(self, caller: Caller, department: str, body: dict[str, Any], key: str | None) -> DisputeView:
        """Dispute a contact on a department's statement; raises Problem."""
        path = f"/v1/departments/{segment(department)}/disputes"
        return self.service.believe(DisputeView, await self.service.change(caller, "POST", path, body, key=key))

    async def decide_dispute(self, caller: Caller, dispute_id: str, body: dict[str, Any], key: str | None) -> DisputeView:
        """Decide a dispute; raises Problem."""
        path = f"/v1/disputes/{segment(dispute_id)}/decision"
        return self.service.believe(DisputeView, await self.service.change(caller, "POST", path, body, key=key))

    async def overview(self, caller: Caller, query: Query) -> OverviewView:
        """Return the overview of a slice."""
        return self.service.believe(OverviewView, await self.service.read(caller, "/v1/overview", query))

    async def key_drivers(self, caller: Caller, query: Query) -> KeyDriversView:
        """Return what moves satisfaction."""
        return self.service.believe(KeyDriversView, await self.service.read(caller, "/v1/key-drivers", query))

    async def repeats(self, caller: Caller, query: Query) -> RepeatView:
        """Return who comes back."""
        return self.service.believe(RepeatView, await self.service.read(caller, "/v1/repeats", query))

    async def response_bias(self, caller: Caller, query: Query) -> ResponseBiasView:
        """Return who answered."""
        return self.service.believe(ResponseBiasView, await self.service.read(caller, "/v1/response-bias", query))

    async def charge_back(self, caller: Caller, query: Query) -> ChargeBackView:
        """Return what every department is charged."""
        return self.service.believe(ChargeBackView, await self.service.read(caller, "/v1/charge-back", query))

    async def disputes(self, caller: Caller, query: Query) -> Page[DisputeView]:
        """Return a page of disputes."""
        return self.service.believe(Page[DisputeView], await self.service.read(caller, "/v1/disputes", query))

    async def dispute_summary(self, caller: Caller, query: Query) -> DisputeSummaryView:
        """Return what departments disputed."""
        return self.service.believe(DisputeSummaryView, await self.service.read(caller, "/v1/dispute-summary", query))

    async def alerts(self, caller: Caller, query: Query) -> Page[AlertView]:
        """Return a page of alerts, newest first."""
        return self.service.believe(Page[AlertView], await self.service.read(caller, "/v1/alerts", query))

    async def acknowledge(self, caller: Caller, alert_id: str, body: dict[str, Any], key: str | None) -> AlertView:
        """Say who looks after an alert; raises Problem."""
        path = f"/v1/alerts/{segment(alert_id)}/acknowledgement"
        return self.service.believe(AlertView, await self.service.change(caller, "POST", path, body, key=key))

    async def business_case(self, caller: Caller, query: Query) -> BusinessCaseView:
        """Return what saved minutes are worth."""
        return self.service.believe(BusinessCaseView, await self.service.read(caller, "/v1/business-case", query))

    async def contacts_avoided(self, caller: Caller, query: Query) -> AvoidedView:
        """Return what a gain in resolution avoids."""
        return self.service.believe(AvoidedView, await self.service.read(caller, "/v1/contacts-avoided", query))

    async def training_needs(self, caller: Caller, query: Query) -> Page[TrainingNeedView]:
        """Return what teams should learn."""
        return self.service.believe(Page[TrainingNeedView], await self.service.read(caller, "/v1/training-needs", query))

    async def training_gaps(self, caller: Caller, query: Query) -> TrainingGapsView:
        """Return how far teams are from all others."""
        return self.service.believe(TrainingGapsView, await self.service.read(caller, "/v1/training-gaps", query))

    async def places(self, caller: Caller, metric: str, query: Query) -> FunnelView:
        """Return places in a funnel; raises Problem (not_found)."""
        return self.service.believe(FunnelView, await self.service.read(caller, f"/v1/metrics/{segment(metric)}/places", query))

    async def adjusted_places(self, caller: Caller, metric: str, query: Query) -> AdjustedFunnelView:
        """Return places as if all had the same work; raises Problem (not_found, forbidden)."""
        return self.service.believe(AdjustedFunnelView, await self.service.read(caller, f"/v1/metrics/{segment(metric)}/adjusted-places", query))

    async def trend(self, caller: Caller, metric: str, query: Query) -> TrendView:
        """Return a daily series and its change; raises Problem (not_found)."""
        return self.service.believe(TrendView, await self.service.read(caller, f"/v1/metrics/{segment(metric)}/trend", query))

    async def chart(self, caller: Caller, name: str, query: Query) -> ChartView:
        """Return a chart; raises Problem (not_found)."""
        return self.service.believe(ChartView, await self.service.read(caller, f"/v1/charts/{segment(name)}", query))

    async def process_chart(self, caller: Caller, key: str, query: Query) -> ChartView:
        """Return a process drawn; raises Problem (not_found)."""
        return self.service.believe(ChartView, await self.service.read(caller, f"/v1/processes/{segment(key)}/chart", query))

    async def statement(self, caller: Caller, department: str, query: Query) -> StatementView:
        """Return a department's statement; raises Problem (not_found)."""
        return self.service.believe(StatementView, await self.service.read(caller, f"/v1/departments/{segment(department)}/statement", query))

    async def savings(self, caller: Caller, initiative_id: str, query: Query) -> SavingsView:
        """Return what an initiative saved; raises Problem (not_found)."""
        return self.service.believe(SavingsView, await self.service.read(caller, f"/v1/initiatives/{segment(initiative_id)}/savings", query))

    async def process(self, caller: Caller, key: str, query: Query) -> ProcessView:
        """Return a process; raises Problem (not_found)."""
        return self.service.believe(ProcessView, await self.service.read(caller, f"/v1/processes/{segment(key)}", query))

    async def quality_report(self, caller: Caller, form: str, query: Query) -> QualityReportView:
        """Return what reviews found; raises Problem (not_found)."""
        return self.service.believe(QualityReportView, await self.service.read(caller, f"/v1/quality-forms/{segment(form)}/report", query))

"""Asks survey: decisions, invitations and answers."""

from typing import Any
from uuid import UUID

from gateway.clients.service import Caller, Query, Service, segment
from services.kit.paging import Page
from services.survey.contract import DecisionView, InvitationView, ResponseView
from services.survey.contract.asking import LintView, SendAttemptView
from services.survey.contract.programmes import DifferenceView, ProgrammeView
from services.survey.contract.sampling import EstimateView, LotAuditView, SimulationView, SkippingAgentView, WishView
from services.survey.contract.telling import TellingView


class Survey:
    """The typed client of survey."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def decision(self, caller: Caller, decision_id: str) -> DecisionView:
        """Return a decision with every rule; raises Problem (not_found)."""
        return self.service.believe(DecisionView, await self.service.read(caller, f"/v1/decisions/{segment(decision_id)}"))

    async def decisions(self, caller: Caller, query: Query) -> Page[DecisionView]:
        """Return a page of decisions."""
        return self.service.believe(Page[DecisionView], await self.service.read(caller, "/v1/decisions", query))

    async def invitations(self, caller: Caller, query: Query) -> Page[InvitationView]:
        """Return a page of invitations."""
        return self.service.believe(Page[InvitationView], await self.service.read(caller, "/v1/invitations", query))

    async def responses(self, caller: Caller, query: Query) -> Page[ResponseView]:
        """Return a page of answer sheets."""
        return self.service.believe(Page[ResponseView], await self.service.read(caller, "/v1/responses", query))

    async def attempts(self, caller: Caller, invitation_id: str) -> list[SendAttemptView]:
        """Return the messages of an invitation; raises Problem (not_found)."""
        found = await self.service.read(caller, f"/v1/invitations/{segment(invitation_id)}/attempts")
        return [self.service.believe(SendAttemptView, one) for one in found]

    async def tellings(self, caller: Caller, query: Query) -> Page[TellingView]:
        """Return a page of tellings."""
        return self.service.believe(Page[TellingView], await self.service.read(caller, "/v1/tellings", query))

    async def telling_attempts(self, caller: Caller, telling_id: str) -> list[SendAttemptView]:
        """Return the messages of a telling; raises Problem (not_found)."""
        found = await self.service.read(caller, f"/v1/tellings/{segment(telling_id)}/attempts")
        return [self.service.believe(SendAttemptView, one) for one in found]

    async def check(self, caller: Caller, key: str) -> LintView:
        """Return what is wrong with a survey; raises Problem (not_found)."""
        return self.service.believe(LintView, await self.service.read(caller, f"/v1/surveys/{segment(key)}/check"))

    async def record(self, caller: Caller, body: Any, idempotency_key: str | None) -> ResponseView:
        """Record an answer; raises Problem."""
        return self.service.believe(ResponseView, await self.service.change(caller, "POST", "/v1/responses", body, key=idempotency_key))

    async def programmes(self, caller: Caller, query: Query) -> Page[ProgrammeView]:
        """Return a page of programmes in force."""
        return self.service.believe(Page[ProgrammeView], await self.service.read(caller, "/v1/programmes", query))

    async def programme_versions(self, caller: Caller, key: str, query: Query) -> Page[ProgrammeView]:
        """Return a page of the versions of a programme."""
        return self.service.believe(Page[ProgrammeView], await self.service.read(caller, f"/v1/programmes/{segment(key)}/versions", query))

    async def differences(self, caller: Caller, key: str, before: int, after: int) -> list[DifferenceView]:
        """Return what changed between two versions; raises Problem (not_found)."""
        query: Query = {"before": str(before), "after": str(after)}
        found = await self.service.read(caller, f"/v1/programmes/{segment(key)}/differences", query)
        return [self.service.believe(DifferenceView, each) for each in found]

    async def simulation(self, caller: Caller, simulation_id: UUID) -> SimulationView:
        """Return a simulation; raises Problem (not_found)."""
        return self.service.believe(SimulationView, await self.service.read(caller, f"/v1/simulations/{segment(simulation_id)}"))

    async def lot_audit(self, caller: Caller, key: str) -> LotAuditView:
        """Return the audit of a programme's lot."""
        return self.service.believe(LotAuditView, await self.service.read(caller, f"/v1/programmes/{segment(key)}/lot-audit"))

    async def skip_audit(self, caller: Caller) -> list[SkippingAgentView]:
        """Return the agents that asked to skip surveys."""
        return [self.service.believe(SkippingAgentView, each) for each in await self.service.read(caller, "/v1/skip-audit")]

    async def say_wish(self, caller: Caller, contact_id: object, body: dict[str, Any], idempotency_key: str | None) -> WishView:
        """Skip or force a survey; raises Problem."""
        path = f"/v1/contacts/{segment(contact_id)}/survey-wish"
        return self.service.believe(WishView, await self.service.change(caller, "PUT", path, body, key=idempotency_key))

    async def estimate(self, caller: Caller, key: str) -> EstimateView:
        """Return raw and weighted shares; raises Problem (not_found)."""
        return self.service.believe(EstimateView, await self.service.read(caller, f"/v1/programmes/{segment(key)}/estimate"))

    async def programme_step(self, caller: Caller, key: str, step: str, body: dict[str, Any] | None, idempotency_key: str | None) -> ProgrammeView:
        """Save a draft, activate, pause or resume; raises Problem with the refusal."""
        path = f"/v1/programmes/{segment(key)}/{step}"
        return self.service.believe(ProgrammeView, await self.service.change(caller, "POST", path, body, key=idempotency_key))

    async def simulate(self, caller: Caller, key: str, body: dict[str, Any], idempotency_key: str | None) -> SimulationView:
        """Begin a simulation; raises Problem with the refusal."""
        path = f"/v1/programmes/{segment(key)}/simulations"
        return self.service.believe(SimulationView, await self.service.change(caller, "POST", path, body, key=idempotency_key))

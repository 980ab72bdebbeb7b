"""Asks survey: decisions, invitations and answers."""

from gateway.clients.service import Caller, Query, Service, segment
from services.kit.paging import Page
from services.survey.contract import DecisionView, InvitationView


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

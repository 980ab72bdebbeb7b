"""Asks survey: decisions, invitations and answers."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.kit.paging import Page
from services.survey.contract import DecisionView, InvitationView, ResponseView
from services.survey.contract.asking import LintView, SendAttemptView


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

    async def check(self, caller: Caller, key: str) -> LintView:
        """Return what is wrong with a survey; raises Problem (not_found)."""
        return self.service.believe(LintView, await self.service.read(caller, f"/v1/surveys/{segment(key)}/check"))

    async def record(self, caller: Caller, body: Any, idempotency_key: str | None) -> ResponseView:
        """Record an answer; raises Problem."""
        return self.service.believe(ResponseView, await self.service.change(caller, "POST", "/v1/responses", body, key=idempotency_key))

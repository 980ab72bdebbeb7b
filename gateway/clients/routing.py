"""Asks routing: contacts, offers to agents, and why."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.kit.paging import Page
from services.routing.contract import (
    AdherenceView,
    AgentView,
    ContactView,
    EscalationView,
    ExplanationView,
    OfferView,
    QueueStateView,
    ReservationView,
    ShiftView,
    StaffingPlanView,
    StaffingView,
)


class Routing:
    """The typed client of routing."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def contact(self, caller: Caller, contact_id: str) -> ContactView:
        """Return a contact; raises Problem (not_found)."""
        return self.service.believe(ContactView, await self.service.read(caller, f"/v1/contacts/{segment(contact_id)}"))

    async def contacts(self, caller: Caller, query: Query) -> Page[ContactView]:
        """Return a page of contacts."""
        return self.service.believe(Page[ContactView], await self.service.read(caller, "/v1/contacts", query))

    async def explanation(self, caller: Caller, contact_id: str) -> ExplanationView:
        """Return why a contact is where it is."""
        return self.service.believe(ExplanationView, await self.service.read(caller, f"/v1/contacts/{segment(contact_id)}/explanation"))

    async def offers(self, caller: Caller, agent: str) -> list[OfferView]:
        """Return what an agent is asked to take now."""
        data = await self.service.read(caller, f"/v1/agents/{segment(agent)}/offers")
        return self.service.believe(Page[OfferView], data).items

    async def queue_state(self, caller: Caller, queue: str) -> QueueStateView:
        """Return how a queue stands now; raises Problem (not_found)."""
        return self.service.believe(QueueStateView, await self.service.read(caller, f"/v1/queues/{segment(queue)}/state"))

    async def staffing(self, caller: Caller, queue: str) -> StaffingView:
        """Return how many agents a queue needs; raises Problem (not_found)."""
        return self.service.believe(StaffingView, await self.service.read(caller, f"/v1/queues/{segment(queue)}/staffing"))

    async def activity(self, caller: Caller, agent: str, body: dict[str, Any], key: str | None) -> AgentView:
        """Set what an agent does now."""
        path = f"/v1/agents/{segment(agent)}/activity"
        return self.service.believe(AgentView, await self.service.change(caller, "POST", path, body, key=key))

    async def contact_verb(self, caller: Caller, contact_id: str, verb: str, body: dict[str, Any], key: str | None) -> ContactView:
        """Abandon or transfer a contact."""
        path = f"/v1/contacts/{segment(contact_id)}/{verb}"
        return self.service.believe(ContactView, await self.service.change(caller, "POST", path, body, key=key))

    async def end_elsewhere(self, caller: Caller, body: dict[str, Any], key: str | None) -> ContactView:
        """Tell of a contact that a telephony system routed and ended."""
        return self.service.believe(ContactView, await self.service.change(caller, "POST", "/v1/ended-contacts", body, key=key))

    async def queue(self, caller: Caller, body: dict[str, Any], key: str | None) -> ContactView:
        """Queue a contact."""
        return self.service.believe(ContactView, await self.service.change(caller, "POST", "/v1/contacts", body, key=key))

    async def end(self, caller: Caller, contact_id: str, body: dict[str, Any], key: str | None) -> ContactView:
        """End a contact that was queued here."""
        path = f"/v1/contacts/{segment(contact_id)}/end"
        return self.service.believe(ContactView, await self.service.change(caller, "POST", path, body, key=key))

    async def reservation(self, caller: Caller, reservation_id: str) -> ReservationView:
        """Return a reservation; raises Problem (not_found)."""
        return self.service.believe(ReservationView, await self.service.read(caller, f"/v1/reservations/{segment(reservation_id)}"))

    async def answer(self, caller: Caller, reservation_id: str, verb: str, body: dict[str, Any], key: str | None) -> ReservationView:
        """Accept or decline a reservation."""
        path = f"/v1/reservations/{segment(reservation_id)}/{verb}"
        return self.service.believe(ReservationView, await self.service.change(caller, "POST", path, body, key=key))

    async def agent(self, caller: Caller, agent: str) -> AgentView:
        """Return an agent; raises Problem (not_found)."""
        return self.service.believe(AgentView, await self.service.read(caller, f"/v1/agents/{segment(agent)}"))

    async def put_load(self, caller: Caller, agent: str, body: dict[str, Any], key: str | None) -> AgentView:
        """Say how much an agent carries at once; return the agent."""
        path = f"/v1/agents/{segment(agent)}/load"
        return self.service.believe(AgentView, await self.service.change(caller, "PUT", path, body, key=key))

    async def shifts(self, caller: Caller, query: Query) -> Page[ShiftView]:
        """Return a page of planned shifts."""
        return self.service.believe(Page[ShiftView], await self.service.read(caller, "/v1/shifts", query))

    async def put_shift(self, caller: Caller, agent: str, key: str, body: dict[str, Any], once: str | None) -> ShiftView:
        """Create or replace a planned shift."""
        path = f"/v1/agents/{segment(agent)}/shifts/{segment(key)}"
        return self.service.believe(ShiftView, await self.service.change(caller, "PUT", path, body, key=once))

    async def remove_shift(self, caller: Caller, agent: str, key: str, once: str | None) -> AgentView:
        """Forget a planned shift; return the agent as they stand now."""
        await self.service.change(caller, "DELETE", f"/v1/agents/{segment(agent)}/shifts/{segment(key)}", None, key=once)
        return await self.agent(caller, agent)

    async def adherence(self, caller: Caller, agent: str, query: Query) -> AdherenceView:
        """Return what was planned of an agent and what was done; raises Problem (not_found)."""
        return self.service.believe(AdherenceView, await self.service.read(caller, f"/v1/agents/{segment(agent)}/adherence", query))

    async def staffing_plan(self, caller: Caller, queue: str, query: Query) -> StaffingPlanView:
        """Return planned against needed agents; raises Problem (not_found)."""
        return self.service.believe(StaffingPlanView, await self.service.read(caller, f"/v1/queues/{segment(queue)}/staffing-plan", query))

    async def escalations(self, caller: Caller, query: Query) -> Page[EscalationView]:
        """Return a page of escalations."""
        return self.service.believe(Page[EscalationView], await self.service.read(caller, "/v1/escalations", query))

    async def escalation(self, caller: Caller, escalation_id: str) -> EscalationView:
        """Return an escalation; raises Problem (not_found)."""
        return self.service.believe(EscalationView, await self.service.read(caller, f"/v1/escalations/{segment(escalation_id)}"))

    async def escalate(self, caller: Caller, body: dict[str, Any], key: str | None) -> EscalationView:
        """Have somebody higher up look at something."""
        return self.service.believe(EscalationView, await self.service.change(caller, "POST", "/v1/escalations", body, key=key))

    async def answer_escalation(self, caller: Caller, escalation_id: str, verb: str, body: dict[str, Any], key: str | None) -> EscalationView:
        """Acknowledge, raise or resolve an escalation."""
        path = f"/v1/escalations/{segment(escalation_id)}/{verb}"
        return self.service.believe(EscalationView, await self.service.change(caller, "POST", path, body, key=key))

"""Asks customers: who somebody is, and everything that happened."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from gateway.clients.service import Caller, Service, segment
from services.customers.contract import (
    CandidateView,
    CaseView,
    ConsentView,
    CustomerView,
    ErasureView,
    MergeView,
    OrderView,
    RefusalView,
    TimelineEntryView,
    WriteUpView,
)
from services.customers.contract.likely import LikelyAuthorView
from services.kit.paging import Page


class Customers:
    """The typed client of customers."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def by_id(self, caller: Caller, customer_id: str) -> CustomerView:
        """Return a customer; raises Problem (not_found)."""
        return self.service.believe(CustomerView, await self.service.read(caller, f"/v1/customers/{segment(customer_id)}"))

    async def by_key(self, caller: Caller, kind: str, value: str) -> CustomerView:
        """Return who has the key; raises Problem (not_found)."""
        path = f"/v1/customers/by-key/{segment(kind)}/{segment(value)}"
        return self.service.believe(CustomerView, await self.service.read(caller, path))

    async def case(self, caller: Caller, case_id: str) -> CaseView:
        """Return a case; raises Problem (not_found)."""
        return self.service.believe(CaseView, await self.service.read(caller, f"/v1/cases/{segment(case_id)}"))

    async def timeline(self, caller: Caller, customer_id: UUID, first: int, after: str | None, kinds: Sequence[str]) -> Page[TimelineEntryView]:
        """Return a page of the timeline, newest first."""
        query = {"limit": first, "cursor": after, "kinds": list(kinds) or None}
        data = await self.service.read(caller, f"/v1/customers/{customer_id}/timeline", query)
        return self.service.believe(Page[TimelineEntryView], data)

    async def timeline_since(self, caller: Caller, customer_id: UUID, seq: int) -> list[TimelineEntryView]:
        """Return what became visible after `seq`, in that order, at most 100."""
        data = await self.service.read(caller, f"/v1/customers/{customer_id}/timeline", {"since_seq": seq, "limit": 100})
        return self.service.believe(Page[TimelineEntryView], data).items

    async def open_case(self, caller: Caller, body: dict[str, Any], key: str | None) -> CaseView:
        """Open a case."""
        return self.service.believe(CaseView, await self.service.change(caller, "POST", "/v1/cases", body, key=key))

    async def write_up(self, caller: Caller, case_id: str, body: dict[str, Any], key: str | None) -> WriteUpView:
        """Write a case up."""
        path = f"/v1/cases/{segment(case_id)}/write-up"
        return self.service.believe(WriteUpView, await self.service.change(caller, "POST", path, body, key=key))

    async def resolve(self, caller: Caller, case_id: str, key: str | None) -> CaseView:
        """Resolve a case."""
        path = f"/v1/cases/{segment(case_id)}/resolve"
        return self.service.believe(CaseView, await self.service.change(caller, "POST", path, {}, key=key))

    async def place_order(self, caller: Caller, body: dict[str, Any], key: str | None) -> OrderView:
        """Tell of a new order."""
        return self.service.believe(OrderView, await self.service.change(caller, "POST", "/v1/orders", body, key=key))

    async def deliver_order(self, caller: Caller, reference: str, body: dict[str, Any], key: str | None) -> OrderView:
        """Tell that the goods are in hand."""
        path = f"/v1/orders/{segment(reference)}/delivered"
        return self.service.believe(OrderView, await self.service.change(caller, "POST", path, body, key=key))

    async def put(self, caller: Caller, kind: str, value: str, body: dict[str, Any]) -> CustomerView:
        """Create or change the customer who has the key."""
        path = f"/v1/customers/by-key/{segment(kind)}/{segment(value)}"
        return self.service.believe(CustomerView, await self.service.change(caller, "PUT", path, body))

    async def candidates(self, caller: Caller, customer_id: str, *, refused: bool) -> list[CandidateView]:
        """Return who may be the same person, or (`refused`) who is not, as somebody said."""
        data = await self.service.read(caller, f"/v1/customers/{segment(customer_id)}/candidates", {"refused": "true" if refused else "false"})
        return self.service.believe(Page[CandidateView], data).items

    async def likely_authors(self, caller: Caller, query: Mapping[str, str | None]) -> list[LikelyAuthorView]:
        """Return who may have written something that is signed with a name alone."""
        told = await self.service.read(caller, "/v1/likely-authors", query)
        return [self.service.believe(LikelyAuthorView, one) for one in told]

    async def refuse(self, caller: Caller, customer_id: str, other_id: str, key: str | None) -> RefusalView:
        """Say that two are different persons."""
        path = f"/v1/customers/{segment(customer_id)}/candidates/{segment(other_id)}/refusal"
        return self.service.believe(RefusalView, await self.service.change(caller, "PUT", path, {}, key=key))

    async def merge(self, caller: Caller, body: dict[str, Any], key: str | None) -> MergeView:
        """Join two persons."""
        return self.service.believe(MergeView, await self.service.change(caller, "POST", "/v1/merges", body, key=key))

    async def undo(self, caller: Caller, merge_id: str, key: str | None) -> MergeView:
        """Take a merge back."""
        return self.service.believe(MergeView, await self.service.change(caller, "POST", f"/v1/merges/{segment(merge_id)}/undo", {}, key=key))

    async def consent(self, caller: Caller, customer_id: str, purpose: str, channel: str, body: dict[str, Any]) -> ConsentView:
        """Record a word on consent."""
        path = f"/v1/customers/{segment(customer_id)}/consents/{segment(purpose)}/{segment(channel)}"
        return self.service.believe(ConsentView, await self.service.change(caller, "PUT", path, body))

    async def confirm(self, caller: Caller, case_id: str, body: dict[str, Any], key: str | None) -> CaseView:
        """Write down the customer's word on a solution."""
        path = f"/v1/cases/{segment(case_id)}/confirm"
        return self.service.believe(CaseView, await self.service.change(caller, "POST", path, body, key=key))

    async def erase(self, caller: Caller, body: dict[str, Any], key: str | None) -> ErasureView:
        """Forget a person."""
        return self.service.believe(ErasureView, await self.service.change(caller, "POST", "/v1/erasures", body, key=key))

    async def erasure(self, caller: Caller, erasure_id: str) -> ErasureView:
        """Return how far an erasure is; raises Problem (not_found)."""
        return self.service.believe(ErasureView, await self.service.read(caller, f"/v1/erasures/{segment(erasure_id)}"))

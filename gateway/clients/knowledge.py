"""Asks knowledge: articles, searches, links, guides and gaps."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.kit.paging import Page
from services.knowledge.contract import (
    ArticleView,
    AssignmentView,
    DeflectionView,
    FlagView,
    GapView,
    GuideStatistics,
    GuideView,
    HoursView,
    ImportView,
    LedgerLineView,
    LinkView,
    MeasuresView,
    ModuleView,
    NeedView,
    ProcessFlow,
    ProcessMapView,
    RankedGap,
    RunView,
    SearchView,
    TrainingEffectView,
    WaitingAnswerView,
)


class Knowledge:
    """The typed client of knowledge."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def article(self, caller: Caller, article_id: str) -> ArticleView:
        """Return an article; raises Problem (not_found)."""
        return self.service.believe(ArticleView, await self.service.read(caller, f"/v1/articles/{segment(article_id)}"))

    async def search(self, caller: Caller, query: Query) -> SearchView:
        """Search as an agent does."""
        return self.service.believe(SearchView, await self.service.read(caller, "/v1/search", query))

    async def link(self, caller: Caller, article_id: str, body: dict[str, Any], key: str | None) -> LinkView:
        """Tell that an article solved a case or a contact."""
        path = f"/v1/articles/{segment(article_id)}/link"
        return self.service.believe(LinkView, await self.service.change(caller, "POST", path, body, key=key))

    async def suggest(self, caller: Caller, query: Query) -> SearchView:
        """Suggest articles and guides for a text or an open case."""
        return self.service.believe(SearchView, await self.service.read(caller, "/v1/suggestions", query))

    async def gaps(self, caller: Caller, query: Query) -> Page[GapView]:
        """Return what customers looked for without an answer."""
        return self.service.believe(Page[GapView], await self.service.read(caller, "/v1/gaps", query))

    async def guides(self, caller: Caller, query: Query) -> Page[GuideView]:
        """Return guides, newest first."""
        return self.service.believe(Page[GuideView], await self.service.read(caller, "/v1/guides", query))

    async def flag(self, caller: Caller, article_id: str, body: dict[str, Any], key: str | None) -> FlagView:
        """Say what is the matter with an article."""
        path = f"/v1/articles/{segment(article_id)}/flags"
        return self.service.believe(FlagView, await self.service.change(caller, "POST", path, body, key=key))

    async def walk(self, caller: Caller, guide_id: str, body: dict[str, Any], key: str | None) -> RunView:
        """Begin a guide."""
        path = f"/v1/guides/{segment(guide_id)}/runs"
        return self.service.believe(RunView, await self.service.change(caller, "POST", path, body, key=key))

    async def answer(self, caller: Caller, run_id: str, body: dict[str, Any], key: str | None) -> RunView:
        """Answer a page of a guide."""
        path = f"/v1/runs/{segment(run_id)}/answers"
        return self.service.believe(RunView, await self.service.change(caller, "POST", path, body, key=key))

    async def ranked_gaps(self, caller: Caller, query: Query) -> list[RankedGap]:
        """Return what is missing, most contacts first."""
        return [self.service.believe(RankedGap, one) for one in await self.service.read(caller, "/v1/gaps/ranked", query)]

    async def measures(self, caller: Caller, query: Query) -> MeasuresView:
        """Return how the knowledge base lives."""
        return self.service.believe(MeasuresView, await self.service.read(caller, "/v1/measures", query))

    async def deflection(self, caller: Caller, query: Query) -> DeflectionView:
        """Return what self-service saves."""
        return self.service.believe(DeflectionView, await self.service.read(caller, "/v1/deflection", query))

    async def needs(self, caller: Caller, query: Query) -> Page[NeedView]:
        """Return what should be learned."""
        return self.service.believe(Page[NeedView], await self.service.read(caller, "/v1/training/needs", query))

    async def process(self, caller: Caller, code: str, query: Query) -> ProcessFlow:
        """Return what each step of a process causes."""
        return self.service.believe(ProcessFlow, await self.service.read(caller, f"/v1/processes/{segment(code)}", query))

    async def write(self, caller: Caller, body: dict[str, Any], key: str | None) -> ArticleView:
        """Write an article."""
        return self.service.believe(ArticleView, await self.service.change(caller, "POST", "/v1/articles", body, key=key))

    async def rewrite(self, caller: Caller, article_id: str, body: dict[str, Any], version: int) -> ArticleView:
        """Replace the text of an article."""
        path = f"/v1/articles/{segment(article_id)}"
        return self.service.believe(ArticleView, await self.service.change(caller, "PUT", path, body, version=version))

    async def set_state(self, caller: Caller, article_id: str, body: dict[str, Any], key: str | None) -> ArticleView:
        """Say how far an article may be trusted."""
        path = f"/v1/articles/{segment(article_id)}/state"
        return self.service.believe(ArticleView, await self.service.change(caller, "POST", path, body, key=key))

    async def complete(self, caller: Caller, assignment_id: str, body: dict[str, Any], key: str | None) -> AssignmentView:
        """Note that an agent learned something."""
        path = f"/v1/training/assignments/{segment(assignment_id)}/completion"
        return self.service.believe(AssignmentView, await self.service.change(caller, "POST", path, body, key=key))

    async def peer_answers(self, caller: Caller, query: Query) -> Page[WaitingAnswerView]:
        """Return customers' answers in a state, newest first."""
        return self.service.believe(Page[WaitingAnswerView], await self.service.read(caller, "/v1/peer-answers", query))

    async def moderate(self, caller: Caller, answer_id: str, body: dict[str, Any], key: str | None) -> WaitingAnswerView:
        """Publish, refuse or withdraw a customer's answer."""
        path = f"/v1/peer-answers/{segment(answer_id)}/moderation"
        return self.service.believe(WaitingAnswerView, await self.service.change(caller, "POST", path, body, key=key))

    async def modules(self, caller: Caller, query: Query) -> Page[ModuleView]:
        """Return modules by code."""
        return self.service.believe(Page[ModuleView], await self.service.read(caller, "/v1/training/modules", query))

    async def write_module(self, caller: Caller, code: str, body: dict[str, Any]) -> ModuleView:
        """Create or replace a module."""
        return self.service.believe(ModuleView, await self.service.change(caller, "PUT", f"/v1/training/modules/{segment(code)}", body))

    async def effect(self, caller: Caller, code: str) -> TrainingEffectView:
        """Return whether a module changed what its learners resolve."""
        return self.service.believe(TrainingEffectView, await self.service.read(caller, f"/v1/training/modules/{segment(code)}/effect"))

    async def find_need(self, caller: Caller, body: dict[str, Any], key: str | None) -> NeedView:
        """Tell of a need."""
        return self.service.believe(NeedView, await self.service.change(caller, "POST", "/v1/training/needs", body, key=key))

    async def assignments(self, caller: Caller, query: Query) -> Page[AssignmentView]:
        """Return what is to be learned, or was; newest first."""
        return self.service.believe(Page[AssignmentView], await self.service.read(caller, "/v1/training/assignments", query))

    async def assign(self, caller: Caller, body: dict[str, Any], key: str | None) -> list[AssignmentView]:
        """Have agents learn a module."""
        made = await self.service.change(caller, "POST", "/v1/training/assignments", body, key=key)
        return [self.service.believe(AssignmentView, one) for one in made]

    async def hours(self, caller: Caller, query: Query) -> list[HoursView]:
        """Return minutes of the last year against the goal."""
        return [self.service.believe(HoursView, one) for one in await self.service.read(caller, "/v1/training/hours", query)]

    async def enter_hours(self, caller: Caller, body: dict[str, Any], key: str | None) -> LedgerLineView:
        """Add a line to the ledger of hours."""
        return self.service.believe(LedgerLineView, await self.service.change(caller, "POST", "/v1/training/hours", body, key=key))

    async def guide_statistics(self, caller: Caller, guide_id: str, query: Query) -> GuideStatistics:
        """Return where people leave a guide."""
        return self.service.believe(GuideStatistics, await self.service.read(caller, f"/v1/guides/{segment(guide_id)}/statistics", query))

    async def write_guide(self, caller: Caller, body: dict[str, Any], key: str | None) -> GuideView:
        """Write a guide."""
        return self.service.believe(GuideView, await self.service.change(caller, "POST", "/v1/guides", body, key=key))

    async def rewrite_guide(self, caller: Caller, guide_id: str, body: dict[str, Any], version: int) -> GuideView:
        """Store the next version of a guide."""
        path = f"/v1/guides/{segment(guide_id)}"
        return self.service.believe(GuideView, await self.service.change(caller, "PUT", path, body, version=version))

    async def set_guide_state(self, caller: Caller, guide_id: str, body: dict[str, Any], key: str | None) -> GuideView:
        """Publish a guide, take it back, or archive it."""
        path = f"/v1/guides/{segment(guide_id)}/state"
        return self.service.believe(GuideView, await self.service.change(caller, "POST", path, body, key=key))

    async def write_process(self, caller: Caller, code: str, body: dict[str, Any]) -> ProcessMapView:
        """Create or replace a process."""
        return self.service.believe(ProcessMapView, await self.service.change(caller, "PUT", f"/v1/processes/{segment(code)}", body))

    async def take_in(self, caller: Caller, body: dict[str, Any], key: str | None) -> ImportView:
        """Take in articles of another help centre."""
        return self.service.believe(ImportView, await self.service.change(caller, "POST", "/v1/imports", body, key=key))

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
    GuideView,
    LinkView,
    MeasuresView,
    NeedView,
    ProcessFlow,
    RankedGap,
    RunView,
    SearchView,
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

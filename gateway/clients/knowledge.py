"""Asks knowledge: articles, searches, links, guides and gaps."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.kit.paging import Page
from services.knowledge.contract import ArticleView, FlagView, GapView, GuideView, LinkView, RunView, SearchView


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

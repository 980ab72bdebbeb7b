"""Asks knowledge: articles, searches and links."""

from typing import Any

from gateway.clients.service import Caller, Query, Service, segment
from services.knowledge.contract import ArticleView, LinkView, SearchView


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

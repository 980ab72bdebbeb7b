"""What knowledge can say about customers, for the unified view."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kit.db import Tx
from services.knowledge.contract import CaseSuggestions
from services.knowledge.repository.backend import ROWS, SearchBackend
from services.knowledge.repository.cases import latest_open_cases
from services.knowledge.repository.ground import for_agents
from services.knowledge.repository.search import Question, find_all
from services.knowledge.repository.self_service import sessions_of
from services.knowledge.repository.similar import QUESTION_LENGTH

SECTIONS = ("suggested_articles", "self_service")
_ARTICLES_PER_CASE = 3


async def customer_views(
    tx: Tx, customer_ids: Sequence[UUID], sections: Sequence[str] | None, backend: SearchBackend = ROWS
) -> dict[str, dict[str, Any]]:
    """Return customer -> section -> {version, as_of, data}; a constant number of statements for any number of customers."""
    wanted = [one for one in SECTIONS if sections is None or one in sections]
    data: dict[str, dict[UUID, list[Any]]] = {}
    if "suggested_articles" in wanted:
        data["suggested_articles"] = await _suggested(tx, customer_ids, backend)
    if "self_service" in wanted:
        data["self_service"] = {one: list(found) for one, found in (await sessions_of(tx, customer_ids)).items()}
    version = int(tx.now.timestamp() * 1000)
    return {
        str(customer_id): {
            section: {
                "version": version,
                "as_of": tx.now,
                "data": [view.model_dump(mode="json") for view in data[section].get(customer_id, [])],
            }
            for section in wanted
        }
        for customer_id in customer_ids
    }


async def _suggested(tx: Tx, customer_ids: Sequence[UUID], backend: SearchBackend) -> dict[UUID, list[Any]]:
    cases = await latest_open_cases(tx, customer_ids)
    if not cases:
        return {}
    questions = [Question(f"{case.title}\n{case.text}"[:QUESTION_LENGTH], case.language) for case in cases]
    answers = await find_all(tx, questions, for_agents(), _ARTICLES_PER_CASE, correct=False, backend=backend)
    found: dict[UUID, list[Any]] = {}
    for case, answer in zip(cases, answers, strict=True):
        suggestion = CaseSuggestions(case_id=case.case_id, case_title=case.title, articles=answer.results)
        found.setdefault(case.customer_id, []).append(suggestion)
    return found

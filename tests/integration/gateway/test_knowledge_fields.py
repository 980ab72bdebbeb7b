"""Writing articles, what is missing, what self-service saves, and training, by GraphQL."""

import pytest

from services.kit.ids import new_id
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_article_is_written_published_and_rewritten(house: Running) -> None:
    key = await house.key("administrator", holder="writer")
    write = "mutation($a: ArticleInput!) { writeArticle(input: $a) { entity { uid version state } userErrors { field code } } }"
    text = {"title": "Where is my invoice", "language": "en", "resolution": "In **your orders**.", "driver": "invoice"}
    written = (await house.ask(key, write, a=text))["data"]["writeArticle"]
    assert (written["entity"]["state"], written["userErrors"]) == ("not_validated", [])
    empty = (await house.ask(key, write, a={"title": "Nothing", "language": "en"}))["data"]["writeArticle"]
    assert (empty["entity"], len(empty["userErrors"])) == (None, 1)
    state = (
        'mutation($id: ID!) { setArticleState(id: $id, state: "validated", audience: "customer") { entity { state audience } userErrors { code } } }'
    )
    published = (await house.ask(key, state, id=written["entity"]["uid"]))["data"]["setArticleState"]["entity"]
    assert published == {"state": "validated", "audience": "customer"}
    rewrite = """mutation($id: ID!, $v: Int!, $a: ArticleInput!) {
        rewriteArticle(id: $id, version: $v, input: $a) { entity { version html } userErrors { code } } }"""
    told = {"id": written["entity"]["uid"], "v": 2, "a": text | {"resolution": "In your letter."}}
    changed = (await house.ask(key, rewrite, **told))["data"]["rewriteArticle"]
    assert changed["entity"] == {"version": 3, "html": {"resolution": "<p>In your letter.</p>"}}
    assert (await house.ask(key, rewrite, **told))["data"]["rewriteArticle"]["userErrors"][0]["code"] == "stale_version"


async def test_what_is_missing_and_what_it_saves_is_told(house: Running) -> None:
    key, session = await house.key("administrator", holder="lead"), str(new_id())
    await house.rest(None, "GET", "/knowledge/v1/help/search", params={"q": "hovercraft insurance", "session": session, "language": "en"})
    body = {"session_id": session, "language": "en", "wants_contact": True}
    await house.rest(None, "POST", "/knowledge/v1/help/failures", json=body)
    asked = """query { rankedGaps(first: 5) { kind what contacts people guideId } deflection { sessions unknown windowDays effect }
        knowledgeMeasures { created states linkRate } }"""
    told = (await house.ask(key, asked))["data"]
    assert told["rankedGaps"] == [{"kind": "search", "what": "hovercraft insurance", "contacts": 1, "people": 1, "guideId": None}]
    assert told["deflection"] == {"sessions": 0, "unknown": 0, "windowDays": 7, "effect": None}
    assert told["knowledgeMeasures"]["linkRate"]["whole"] == 0


async def test_a_need_is_learned_and_a_process_shown(house: Running) -> None:
    key, agent = await house.key("administrator", holder="trainer"), str(new_id())
    module = {"title": "Invoices", "text": "Read.", "language": "en", "topic": "invoice", "minutes": 30}
    await house.rest(key, "PUT", "/knowledge/v1/training/modules/invoice-1", json=module)
    need = {"topic": "invoice", "group": "north", "agents": [agent], "evidence": "Resolves less."}
    await house.rest(key, "POST", "/knowledge/v1/training/needs", json=need)
    listed = await house.ask(key, "query { trainingNeeds(first: 5) { edges { node { topic group modules } } } }")
    assert listed["data"]["trainingNeeds"]["edges"] == [{"node": {"topic": "invoice", "group": "north", "modules": ["invoice-1"]}}]
    assigned = await house.rest(key, "POST", "/knowledge/v1/training/assignments", json={"module": "invoice-1", "agents": [agent]})
    complete = "mutation($id: UUID!) { completeTraining(assignmentId: $id) { entity { agentId minutes } userErrors { code } } }"
    done = (await house.ask(key, complete, id=assigned.json()[0]["id"]))["data"]["completeTraining"]
    assert done["entity"] == {"agentId": agent, "minutes": 30}
    again = (await house.ask(key, complete, id=assigned.json()[0]["id"]))["data"]["completeTraining"]
    assert again["userErrors"] == [{"code": "training_already_completed"}]
    process = {"title": "Send an invoice", "steps": [{"code": "send", "title": "Send it", "drivers": ["invoice"]}]}
    await house.rest(key, "PUT", "/knowledge/v1/processes/invoicing", json=process)
    flow = (await house.ask(key, 'query { processFlow(code: "invoicing") { title contacts steps } }'))["data"]["processFlow"]
    assert (flow["title"], flow["contacts"], flow["steps"][0]["code"]) == ("Send an invoice", 0, "send")

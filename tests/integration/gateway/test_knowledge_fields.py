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


async def test_a_search_and_suggestions_for_one_product_tell_of_nothing_else(house: Running) -> None:
    key = await house.key("administrator", holder="product-desk")
    write = "mutation($a: ArticleInput!) { writeArticle(input: $a) { entity { product } userErrors { code } } }"
    for product in ("Zeppelin 1", "Zeppelin 2"):
        text = {"title": f"Landing a {product}", "language": "en", "resolution": "Slowly.", "product": product}
        assert (await house.ask(key, write, a=text))["data"]["writeArticle"]["entity"] == {"product": product}
    asked = """query($p: String) { searchKnowledge(text: "landing zeppelin", first: 5, product: $p) { results { title } }
        suggestedKnowledge(text: "how do I land it: landing", first: 5, product: $p) { results { title } }
        guides(first: 5, product: $p) { edges { cursor } } }"""
    one = (await house.ask(key, asked, p="Zeppelin 2"))["data"]
    assert one["searchKnowledge"] == one["suggestedKnowledge"] == {"results": [{"title": "Landing a Zeppelin 2"}]}
    assert one["guides"] == {"edges": []}
    both = (await house.ask(key, asked))["data"]["searchKnowledge"]["results"]
    assert sorted(result["title"] for result in both) == ["Landing a Zeppelin 1", "Landing a Zeppelin 2"]


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


async def test_a_customers_answer_is_published_by_a_moderator(house: Running) -> None:
    key = await house.key("administrator", holder="moderator")
    answer = {"session_id": str(new_id()), "title": "Router hums", "text": "Put it on a soft cloth, then it is quiet.", "language": "en"}
    await house.rest(None, "POST", "/knowledge/v1/help/peer-answers", json=answer)
    waiting = "query { peerAnswers(first: 5) { edges { node { uid title suspicions state } } } }"
    [edge] = (await house.ask(key, waiting))["data"]["peerAnswers"]["edges"]
    assert (edge["node"]["title"], edge["node"]["suspicions"], edge["node"]["state"]) == ("Router hums", [], "waiting")
    moderate = 'mutation($id: UUID!) { moderatePeerAnswer(id: $id, state: "published") { entity { state } userErrors { code } } }'
    done = (await house.ask(key, moderate, id=edge["node"]["uid"]))["data"]["moderatePeerAnswer"]
    assert done == {"entity": {"state": "published"}, "userErrors": []}
    assert (await house.ask(key, waiting))["data"]["peerAnswers"]["edges"] == []


async def test_training_is_written_assigned_and_counted_in_hours(house: Running) -> None:
    key, agent = await house.key("administrator", holder="trainer-2"), str(new_id())
    write = """mutation($m: TrainingModuleInput!) { writeTrainingModule(code: "moving-1", input: $m) {
        entity { code minutes skill skillLevel active version } userErrors { code } } }"""
    module = {"title": "Moving", "text": "Ask for the date.", "language": "en", "topic": "moving", "minutes": 90, "skill": "moving", "skillLevel": 2}
    written = (await house.ask(key, write, m=module))["data"]["writeTrainingModule"]["entity"]
    assert written == {"code": "moving-1", "minutes": 90, "skill": "moving", "skillLevel": 2, "active": True, "version": 1}
    need = 'mutation { findTrainingNeed(input: {topic: "moving", evidence: "Calls are long."}) { entity { uid state source } userErrors { code } } }'
    found = (await house.ask(key, need))["data"]["findTrainingNeed"]["entity"]
    assert found["state"] == "open"
    assign = """mutation($i: AssignTrainingInput!) { assignTraining(input: $i) {
        entity { assignments { uid agentId reason } } userErrors { code } } }"""
    given = {"module": "moving-1", "agents": [agent], "needId": found["uid"]}
    [made] = (await house.ask(key, assign, i=given))["data"]["assignTraining"]["entity"]["assignments"]
    assert (made["agentId"], made["reason"]) == (agent, "need")
    enter = "mutation($i: TrainingEntryInput!) { enterTrainingHours(input: $i) { entity { minutes what } userErrors { code } } }"
    entered = (await house.ask(key, enter, i={"agentId": agent, "minutes": 45, "what": "Reading"}))["data"]["enterTrainingHours"]["entity"]
    assert entered == {"minutes": 45, "what": "Reading"}
    asked = """query($a: [UUID!]!, $one: UUID!) { trainingHours(agentIds: $a) { minutes goalMinutes missingMinutes entries }
        trainingAssignments(first: 5, agentId: $one) { edges { node { module completedAt } } }
        trainingModules(first: 50) { edges { node { code } } } trainingEffect(module: "moving-1") { learners verdict effect } }"""
    told = (await house.ask(key, asked, a=[agent], one=agent))["data"]
    assert told["trainingHours"] == [{"minutes": 45, "goalMinutes": 1440, "missingMinutes": 1395, "entries": 1}]
    assert told["trainingAssignments"]["edges"] == [{"node": {"module": "moving-1", "completedAt": None}}]
    assert {"node": {"code": "moving-1"}} in told["trainingModules"]["edges"]
    assert told["trainingEffect"] == {"learners": 0, "verdict": "too_few", "effect": None}


async def test_guides_processes_and_imports_are_written(house: Running) -> None:
    key = await house.key("administrator", holder="author")
    nodes = [
        {
            "id": "ask",
            "kind": "check",
            "text": "Is it on?",
            "ways": [{"key": "yes", "label": "Yes", "to": "good"}, {"key": "no", "label": "No", "to": "us"}],
        },
        {"id": "good", "kind": "end", "text": "Good.", "solved": True},
        {"id": "us", "kind": "handover", "text": "We take over."},
    ]
    guide = {"title": "No light", "language": "en", "start": "ask", "nodes": nodes}
    write = "mutation($g: GuideInput!) { writeGuide(input: $g) { entity { uid version state } userErrors { code } } }"
    broken = (await house.ask(key, write, g=guide | {"start": "nowhere"}))["data"]["writeGuide"]
    assert (broken["entity"], broken["userErrors"][0]["code"]) == (None, "guide_broken")
    written = (await house.ask(key, write, g=guide))["data"]["writeGuide"]["entity"]
    assert (written["version"], written["state"]) == (1, "draft")
    rewrite = "mutation($id: UUID!, $g: GuideInput!) { rewriteGuide(id: $id, version: 1, input: $g) { entity { version } userErrors { code } } }"
    assert (await house.ask(key, rewrite, id=written["uid"], g=guide | {"title": "No light at all"}))["data"]["rewriteGuide"]["entity"] == {
        "version": 2
    }
    state = 'mutation($id: UUID!) { setGuideState(id: $id, state: "published", audience: "customer") { entity { state publishedVersion } } }'
    assert (await house.ask(key, state, id=written["uid"]))["data"]["setGuideState"]["entity"] == {"state": "published", "publishedVersion": 2}
    figures = "query($id: UUID!) { guideStatistics(id: $id) { version walks left nodes } }"
    told = (await house.ask(key, figures, id=written["uid"]))["data"]["guideStatistics"]
    assert (told["version"], told["walks"], [one["came"] for one in told["nodes"]]) == (2, 0, [0, 0, 0])
    process = 'mutation($p: ProcessInput!) { writeProcess(code: "moving", input: $p) { entity { code version steps } userErrors { code } } }'
    moving = {"title": "Moving", "steps": [{"code": "date", "title": "Ask for the date", "drivers": ["moving"]}]}
    made = (await house.ask(key, process, p=moving))["data"]["writeProcess"]["entity"]
    assert (made["code"], made["version"], made["steps"][0]["code"]) == ("moving", 1, "date")
    take = "mutation($i: ImportInput!) { importArticles(input: $i) { entity { created same refused } userErrors { code } } }"
    files = {"origin": "old", "language": "en", "files": [{"path": "a.md", "kind": "markdown", "content": ["# Reset the box\n\nHold the button."]}]}
    assert (await house.ask(key, take, i=files))["data"]["importArticles"]["entity"] == {"created": 1, "same": 0, "refused": 0}
    assert (await house.ask(key, take, i=files))["data"]["importArticles"]["entity"] == {"created": 0, "same": 1, "refused": 0}

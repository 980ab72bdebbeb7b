"""Taxonomy, learned models, quality, slices, export and the suggestion box, by GraphQL."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.kit.ids import new_id
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUT_CODE = """mutation($axis: String!, $code: String!, $is: TaxonomyCodeInput!) { putTaxonomyCode(axis: $axis, code: $code, input: $is) {
    entity { axis code names department examples active version } userErrors { field code } } }"""
PUT_DEPARTMENT = 'mutation { putFeedbackDepartment(key: "logistics", name: "Logistics") { entity { key name version } userErrors { code } } }'
CODES: dict[str, dict[str, Any]] = {
    "late-parcel": {
        "names": {"en": "Late parcel"},
        "description": "The parcel arrives later than promised or not at all.",
        "department": "logistics",
        "examples": ["Where is my parcel?", "My order is two weeks late."],
    },
    "wrong-bill": {"names": {"en": "Wrong bill"}, "description": "The bill shows a wrong amount.", "examples": ["You charged me twice."]},
    "double-charge": {"names": {"en": "Charged twice"}, "description": "The same amount was taken twice."},
}


async def put_codes(house: Running, key: str) -> list[dict[str, Any]]:
    """Put the department and the codes in place, and let them be learned."""
    await house.ask(key, PUT_DEPARTMENT)
    found = [(await house.ask(key, PUT_CODE, axis="driver", code=code, **{"is": said})) for code, said in CODES.items()]
    await let_learn(house)
    return [one["data"]["putTaxonomyCode"] for one in found]


async def let_learn(house: Running) -> None:
    house.clock.move_to(house.clock.now() + timedelta(seconds=40))
    await house.settle()


async def test_a_code_is_put_replaced_switched_off_and_merged_and_every_version_stays(house: Running) -> None:
    key = await house.key("administrator", holder=f"taxonomist {new_id()}")
    first = await put_codes(house, key)
    assert first[0] == {
        "entity": {
            "axis": "driver", "code": "late-parcel", "names": {"en": "Late parcel"}, "department": "logistics",
            "examples": ["Where is my parcel?", "My order is two weeks late."], "active": True, "version": 1,
        },
        "userErrors": [],
    }  # fmt: skip
    off = await house.ask(key, PUT_CODE, axis="topic", code="weather", **{"is": {"names": {"en": "Weather"}, "active": False}})
    assert off["data"]["putTaxonomyCode"]["entity"]["active"] is False
    merge = """mutation { mergeTaxonomyCode(axis: "driver", code: "double-charge", into: "wrong-bill") {
        entity { code mergedInto active version } userErrors { code field } } }"""
    merged = (await house.ask(key, merge))["data"]["mergeTaxonomyCode"]
    assert merged == {"entity": {"code": "double-charge", "mergedInto": "wrong-bill", "active": False, "version": 2}, "userErrors": []}
    again = (await house.ask(key, merge))["data"]["mergeTaxonomyCode"]
    assert again == {"entity": None, "userErrors": [{"code": "feedback_cannot_merge_code", "field": "into"}]}
    asked = """query($after: String) {
        taxonomyCodes(first: 1, after: $after, axis: "driver", active: true) { edges { node { code } } pageInfo { hasNextPage endCursor } }
        taxonomyCodeVersions(axis: "driver", code: "double-charge", first: 5) { edges { node { version content by } } }
        feedbackDepartments(first: 5) { edges { node { key name version } } } }"""
    page = (await house.ask(key, asked))["data"]
    assert [edge["node"]["code"] for edge in page["taxonomyCodes"]["edges"]] == ["late-parcel"]
    assert page["taxonomyCodes"]["pageInfo"]["hasNextPage"] is True
    behind = (await house.ask(key, asked, after=page["taxonomyCodes"]["pageInfo"]["endCursor"]))["data"]["taxonomyCodes"]
    assert ([edge["node"]["code"] for edge in behind["edges"]], behind["pageInfo"]["hasNextPage"]) == (["wrong-bill"], False)
    versions = [edge["node"] for edge in page["taxonomyCodeVersions"]["edges"]]
    assert [(one["version"], one["content"]["active"]) for one in versions] == [(2, False), (1, True)]
    assert page["feedbackDepartments"]["edges"] == [{"node": {"key": "logistics", "name": "Logistics", "version": 1}}]


async def test_what_the_taxonomy_refuses_names_the_field(house: Running) -> None:
    key = await house.key("administrator", holder=f"taxonomist {new_id()}")
    lost = {"names": {"en": "Lost"}, "department": "nowhere"}
    refused = (await house.ask(key, PUT_CODE, axis="driver", code="lost", **{"is": lost}))["data"]["putTaxonomyCode"]
    assert refused == {"entity": None, "userErrors": [{"field": "department", "code": "feedback_unknown_department"}]}
    nameless = (await house.ask(key, PUT_CODE, axis="driver", code="lost", **{"is": {"names": {}}}))["data"]["putTaxonomyCode"]
    assert (nameless["entity"], [one["field"] for one in nameless["userErrors"]]) == (None, ["names"])
    reader = await house.key("analyst", holder=f"reader {new_id()}")
    forbidden = await house.ask(reader, PUT_DEPARTMENT)
    assert forbidden["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_older_model_is_put_back_into_use_and_the_report_says_how_it_reads(house: Running) -> None:
    key = await house.key("administrator", holder=f"analyst {new_id()}")
    await put_codes(house, key)
    asked = """query { learnedModels(axis: "driver", first: 10) { edges { node { version state inUse embedder trainedOn } } } }"""
    models = [edge["node"] for edge in (await house.ask(key, asked))["data"]["learnedModels"]["edges"]]
    newest = models[0]
    assert (newest["state"], [one["inUse"] for one in models].index(True)) == ("live", 0)
    await house.ask(key, PUT_CODE, axis="driver", code="rude-courier", **{"is": {"names": {"en": "Rude courier"}}})
    await let_learn(house)
    models = [edge["node"] for edge in (await house.ask(key, asked))["data"]["learnedModels"]["edges"]]
    assert [(one["version"], one["inUse"]) for one in models[:2]] == [(newest["version"] + 1, True), (newest["version"], False)]
    use = 'mutation($v: Int!) { useLearnedModel(axis: "driver", version: $v) { entity { version inUse state } userErrors { code } } }'
    back = (await house.ask(key, use, v=newest["version"]))["data"]["useLearnedModel"]
    assert back == {"entity": {"version": newest["version"], "inUse": True, "state": "live"}, "userErrors": []}
    models = [edge["node"] for edge in (await house.ask(key, asked))["data"]["learnedModels"]["edges"]]
    assert [(one["state"], one["inUse"]) for one in models[:2]] == [("held", False), ("live", True)]
    unknown = (await house.ask(key, use, v=99_999))["data"]["useLearnedModel"]
    assert unknown == {"entity": None, "userErrors": [{"code": "not_found"}]}


async def test_a_correction_is_seen_in_the_quality_report(house: Running) -> None:
    key = await house.key("administrator", holder=f"analyst {new_id()}")
    await put_codes(house, key)
    said = {"external_id": f"mail-{new_id()}", "kind": "email", "text": "Where is my parcel? It is two weeks late."}
    item = (await house.rest(key, "POST", "/feedback/v1/items", json=said)).json()["id"]
    await let_learn(house)
    shown = (await house.rest(key, "GET", f"/feedback/v1/items/{item}")).json()
    assert shown["driver"] == "late-parcel"
    await house.rest(key, "POST", f"/feedback/v1/items/{item}/corrections", json={"axis": "driver", "code": "wrong-bill"})
    asked = """query { readingQuality(axis: "driver", days: 7) { axis items reviewedShare precision { checked observed }
        versions { source all { n accuracy classes { code called are recall } } byLot { n } } } }"""
    report = (await house.ask(key, asked))["data"]["readingQuality"]
    assert (report["axis"], report["items"], report["reviewedShare"]) == ("driver", 1, 1.0)
    drawn = int(UUID(item).int % 4 == 0)  # the lot shows every fourth item to people, by its id
    assert [(one["all"]["n"], one["all"]["accuracy"], one["byLot"]["n"]) for one in report["versions"]] == [(1, 0.0, drawn)]
    assert report["versions"][0]["all"]["classes"] == [
        {"code": "late-parcel", "called": 1, "are": 0, "recall": None},
        {"code": "wrong-bill", "called": 0, "are": 1, "recall": 0.0},
    ]


async def test_voices_are_compared_by_segment_and_exported_by_a_link(house: Running) -> None:
    key, shop = await house.key("administrator", holder=f"analyst {new_id()}"), f"shop-{new_id()}"
    lines = "\n".join(
        f'{{"external_id":"{shop}-{n}","kind":"email","text":"The {shop} door sticks.","score":{1 + n % 2},"scale_max":5,'
        f'"attributes":{{"site":"{"north" if n < 6 else "south"}"}}}}'
        for n in range(8)
    )
    sent = await house.rest(key, "POST", "/feedback/v1/items/bulk?source=doors", content=lines.encode())
    assert sent.json()["accepted"] == 8
    await let_learn(house)
    asked = """query { feedbackSlices(attribute: "site", days: 7) {
        attribute least hidden slices { value voices negative { share } meanScoreShare } } }"""
    sliced = (await house.ask(key, asked))["data"]["feedbackSlices"]
    assert (sliced["attribute"], sliced["least"], sliced["hidden"]) == ("site", 5, 2)
    assert [(one["value"], one["voices"]) for one in sliced["slices"]] == [("north", None), ("south", None)]  # one alone would tell the other
    link = """query($f: FeedbackFilterInput) { feedbackExport(filter: $f, format: "csv") { path format } }"""
    told = (await house.ask(key, link, f={"source": "doors", "words": f"{shop} sticks"}))["data"]["feedbackExport"]
    assert told["format"] == "csv"
    streamed = (await house.rest(key, "GET", told["path"])).text.splitlines()
    assert (len(streamed), streamed[0].split(",")[:3]) == (9, ["id", "source", "external_id"])
    assert (await house.rest(None, "GET", told["path"])).status_code == 401
    wrong = await house.ask(key, link, f={"sentiment": "furious"})
    assert (wrong["data"]["feedbackExport"], len(wrong["errors"])) == (None, 1)


async def test_a_suggestion_is_answered_by_graphql_and_its_writer_stays_unknown(house: Running) -> None:
    key = await house.key("administrator", holder=f"staff {new_id()}")
    put = """mutation($key: String!, $box: SuggestionBoxInput!) { putSuggestionBox(key: $key, input: $box) {
        entity { key name groups open version secret } userErrors { field code } } }"""
    box = {"name": "Ideas", "groups": {"team": ["Red", "Blue"]}}
    made = (await house.ask(key, put, key="ideas", box=box))["data"]["putSuggestionBox"]["entity"]
    secret = made.pop("secret")
    assert made == {"key": "ideas", "name": "Ideas", "groups": {"team": ["Red", "Blue"]}, "open": True, "version": 1}
    again = (await house.ask(key, put, key="ideas", box=box))["data"]["putSuggestionBox"]["entity"]
    assert (again["secret"], again["version"]) == (None, 2)
    wrong = (await house.ask(key, put, key="ideas", box={"name": "", "groups": {}}))["data"]["putSuggestionBox"]
    assert (wrong["entity"], [one["field"] for one in wrong["userErrors"]]) == (None, ["name"])
    body = {"text": "Give us two screens.", "team": "Red"}
    code = (await house.rest(None, "POST", f"/feedback/v1/suggestion-box/{secret}", json=body)).json()["code"]
    asked = """query { suggestions(first: 5, box: "ideas") { edges { node { uid state messages { fromWriter text } } } pageInfo { hasNextPage } }
        suggestionBoxes(first: 5) { edges { node { key secret } } } suggestionCounts(box: "ideas", group: "team") { value suggestions } }"""
    told = (await house.ask(key, asked))["data"]
    found = told["suggestions"]["edges"][0]["node"]
    assert (found["state"], found["messages"]) == ("new", [{"fromWriter": True, "text": "Give us two screens."}])
    assert told["suggestionBoxes"]["edges"] == [{"node": {"key": "ideas", "secret": None}}]
    assert told["suggestionCounts"] == [{"value": "Red", "suggestions": None}]
    answer = """mutation($id: UUID!) { answerSuggestion(suggestionId: $id, text: "Ordered.", state: "adopted") {
        entity { state messages { fromWriter text } } userErrors { code } } }"""
    answered = (await house.ask(key, answer, id=found["uid"]))["data"]["answerSuggestion"]
    assert (answered["entity"]["state"], answered["entity"]["messages"][1]) == ("adopted", {"fromWriter": False, "text": "Ordered."})
    mailbox = (await house.rest(None, "POST", "/feedback/v1/suggestion-mailbox", json={"code": code})).json()
    assert [one["text"] for one in mailbox["messages"]] == ["Give us two screens.", "Ordered."]
    reader = await house.key("analyst", holder=f"reader {new_id()}")
    assert (await house.ask(reader, asked))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_theme_that_is_not_there_cannot_be_named(house: Running) -> None:
    key = await house.key("administrator", holder=f"analyst {new_id()}")
    name = 'mutation($id: UUID!) { nameTheme(themeId: $id, name: "Doors") { entity { name } userErrors { code } } }'
    assert (await house.ask(key, name, id=str(new_id())))["data"]["nameTheme"] == {"entity": None, "userErrors": [{"code": "not_found"}]}

"""Sources, follow-up rules, readings, themes and disclosures of feedback, by GraphQL."""

from datetime import timedelta

import pytest

from services.kit.ids import new_id
from tests.integration.gateway.house import Running
from tests.support import mail_messages as mail

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUT_SOURCE = """mutation($key: String!, $is: FeedbackSourceInput!) { putFeedbackSource(key: $key, input: $is) {
    entity { key kind referenceKind version secret } userErrors { field code } } }"""
PUT_RULE = """mutation($key: String!, $is: FollowUpRuleInput!) { putFollowUpRule(key: $key, input: $is) {
    entity { key priority active dueOfficeHours kinds sentiment drivers wantsCallBack when } userErrors { field code } } }"""


async def test_a_source_is_made_its_secret_shown_once_and_what_it_sends_is_told(house: Running) -> None:
    admin, source = await house.key("administrator", holder=f"keeper {new_id()}"), f"mail-{new_id().hex}"
    made = (await house.ask(admin, PUT_SOURCE, key=source, **{"is": {"kind": "email"}}))["data"]["putFeedbackSource"]
    secret = made["entity"].pop("secret")
    assert made == {"entity": {"key": source, "kind": "email", "referenceKind": "account", "version": 1}, "userErrors": []}
    sent = await house.rest(None, "POST", f"/feedback/v1/webhooks/email/{secret}", content=mail.WEB_FORM, headers={"content-type": "message/rfc822"})
    assert (sent.status_code, sent.json()) == (200, {"processed": 1})
    await house.rest(None, "POST", f"/feedback/v1/webhooks/email/{secret}", content=b"\n\nno message", headers={"content-type": "message/rfc822"})
    house.clock.move_to(house.clock.now() + timedelta(seconds=1))  # what was acknowledged is applied a moment later
    await house.settle()
    asked = """query { feedbackSources(first: 50) { edges { node { key kind secret } } }
        unknownFeedbackEvents(first: 50) { edges { node { sourceKey outcome itemId } } } failedFeedbackCalls(first: 5) { edges { node { uid } } } }"""
    told = (await house.ask(admin, asked))["data"]
    assert {"node": {"key": source, "kind": "email", "secret": None}} in told["feedbackSources"]["edges"]
    assert {"node": {"sourceKey": source, "outcome": "unreadable", "itemId": None}} in told["unknownFeedbackEvents"]["edges"]
    assert told["failedFeedbackCalls"]["edges"] == []
    items = (await house.rest(admin, "GET", "/feedback/v1/items?source=email")).json()["items"]
    (item,) = [one["id"] for one in items if one["external_id"] == "form-1@shop.example"]
    events = "query($id: ID!) { feedbackItemEvents(itemId: $id, first: 5) { edges { node { sourceKey name outcome itemId } } } }"
    listed = (await house.ask(admin, events, id=item))["data"]["feedbackItemEvents"]["edges"]
    assert listed == [{"node": {"sourceKey": source, "name": "message", "outcome": "created", "itemId": item}}]
    again = "mutation { replayFailedFeedbackCalls { entity { calls } userErrors { code } } }"
    assert (await house.ask(admin, again))["data"]["replayFailedFeedbackCalls"] == {"entity": {"calls": 0}, "userErrors": []}
    analyst = await house.key("analyst", holder=f"reader {new_id()}")
    assert (await house.ask(analyst, asked))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    wrong = (await house.ask(admin, PUT_SOURCE, key=source, **{"is": {"kind": "pigeon"}}))["data"]["putFeedbackSource"]
    assert (wrong["entity"], [one["field"] for one in wrong["userErrors"]]) == (None, ["kind"])


async def test_a_review_that_is_only_named_waits_in_a_list_until_it_is_tried_again(house: Running) -> None:
    admin, source = await house.key("administrator", holder=f"keeper {new_id()}"), f"feefo-{new_id().hex}"
    secret = (await house.ask(admin, PUT_SOURCE, key=source, **{"is": {"kind": "feefo"}}))["data"]["putFeedbackSource"]["entity"]["secret"]
    await house.rest(None, "POST", f"/feedback/v1/webhooks/feefo/{secret}", json={"review_id": "f-1"})
    house.clock.move_to(house.clock.now() + timedelta(seconds=1))
    await house.settle()
    asked = "query { reviewsToFetch(first: 5) { edges { node { sourceKey externalId failure } } } }"
    refused = {"sourceKey": source, "externalId": "f-1", "failure": "The source has no author_id: at Feefo that is the merchant identifier."}
    assert {"node": refused} in (await house.ask(admin, asked))["data"]["reviewsToFetch"]["edges"]
    again = "mutation { fetchReviewsAgain { entity { reviews } userErrors { code } } }"
    assert (await house.ask(admin, again))["data"]["fetchReviewsAgain"] == {"entity": {"reviews": 1}, "userErrors": []}
    assert {"node": {**refused, "failure": None}} in (await house.ask(admin, asked))["data"]["reviewsToFetch"]["edges"]


async def test_a_follow_up_rule_is_replaced_and_its_versions_stay_and_a_mistake_in_its_condition_is_shown(house: Running) -> None:
    key, rule = await house.key("administrator", holder=f"keeper {new_id()}"), f"rule-{new_id().hex}"
    said = {"priority": 50, "dueOfficeHours": 6.0, "sentiment": "negative", "kinds": ["email"], "when": "severity >= 3"}
    first = (await house.ask(key, PUT_RULE, key=rule, **{"is": said}))["data"]["putFollowUpRule"]
    assert first == {
        "entity": {
            "key": rule, "priority": 50, "active": True, "dueOfficeHours": 6.0, "kinds": ["email"], "sentiment": "negative", "drivers": [],
            "wantsCallBack": False, "when": "severity >= 3",
        },
        "userErrors": [],
    }  # fmt: skip
    await house.ask(key, PUT_RULE, key=rule, **{"is": {"priority": 50, "dueOfficeHours": 2.5, "active": False}})
    asked = """query($key: String!) { followUpRuleVersions(key: $key, first: 5) { edges { node { version rule by } } }
        followUpRules(first: 50) { edges { node { key dueOfficeHours active } } } }"""
    told = (await house.ask(key, asked, key=rule))["data"]
    versions = [(edge["node"]["version"], edge["node"]["rule"]["due_office_hours"]) for edge in told["followUpRuleVersions"]["edges"]]
    assert versions == [(2, 2.5), (1, 6.0)]
    rules = {edge["node"]["key"]: edge["node"] for edge in told["followUpRules"]["edges"]}
    assert rules[rule] == {"key": rule, "dueOfficeHours": 2.5, "active": False}
    assert {"contact_me", "severity", "one_star", "low_score"} <= rules.keys()
    wrong = (await house.ask(key, PUT_RULE, key=rule, **{"is": {**said, "when": "severity >="}}))["data"]["putFollowUpRule"]
    assert (wrong["entity"], [one["field"] for one in wrong["userErrors"]]) == (None, ["when"])


async def test_texts_are_tried_themes_looked_for_and_looks_at_clear_words_listed(house: Running) -> None:
    key = await house.key("administrator", holder=f"keeper {new_id()}")
    tried = await house.ask(key, 'query { textReadings(texts: ["I am very disappointed and I call my lawyer."]) { language sentiment severity } }')
    assert tried["data"]["textReadings"] == [{"language": "en", "sentiment": "negative", "severity": 4}]
    found = (await house.ask(key, "mutation { findFeedbackThemes { entity { at } userErrors { code } } }"))["data"]["findFeedbackThemes"]
    assert (found["entity"] is not None, found["userErrors"]) == (True, [])
    said = {"external_id": f"mail-{new_id()}", "kind": "email", "text": "Write to anna@mail.example please."}
    item = (await house.rest(key, "POST", "/feedback/v1/items", json=said)).json()["id"]
    await house.settle()
    looked = (await house.rest(key, "GET", f"/feedback/v1/items/{item}")).json()
    asked = "query { feedbackDisclosures(first: 1) { edges { node { itemId place chain } } pageInfo { hasNextPage } } }"
    shown = (await house.ask(key, asked))["data"]["feedbackDisclosures"]["edges"]
    assert looked["text"] == "Write to anna@mail.example please."
    assert [edge["node"]["itemId"] for edge in shown] == [item]
    assert len(shown[0]["node"]["chain"]) == 64


async def test_a_signed_review_shows_who_may_have_written_it_until_a_person_says_so_and_then_stands_in_their_timeline(house: Running) -> None:
    key, name = await house.key("administrator", holder=f"keeper {new_id()}"), f"Zsofia Q{new_id().hex[-6:]}"
    account = f"Z-{new_id().hex}"
    customer = (await house.rest(key, "PUT", f"/customers/v1/customers/by-key/account/{account}", json={"display_name": name})).json()["id"]
    order = {"order_reference": account, "customer_key": {"kind": "account", "value": account}}
    await house.rest(key, "POST", "/customers/v1/orders", json=order)
    await house.settle()
    said = {"external_id": new_id().hex, "kind": "service_review", "text": "The zeppelin never came.", "author": name, "place": "Berlin"}
    item = (await house.rest(key, "POST", "/feedback/v1/items", json=said)).json()["id"]
    await house.settle()
    asked = """query($item: ID!) { unmatchedVoice(itemId: $item) { author place keys { kind } reviewerRequest { state } item { text }
        likelyAuthors { customerId evidence { kind holds } } } }"""
    voice = (await house.ask(key, asked, item=item))["data"]["unmatchedVoice"]
    change = """mutation($i: ID!, $c: UUID!) { askReviewer(itemId: $i, message: "Who are you?") { entity { state } userErrors { code } }
        matchFeedback(itemId: $i, customerId: $c) { entity { customerId } } }"""
    changed = (await house.ask(key, change, i=item, c=customer))["data"]
    await house.settle()
    after = """query($item: ID!, $id: ID!) { unmatchedVoice(itemId: $item) { author }
        customer(id: $id) { timeline(first: 9) { edges { node { kind } } } } }"""
    found = (await house.ask(key, after, item=item, id=customer))["data"]

    (author,) = voice.pop("likelyAuthors")
    signs = {one["kind"]: one["holds"] for one in author["evidence"]}
    assert (author["customerId"], signs) == (customer, {"name": True, "met": True})
    assert voice == {
        "author": name, "place": "Berlin", "keys": [], "reviewerRequest": None, "item": {"text": said["text"]},
    }  # fmt: skip
    assert changed["askReviewer"] == {"entity": None, "userErrors": [{"code": "feedback_cannot_ask_reviewer"}]}
    assert changed["matchFeedback"] == {"entity": {"customerId": customer}}
    assert found["unmatchedVoice"] is None
    assert "feedback_received" in {edge["node"]["kind"] for edge in found["customer"]["timeline"]["edges"]}

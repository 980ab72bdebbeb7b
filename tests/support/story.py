"""The story that must always run, told through public doors only, against any running house."""

import asyncio
import email
import email.policy
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.support.story_documents import CUSTOMER_VIEW

T = TypeVar("T")
ROOMS = ("gateway", "customers", "routing", "survey", "feedback", "knowledge", "insight")
"""The gateway first: it mints the tokens, and a token from the past is no token."""
PATIENCE_S = 30.0
ACCOUNT = {"kind": "account", "value": "ACC-1001"}


async def eventually(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Return what `look` finds as soon as it finds it; events travel, so the first look may be too early."""
    end = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        found = await look()
        if found:
            return found
        assert asyncio.get_running_loop().time() < end, f"it never came: {what}"
        await asyncio.sleep(0.05)


@dataclass
class Story:
    """One customer's story; each step asserts what a person would see."""

    api: httpx.AsyncClient
    """With an administrator's key."""
    customer_side: httpx.AsyncClient
    """Without any key: the customer's browser and the review platform."""
    mailbox: Path
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    known: dict[str, Any] = field(default_factory=dict)

    async def get(self, path: str, **parameters: Any) -> Any:
        answer = await self.api.get(path, params=parameters)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = await self.api.request(method, path, json=body, headers=headers)
        assert answer.status_code in {200, 201, 202, 204}, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return await self.send("POST", path, body, **headers)

    async def graphql(self, document: str, **variables: Any) -> Any:
        answer = await self.api.post("/graphql", json={"query": document, "variables": variables})
        found = answer.json()
        assert "errors" not in found, found["errors"]
        return found["data"]

    async def move_to(self, moment: datetime) -> None:
        """Make `moment` the present everywhere."""
        self.now = moment
        for room in ROOMS:
            await self.send("PUT", f"/{room}/dev/clock", {"now": moment.isoformat()})

    async def letters(self, to: str) -> list[Any]:
        """Return the e-mails to one address, oldest first."""

        def read() -> list[Any]:
            found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in self.mailbox.glob("*.eml")]
            return [letter for letter in found if letter["To"] == to]

        return await asyncio.to_thread(read)

    # --- the steps ---------------------------------------------------------------------------------------------------------------------

    async def an_order_call_ends(self) -> None:
        await self.move_to(self.now)
        customer = await self.send(
            "PUT",
            "/customers/v1/customers/by-key/account/ACC-1001",
            {
                "display_name": "Maria Keller",
                "language": "en",
                "time_zone": "Europe/Berlin",
                "country": "DE",
                "email": "maria@example.org",
                "phone": "+4915112345678",
                "preferred_channel": "email",
            },
        )
        self.known["customer"] = customer["id"]
        await self.post("/customers/v1/orders", {"order_reference": "O-5001", "customer_key": ACCOUNT, "product": "card"})
        ended = await self.post(
            "/routing/v1/ended-contacts",
            {
                "external_id": "call-1",
                "channel": "voice",
                "direction": "inbound",
                "queue": "cards",
                "agent_external_id": "a-ada",
                "customer_key": ACCOUNT,
                "started_at": (self.now - timedelta(minutes=6)).isoformat(),
                "ended_at": self.now.isoformat(),
                "disposition": "order placed",
                "driver": "card_delivery",
                "resolved": "yes",
                "order_reference": "O-5001",
                "language": "en",
            },
        )
        self.known["contact"] = ended["id"]

    async def the_survey_waits_for_the_delivery_and_a_decent_hour(self) -> None:
        async def pending() -> Any:
            items = (await self.get("/survey/v1/decisions", contact_id=self.known["contact"]))["items"]
            return next((one for one in items if one["programme"] == "card_order"), None)

        decision = await eventually(pending, "a decision about the order call")
        assert (decision["outcome"], decision["waits_for"]) == ("pending", "order_delivered")
        assert await self.letters("maria@example.org") == []
        delivered = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # 21:00 in Berlin; a day later is 21:00 again, which is no decent hour
        await self.move_to(delivered)
        await self.post("/customers/v1/orders/O-5001/delivered", {"delivered_at": delivered.isoformat()})

        async def timed() -> Any:
            found = await pending()
            return found if found["next_possible_at"] else None

        decision = await eventually(timed, "the time of asking")
        assert datetime.fromisoformat(decision["next_possible_at"]) == datetime(2026, 11, 27, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
        await self.move_to(datetime(2026, 11, 27, 9, 0, 1, tzinfo=UTC))

        async def invited() -> Any:
            found = await pending()
            return found if found["outcome"] == "invited" else None

        decision = await eventually(invited, "the invitation")
        assert decision["inclusion_probability"] == 1.0
        assert {rule["verdict"] for rule in decision["rules"]} == {"pass"}
        letters = await eventually(lambda: self.letters("maria@example.org"), "the e-mail")
        assert len(letters) == 1
        assert letters[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        self.known["link"] = _link(letters[0])

    async def the_customer_answers_two_of_five_and_wants_to_be_called(self) -> None:
        answer = await self._answer_page(
            self.known["link"],
            {
                "q.helped": "1",
                "q.resolved": "no",
                "q.better": "My new card never arrived, I waited three weeks and nobody can tell me where it is. This is the third time I ask!",
                "q.contact": "yes",
                "contact_channel": "voice",
            },
        )
        assert answer.status_code in {200, 201}
        again = await self.customer_side.get(self.known["link"])
        assert "q.helped" not in again.text

    async def _answer_page(self, link: str, answers: dict[str, str]) -> httpx.Response:
        page = await self.customer_side.get(link)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert len(page.content) <= 15_360
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        await self.move_to(self.now + timedelta(seconds=40))  # nobody answers in the second the page was drawn
        return await self.customer_side.post(link, data=hidden | answers, follow_redirects=True)

    async def a_review_platform_brings_one_star(self) -> None:
        source = await self.send("PUT", "/feedback/v1/webhook-sources/trustpilot", {"kind": "trustpilot", "new_secret": True})
        review = {
            "events": [
                {
                    "eventName": "service-review-created",
                    "version": "1",
                    "eventData": {
                        "id": "53bffd360000640002975387",
                        "language": "en",
                        "title": "Card never came",
                        "text": "I ordered a card and it has not arrived by post. Terrible, nobody knows when it will be delivered.",
                        "referenceId": "ACC-1001",
                        "stars": 1,
                        "createdAt": (self.now).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                        "isVerified": True,
                        "locationId": "43f51215-a1fc-4c60-b6dd-e4afb6d7b831",
                        "link": "https://api.trustpilot.com/v1/reviews/53bffd360000640002975387",
                        "consumer": {"id": "53bffc3900006400017e5db8", "name": "M. K.", "link": "https://api.trustpilot.com/v1/consumers/53bf"},
                        "tags": [{"group": "Generic", "value": "card"}],
                    },
                },
            ],
        }
        path = source["path"] if "path" in source else f"/feedback/v1/webhooks/trustpilot/{source['secret']}"
        for _ in range(2):  # platforms deliver at least once
            answer = await self.customer_side.post(path, json=review)
            assert answer.status_code in {200, 202}, answer.text

    async def feedback_understands_and_one_person_owes_an_answer(self) -> None:
        async def understood() -> Any:
            items = (await self.get("/feedback/v1/items", customer_id=self.known["customer"]))["items"]
            ready = [one for one in items if one["kind"] in {"answer", "service_review"} and one["driver"]]
            return ready if len(ready) == 2 else None

        items = await eventually(understood, "both voices, understood")
        for item in items:
            understood_as = (item["language"], item["sentiment"], item["driver"], item["department"])
            assert understood_as == ("en", "negative", "card_delivery", "logistics"), item
            assert item["severity"] >= 2
            driver = next(label for label in item["labels"] if label["axis"] == "driver")
            assert 0 < driver["confidence"] <= 1
            assert driver["source"].partition(":")[0] in {"model", "agent"}  # the agent may have said it before the model had learned it

        async def opened() -> Any:
            found = (await self.get("/feedback/v1/follow-ups", customer_id=self.known["customer"]))["items"]
            return found if found and found[0]["issue"] != "general" else None

        follow_ups = await eventually(opened, "the follow-up")
        assert [(one["issue"], one["state"], one["wants_call_back"]) for one in follow_ups] == [("card_delivery", "open", True)], follow_ups
        self.known["follow_up"] = follow_ups[0]["id"]

    async def routing_offers_the_call_back_and_says_why(self) -> None:
        async def queued() -> Any:
            items = (await self.get("/routing/v1/contacts", queue="callbacks"))["items"]
            return next((one for one in items if one["follow_up_id"] == self.known["follow_up"]), None)

        contact = await eventually(queued, "the call-back")
        self.known["call_back"] = contact["id"]
        first = await self._offer()
        explanation = await self.get(f"/routing/v1/contacts/{contact['id']}/explanation")
        assert explanation["decisions"][0]["terms"]
        assert explanation["decisions"][0]["sentence"]
        await self.post(f"/routing/v1/reservations/{first['reservation']['id']}/decline", {"reason": "in a meeting"})
        second = await self._offer(but=first["reservation"]["id"])
        assert second["reservation"]["agent_id"] != first["reservation"]["agent_id"]
        for _ in range(2):  # a second accept is the same accept
            taken = await self.post(f"/routing/v1/reservations/{second['reservation']['id']}/accept")
            assert taken["status"] == "accepted"

    async def _offer(self, but: str | None = None) -> Any:
        async def offered() -> Any:
            for agent in (await self.get("/routing/v1/agents"))["items"]:
                offers = await self.get(f"/routing/v1/agents/{agent['external_id']}/offers")
                for offer in offers["items"] if isinstance(offers, dict) else offers:
                    if offer["contact"]["id"] == self.known["call_back"] and offer["reservation"]["id"] != but:
                        return offer
            return None

        return await eventually(offered, "an offer to an agent")

    async def the_agent_sees_the_whole_customer(self) -> None:
        async def seen() -> Any:
            customer = (await self.graphql(CUSTOMER_VIEW, key=ACCOUNT))["customer"]
            kinds = [edge["node"]["kind"] for edge in customer["timeline"]["edges"]]
            return (
                customer if {"contact_ended", "order_delivered", "survey_answered", "feedback_received", "follow_up_opened"} <= set(kinds) else None
            )

        customer = await eventually(seen, "the whole timeline")
        times = [datetime.fromisoformat(edge["node"]["occurredAt"]) for edge in customer["timeline"]["edges"]]
        assert times == sorted(times, reverse=True)
        assert customer["displayName"] == "Maria Keller"
        assert {section["state"] for section in customer["sections"]} == {"FRESH"}
        assert len(customer["feedback"]["edges"]) >= 2
        assert [edge["node"]["issue"] for edge in customer["followUps"]["edges"]] == ["card_delivery"]
        assert customer["offer"]["offer"] is None
        assert customer["offer"]["withheld"]

    async def writing_up_the_case_makes_it_knowledge_at_once(self) -> None:
        case = await self.post(
            "/customers/v1/cases",
            {
                "customer_key": ACCOUNT,
                "title": "Card lost at the sorting centre",
                "description": "Third time asking",
                "language": "en",
                "driver": "card_delivery",
            },
        )
        await self.post(
            f"/customers/v1/cases/{case['id']}/write-up",
            {
                "title": "Card stuck at the Leipzig sorting centre",
                "problem": "The card left the printer but stays at the sorting centre.",
                "cause": "Envelopes with a window are rejected by the new sorting machine.",
                "resolution": "Order a courier card with code SORT7 and refund the express fee.",
                "language": "en",
            },
        )

        async def found() -> Any:
            hits = (await self.get("/knowledge/v1/search", q="Leipzig sorting centre", language="en"))["results"]
            return next((hit for hit in hits if hit["title"] == "Card stuck at the Leipzig sorting centre"), None)

        draft = await eventually(found, "the draft in the search")
        assert draft["state"] == "work_in_progress"
        known = (await self.get("/knowledge/v1/search", q="card has not arrived", language="en"))["results"][0]
        await self.post(f"/knowledge/v1/articles/{known['article_id']}/link", {"case_id": case["id"], "customer_id": self.known["customer"]})
        await self.post(f"/customers/v1/cases/{case['id']}/resolve")

    async def the_customer_confirms_and_the_follow_up_closes(self) -> None:
        await self.post(
            f"/routing/v1/contacts/{self.known['call_back']}/end",
            {"disposition": "resolved", "driver": "card_delivery", "resolved": "yes", "notes": "Courier card ordered."},
        )

        async def second() -> Any:
            letters = await self.letters("maria@example.org")
            return next((one for one in letters if _link(one) != self.known["link"]), None) if len(letters) > 1 else None

        letter = await eventually(second, "the recovery survey")
        await self._answer_page(_link(letter), {"q.helped": "5", "q.resolved": "yes"})

        async def closed() -> Any:
            found = await self.get(f"/feedback/v1/follow-ups/{self.known['follow_up']}")
            return found if found["state"] == "closed" else None

        assert (await eventually(closed, "the closed follow-up"))["outcome"] == "confirmed"

    async def insight_shows_the_cost_and_everybody_is_told(self) -> None:
        period = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}

        async def counted() -> Any:
            drivers = await self.get("/insight/v1/drivers", **period)
            rows = drivers["items"] if isinstance(drivers, dict) else drivers
            return next((one for one in rows if one["driver"] == "card_delivery" and one["contacts"] >= 2 and one["negative"]["n"] >= 2), None)

        row = await eventually(counted, "the driver in the figures")
        assert row["department"] == "logistics"
        assert float(row["cost"]["amount"]) > 0

        async def both_answers() -> Any:
            metric = await self.get("/insight/v1/metrics/csat", **period)
            return metric if metric["n"] >= 2 else None

        csat = await eventually(both_answers, "both answers in the figures")
        assert csat["n"] == 2
        assert csat["definition_id"]
        initiative = await self.post(
            "/insight/v1/initiatives",
            {
                "title": "Envelopes without windows",
                "driver": "card_delivery",
                "department": "logistics",
                "responsible": "logistics lead",
                "accountable": "chief operations",
                "target": {"metric": "csat", "value": 0.8},
                "baseline_from": "2026-11-01T00:00:00Z",
                "baseline_to": "2026-11-27T00:00:00Z",
                "due": "2027-01-31T00:00:00Z",
                "messages": {"en": "You said cards got lost. We changed the envelopes: they now arrive within five days.", "de": "Neue Umschläge."},
            },
        )
        await self.post(f"/insight/v1/initiatives/{initiative['id']}/start")
        for _ in range(2):
            await self.api.post(f"/insight/v1/initiatives/{initiative['id']}/publish", headers={"Idempotency-Key": "publish-1"})

        async def told() -> Any:
            letters = await self.letters("maria@example.org")
            return [one for one in letters if "changed the envelopes" in one.get_body(("plain",)).get_content()]

        assert len(await eventually(told, "you said, we did")) == 1
        detail = await self.get(f"/insight/v1/initiatives/{initiative['id']}")
        assert detail["effect"]["verdict"] in {"too_early", "not_proven"}

        async def noted() -> Any:
            return (await self.get(f"/insight/v1/initiatives/{initiative['id']}"))["contributors_told"] or None

        assert await eventually(noted, "the count of who was told") == 1

    async def tell(self) -> None:
        """Tell it from the beginning to the end."""
        await self.an_order_call_ends()
        await self.the_survey_waits_for_the_delivery_and_a_decent_hour()
        await self.the_customer_answers_two_of_five_and_wants_to_be_called()
        await self.a_review_platform_brings_one_star()
        await self.feedback_understands_and_one_person_owes_an_answer()
        await self.routing_offers_the_call_back_and_says_why()
        await self.the_agent_sees_the_whole_customer()
        await self.writing_up_the_case_makes_it_knowledge_at_once()
        await self.the_customer_confirms_and_the_follow_up_closes()
        await self.insight_shows_the_cost_and_everybody_is_told()


def _link(letter: Any) -> str:
    found = re.search(r"https?://[^\s]+/s/[A-Za-z0-9_-]+", letter.get_body(("plain",)).get_content())
    return found[0] if found else ""

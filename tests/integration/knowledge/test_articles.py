"""The life of an article: written, changed, trusted, doubted, reused."""

from uuid import UUID

from services.kit.ids import new_id
from services.knowledge.app import service
from services.knowledge.contract import ArticleChanged, ArticleLinked
from services.routing.contract import ContactEnded
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import CUSTOMER, write
from tests.support.room import START


def contact_ended(articles: list[UUID], agent: UUID) -> ContactEnded:
    """A contact in which an agent used articles."""
    empty = dict.fromkeys(ContactEnded.model_fields)
    told = {
        "contact_id": new_id(),
        "customer_id": CUSTOMER,
        "customer_keys": [],
        "channel": "voice",
        "direction": "inbound",
        "agent_id": agent,
        "transfers": 0,
        "articles": articles,
        "started_at": START,
        "ended_at": START,
        "handle_seconds": 60.0,
    }
    return ContactEnded.model_validate(empty | told)


async def test_an_article_is_written_read_and_kept_in_its_versions(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write", subject="anna")
        article = await write(api, "  Router\u202e reset ", "Hold **reset** [here](//evil.example).")
        assert (article["title"], article["state"], article["author"], article["version"]) == ("Router reset", "not_validated", "anna", 1)
        assert article["html"] == {"resolution": "<p>Hold <strong>reset</strong> [here](//evil.example).</p>"}
        read = await api.get(f"/knowledge/v1/articles/{article['id']}")
        assert (read.json(), read.headers["ETag"]) == (article, '"v1"')
        change = {"title": "Router reset", "problem": "Red light", "language": "en"}
        refused = await api.put(f"/knowledge/v1/articles/{article['id']}", json=change)
        assert (refused.status_code, refused.json()["code"]) == (428, "version_required")
        changed = await api.put(f"/knowledge/v1/articles/{article['id']}", json=change, headers={"If-Match": '"v1"'})
        assert (changed.status_code, changed.json()["version"], changed.json()["resolution"]) == (200, 2, None)
        stale = await api.put(f"/knowledge/v1/articles/{article['id']}", json=change, headers={"If-Match": '"v1"'})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
        first = (await api.get(f"/knowledge/v1/articles/{article['id']}/versions", params={"limit": 1})).json()
        second = (await api.get(f"/knowledge/v1/articles/{article['id']}/versions", params={"limit": 1, "cursor": first["next_cursor"]})).json()
        assert [(one["version"], one["reason"], one["problem"]) for one in first["items"] + second["items"]] == [
            (2, "edited", "Red light"),
            (1, "created", None),
        ]
        assert second["next_cursor"] is None


async def test_an_article_without_sense_is_refused(open_room: OpenRoom) -> None:
    good: dict[str, object] = {"title": "x", "language": "en", "problem": "y"}
    without_words = {"title": "x", "language": "en"}
    senseless = (
        without_words,
        good | {"problem": "  "},
        good | {"title": ""},
        good | {"language": "klingon!"},
        good | {"html": {}},
        good | {"title": "x" * 501},
    )
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        for body in senseless:
            answer = await api.post("/knowledge/v1/articles", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
        assert (await api.get("/knowledge/v1/articles")).json() == {"items": [], "next_cursor": None}


async def test_a_word_longer_than_a_snippet_is_found_and_shown(open_room: OpenRoom) -> None:
    """A token, a hash, a line of base64: the second article with it is told of the first."""
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        body = {"title": "Licence", "language": "en", "problem": "", "resolution": "0" * 400}
        first, second = [(await api.post("/knowledge/v1/articles", json=body)).json() for _ in range(2)]
        assert (second["similar_to"], second["similarity"]) == (first["id"], 1.0)


async def test_an_article_without_a_resolution_cannot_be_validated(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        body = {"title": "Router", "problem": "Red light", "language": "en"}
        article = (await api.post("/knowledge/v1/articles", json=body)).json()
        assert article["state"] == "work_in_progress"
        answer = await api.post(f"/knowledge/v1/articles/{article['id']}/state", json={"state": "validated", "audience": "customer"})
        assert (answer.status_code, answer.json()["code"]) == (422, "article_incomplete")
        assert (await api.get(f"/knowledge/v1/articles/{article['id']}")).json() == article


async def test_the_same_standing_again_is_no_new_version(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        article = await write(api, "Router", "Reset.", published=True)
        again = await api.post(f"/knowledge/v1/articles/{article['id']}/state", json={"state": "validated"})
        assert (again.json()["version"], again.json()["audience"]) == (2, "customer")
        await room.settle()
        assert [(e.version, e.state, e.audience) for e in room.said(ArticleChanged)] == [
            (1, "not_validated", "internal"),
            (2, "validated", "customer"),
        ]


async def test_reuse_by_three_other_people_validates_an_article(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        author = room.client("knowledge:read", "knowledge:write", subject="author")
        article = await write(author, "Router", "Reset.")
        address = f"/knowledge/v1/articles/{article['id']}"
        case = str(new_id())
        for subject, solved in (("author", {"contact_id": str(new_id())}), ("ben", {"case_id": case}), ("cem", {"case_id": case})):
            linked = await room.client("knowledge:write", subject=subject).post(f"{address}/link", json=solved)
            assert linked.status_code == 201
        assert (await author.get(f"{address}/use")).json() | {"links": 2, "people": 1} == {
            "article_id": article["id"],
            "links": 2,
            "people": 1,
            "helpful": 0,
            "unhelpful": 0,
            "open_flags": 0,
        }
        for subject in ("cem", "dana"):
            assert (await author.get(address)).json()["state"] == "not_validated"
            await room.client("knowledge:write", subject=subject).post(f"{address}/link", json={"contact_id": str(new_id())})
        assert (await author.get(address)).json()["state"] == "validated"
        await room.settle()
        assert [e.by for e in room.said(ArticleLinked)] == ["author", "ben", "cem", "dana"]
        both = await author.post(f"{address}/link", json={"case_id": case, "contact_id": case})
        assert (both.status_code, both.json()["code"]) == (422, "invalid_input")


async def test_an_open_flag_stops_validation_until_somebody_edits(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        article = await write(api, "Router", "Reset.")
        address = f"/knowledge/v1/articles/{article['id']}"
        flag = await api.post(f"{address}/flags", json={"reason": "out_of_date", "note": "Ask bob@example.org"})
        assert (flag.status_code, flag.json()["note"], flag.json()["article_version"]) == (201, "Ask \u2039e-mail\u203a", 1)
        for agent in range(3):
            await room.client("knowledge:write", subject=f"agent-{agent}").post(f"{address}/link", json={"contact_id": str(new_id())})
        assert (await api.get(address)).json()["state"] == "not_validated"
        await api.put(address, json={"title": "Router", "resolution": "New.", "language": "en"}, headers={"If-Match": '"v1"'})
        assert (await api.get(f"{address}/use")).json()["open_flags"] == 0
        await room.client("knowledge:write", subject="agent-0").post(f"{address}/link", json={"contact_id": str(new_id())})
        assert (await api.get(address)).json()["state"] == "validated"


async def test_articles_used_in_a_contact_are_linked_to_it_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        article = UUID((await write(api, "Router", "Reset."))["id"])
        ended = contact_ended([article, new_id(), article], new_id())
        await room.hear(ended)
        await room.hear(ended)
        await room.settle()
        assert [(e.article_id, e.contact_id, e.customer_id, e.by) for e in room.said(ArticleLinked)] == [
            (article, ended.contact_id, CUSTOMER, str(ended.agent_id)),
        ]


async def test_an_archived_article_solves_nothing_any_more(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        article = await write(api, "Router", "Reset.")
        await api.post(f"/knowledge/v1/articles/{article['id']}/state", json={"state": "archived"})
        answer = await api.post(f"/knowledge/v1/articles/{article['id']}/link", json={"case_id": str(new_id())})
        assert (answer.status_code, answer.json()["code"]) == (409, "article_archived")
        missing = await api.post(f"/knowledge/v1/articles/{new_id()}/link", json={"case_id": str(new_id())})
        assert (missing.status_code, missing.json()["code"]) == (404, "article_not_found")


async def test_articles_are_listed_in_pages_newest_first(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        for name in "abc":
            await write(api, name, "Words.", published=name == "a")
        first = (await api.get("/knowledge/v1/articles", params={"limit": 2})).json()
        second = (await api.get("/knowledge/v1/articles", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [one["title"] for one in first["items"]] == ["c", "b"]
        assert ([one["title"] for one in second["items"]], second["next_cursor"]) == (["a"], None)
        validated = (await api.get("/knowledge/v1/articles", params={"state": "validated"})).json()
        assert [one["title"] for one in validated["items"]] == ["a"]
        assert (await api.get("/knowledge/v1/articles", params={"cursor": "x"})).status_code == 422

"""Keys are kept the same way on SQLite and PostgreSQL, and what happens to them is told."""

from gateway.access.roles import ROLES
from gateway.access.service import service
from gateway.contract import KeyIssued, KeyRevoked
from tests.conftest import OpenRoom


async def test_keys_are_issued_listed_replaced_and_revoked(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        keeper = room.client("keys:manage", *ROLES["analyst"], subject="keeper")
        made = (await keeper.post("/gateway/v1/keys", json={"holder": "bi", "roles": ["analyst"], "vendors": ["V1"]})).json()
        other = (await keeper.post("/gateway/v1/keys", json={"holder": "dwh", "roles": ["analyst"]})).json()
        replaced = (await keeper.post(f"/gateway/v1/keys/{made['id']}/replacement", json={"overlap_hours": 0})).json()

        first = (await keeper.get("/gateway/v1/keys", params={"limit": 2})).json()
        rest = (await keeper.get("/gateway/v1/keys", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        gone = [(await keeper.delete(f"/gateway/v1/keys/{other['id']}")).status_code for _ in range(2)]
        again = await keeper.post(f"/gateway/v1/keys/{other['id']}/replacement", json={})
        await room.settle()

        assert [key["id"] for key in (*first["items"], *rest["items"])] == [made["id"], other["id"], replaced["id"]]
        assert rest["next_cursor"] is None
        assert (made["sites"], made["vendors"], replaced["vendors"]) == (None, ["V1"], ["V1"])
        assert gone == [204, 204]
        assert again.json()["code"] == "key_not_live"
        assert [(said.holder, said.issued_by) for said in room.said(KeyIssued)] == [("bi", "keeper"), ("dwh", "keeper"), ("bi", "keeper")]
        assert [(said.holder, said.revoked_by) for said in room.said(KeyRevoked)] == [("dwh", "keeper")]

"""Articles come from other places and go to others, as files; nothing dangerous comes with them."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra import import_articles
from services.knowledge.app import service
from services.knowledge.domain.html_markdown import to_markdown
from services.knowledge.domain.interchange import Portable, as_csv, as_markdown, read_csv, read_html, read_markdown
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import search, titles

MARKDOWN = """---
title: Reset the router
language: en
product: fiberbox
state: validated
audience: customer
---
## Problem

The light is red.

## Resolution

Hold **reset** for ten seconds.
"""
HTML = (
    "<html><head><title>ignored</title><script>steal()</script></head><body><h1>Change your plan</h1><p>Open <b>My account</b> &amp; choose.</p>"
    '<ol><li>First</li><li>Then <a href="javascript:alert(1)">click</a></li></ol><img src=x onerror=alert(1)></body></html>'
)
CSV = 'id,Title,Body,Locale\r\n17,Pay a bill,"<p>Use <em>PayBox</em>.</p>",de\r\n18,,Nothing,de\r\n'


async def take_in(api: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    files = [
        {"path": "faq/reset.md", "kind": "markdown", "content": [MARKDOWN[:40], MARKDOWN[40:]]},
        {"path": "plan.html", "kind": "html", "content": [HTML]},
        {"path": "centre.csv", "kind": "csv", "content": [CSV]},
    ]
    answer = await api.post("/knowledge/v1/imports", json={"origin": "old", "files": files, "language": "en"} | changes)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_files_of_three_kinds_come_in_and_the_same_again_changes_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        told = await take_in(api)
        assert (told["created"], told["changed"], told["same"], told["refused"]) == (3, 0, 0, 1)
        assert told["faults"][0]["source"] == "centre.csv#18"
        listed = {one["title"]: one for one in (await api.get("/knowledge/v1/articles")).json()["items"]}
        assert {title: (one["state"], one["audience"], one["language"]) for title, one in listed.items()} == {
            "Reset the router": ("not_validated", "internal", "en"),
            "Change your plan": ("not_validated", "internal", "en"),
            "Pay a bill": ("not_validated", "internal", "de"),
        }
        assert listed["Pay a bill"]["resolution"] == "Use *PayBox*."
        plan = listed["Change your plan"]
        assert "script" not in plan["html"]["resolution"]
        assert plan["html"]["resolution"].startswith("<p>Open <strong>My account</strong> &amp; choose.</p>\n<ol>\n<li>First</li>")
        assert titles(await search(api, "red light reset"))[:1] == ["Reset the router"]
        assert {name: (await take_in(api))[name] for name in ("created", "changed", "same")} == {"created": 0, "changed": 0, "same": 3}
        changed = [{"path": "faq/reset.md", "kind": "markdown", "content": [MARKDOWN.replace("ten", "twelve")]}]
        assert (await take_in(api, files=changed))["changed"] == 1


async def test_what_goes_out_comes_in_again_as_it_was(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await take_in(api, standing="as_written")
        answer = await api.get("/knowledge/v1/exports/articles", params={"format": "markdown"})
        folder = zipfile.ZipFile(io.BytesIO(answer.content))
        assert sorted(folder.namelist()) == ["change-your-plan.md", "pay-a-bill.md", "reset-the-router.md"]
        assert folder.read("reset-the-router.md").decode() == MARKDOWN.replace("---\n##", "---\n\n##")
        page = await api.get("/knowledge/v1/exports/articles", params={"format": "html", "limit": 1})
        assert "X-Next-After" in page.headers
        again = await api.get("/knowledge/v1/exports/articles", params={"format": "csv", "after": page.headers["X-Next-After"]})
        rows = list(csv.DictReader(io.StringIO(again.text)))
        assert ([row["title"] for row in rows], "X-Next-After" in again.headers) == (["Change your plan", "Pay a bill"], False)


async def test_files_that_are_not_what_they_say_are_refused_whole(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        for kind, content in (("csv", "x,y\n1,2\n"), ("pdf", "x")):
            code = "import_unreadable" if kind == "csv" else "invalid_input"
            body = {
                "origin": "old",
                "files": [{"path": "ok.md", "kind": "markdown", "content": ["# A\n\nB"]}, {"path": "a", "kind": kind, "content": [content]}],
                "language": "en",
            }
            refused = await api.post("/knowledge/v1/imports", json=body)
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert (await api.get("/knowledge/v1/articles")).json()["items"] == []


def test_signs_that_mean_something_are_kept_as_words_and_formulas_are_made_harmless() -> None:
    assert to_markdown("<p>2 * 3 &lt; 7 and [x]</p><pre>a_b  c</pre>") == "2 \\* 3 \\< 7 and \\[x\\]\n\n```\na_b  c\n```"
    assert to_markdown("<ul><li>a<ul><li>b</li></ul></li></ul><script>x</script>") == "- a\n\n   - b"
    table = as_csv([Portable("1", "=HYPERLINK(1)", {"resolution": "ok\n@SUM(1)\n-5"})])
    assert table.splitlines()[1:] == ["1,'=HYPERLINK(1),,,,,,,,,\"ok", "'@SUM(1)", "'-5\""]
    one = Portable("x.md", "A: b", {"problem": "P", "resolution": "R"}, {"language": "ru"})
    assert read_markdown("x.md", as_markdown(one)) == one
    assert read_html("my-page.html", "<p>Text</p>").title == "my page"
    assert [row.source for row in read_csv("t.csv", "question,answer\nHow?,So.\n")] == ["t.csv#2"]


async def test_a_folder_is_taken_in_by_one_command_and_again_only_what_changed(open_room: OpenRoom, tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "red.md").write_text("# Red light\n\nHold reset.", encoding="utf-8")
    (tmp_path / "bill.html").write_text("<html><body><h1>Bill</h1><p>In your orders.</p></body></html>", encoding="utf-8")
    (tmp_path / "more.csv").write_text("id,question,answer\n7,Where is my parcel,Look into the tracking.\n", encoding="utf-8-sig")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    said = {"origin": "old", "language": "en", "standing": "review"}
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        assert await import_articles.take_in(api, tmp_path, said) == {"created": 3, "changed": 0, "same": 0, "refused": 0}
        listed = (await api.get("/knowledge/v1/articles")).json()["items"]
        known = {one["source"]: (one["title"], one["state"]) for one in listed}
        assert known == {
            "old/network/red.md": ("Red light", "not_validated"),
            "old/bill.html": ("Bill", "not_validated"),
            "old/more.csv#7": ("Where is my parcel", "not_validated"),
        }
        (tmp_path / "network" / "red.md").write_text("# Red light\n\nHold reset for ten seconds.", encoding="utf-8")
        assert await import_articles.take_in(api, tmp_path, said) == {"created": 0, "changed": 1, "same": 2, "refused": 0}
        packed = tmp_path / "export.zip"
        packed.write_bytes((await api.get("/knowledge/v1/exports/articles", params={"format": "markdown"})).content)
        assert await import_articles.take_in(api, packed, said | {"origin": "copy"}) == {"created": 3, "changed": 0, "same": 0, "refused": 0}


def test_a_large_table_is_cut_between_its_rows_and_one_without_ids_is_refused() -> None:
    rows = [f"{number},Question {number},{'word ' * 200}" for number in range(1500)]
    parts = list(import_articles.requests_of(iter([("old.csv", "id,title,body\r\n" + "\r\n".join(rows))])))
    assert [len(files) for files in parts] == [1, 1, 1]
    texts = ["".join(files[0]["content"]) for files in parts]
    assert {text.splitlines()[0] for text in texts} == {"id,title,body"}
    assert sum(len(text.splitlines()) - 1 for text in texts) == 1500
    with pytest.raises(ValueError, match="no column `id`"):
        list(import_articles.requests_of(iter([("old.csv", "title,body\r\n" + "\r\n".join(rows))])))

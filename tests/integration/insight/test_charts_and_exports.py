"""Charts with their tables and exports in three forms, through their doors."""

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree as ET

from arro3.io import read_parquet

from services.insight.app import service
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_scored, an_answer

ASKED = {"from": "2026-10-25", "to": "2026-11-24"}
PRICE = {"per_hour": "30", "currency": "EUR"}


def _told() -> list[object]:
    """Sixty answers and contacts over twenty days: the south is satisfied half as often, and most contacts are about late deliveries."""
    told: list[object] = []
    for place in range(60):
        at = NOW - timedelta(days=place % 20, hours=2)
        south = place % 2 == 0
        mark = 1 if south and place % 4 == 0 else 5
        about = {"site": "south" if south else "north", "driver": "bill" if place % 3 == 0 else "late-delivery"}
        told.append(an_answer(a_scored("csat5", mark), about=about, answered_at=at))
        told.append(a_contact(**about, ended_at=at, handle_seconds=360.0, external_id="=cmd()"))
    return told


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314  our own picture


async def test_a_chart_comes_with_its_table_and_names_what_it_shows(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json=PRICE)
        await room.hear(*_told())  # type: ignore[arg-type]  # events of several kinds
        trend = (await api.get("/insight/v1/charts/trend", params={**ASKED, "metric": "csat", "goal": 0.8})).json()
        pareto = (await api.get("/insight/v1/charts/pareto", params=ASKED)).json()
        funnel = (await api.get("/insight/v1/charts/funnel", params={**ASKED, "by": "site"})).json()
        drivers = (await api.get("/insight/v1/charts/key-drivers", params=ASKED)).json()
        cycle = (await api.get("/insight/v1/charts/cycle-health", params=ASKED)).json()

        assert trend["table"]["columns"] == ["from", "Customer satisfaction", "95% interval", "answers"]
        assert trend["table"]["rows"][0] == ["Nov 4", "3 of 3", "43.9% to 100.0%", 3]
        assert {"goal 80.0%", "60 answers; the band is the 95% interval; hollow: under 30 answers, without a band"} <= set(_texts(trend["svg"]))
        assert pareto["table"]["rows"] == [["late-delivery", None, 40, "€120.00", "66.7%"], ["bill", None, 20, "€60.00", "100.0%"]]
        assert [row[0] for row in funnel["table"]["rows"]] == ["north", "south"]
        assert [row[1] for row in funnel["table"]["rows"]] == ["100.0%", "50.0%"]
        assert [row[3] for row in funnel["table"]["rows"]] == [30, 30]
        assert (drivers["table"]["rows"], drivers["description"]) == ([], "Two drivers with 30 answers each are needed.")
        assert [row[0] for row in cycle["table"]["rows"]] == ["Collect", "Categorise", "Own", "Act", "Practise", "Tell"]
        assert all("script" not in one["svg"] and "style=" not in one["svg"] for one in (trend, pareto, funnel, drivers, cycle))


async def test_a_chart_speaks_the_language_of_its_reader(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_told())  # type: ignore[arg-type]  # events of several kinds
        wishes = {"Accept-Language": "sv, zh-CN;q=0.9, en;q=0.1"}
        german = (await api.get("/insight/v1/charts/trend", params={**ASKED, "language": "de-AT"}, headers=wishes)).json()
        chinese = (await api.get("/insight/v1/charts/funnel", params=ASKED, headers=wishes)).json()
        hebrew = await api.get("/insight/v1/charts/cycle-health/svg", params={**ASKED, "language": "he"})
        swedish = await api.get("/insight/v1/charts/pareto/svg", params={**ASKED, "language": "sv"})

        assert (german["language"], german["direction"], german["title"]) == ("de", "ltr", "Kundenzufriedenheit")
        assert german["table"]["columns"] == ["ab", "Kundenzufriedenheit", "95\xa0%-Intervall", "Antworten"]
        assert german["table"]["rows"][0] == ["4. Nov.", "3 von 3", "43,9\xa0% bis 100,0\xa0%", 3]
        assert (chinese["language"], chinese["title"]) == ("zh-Hans", "客户满意度：按站点公平比较")
        assert [row[-1] for row in chinese["table"]["rows"]] == ["超出 99.8% 界限", "超出 99.8% 界限"]
        assert (hebrew.headers["content-language"], hebrew.headers["vary"]) == ("he", "Accept-Language")
        assert 'lang="he" direction="rtl"' in hebrew.text
        assert "\u2068אין נתונים\u2069" in _texts(hebrew.text)
        assert (swedish.headers["content-language"], "Why customers contact us, by contacts" in swedish.text) == ("en", True)


async def test_a_picture_alone_runs_nothing_and_a_hostile_name_stays_text(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        name = '</text><script>alert("x")</script>'
        steps = [{"key": "order", "name": name, "drivers": ["bill"]}, {"key": "deliver", "name": "Deliver", "drivers": ["late-delivery"]}]
        await api.put("/insight/v1/processes/purchase", json={"name": "Purchase", "steps": steps})
        await room.hear(*_told())  # type: ignore[arg-type]  # events of several kinds
        drawn = await api.get("/insight/v1/processes/purchase/svg", params=ASKED)
        chart = (await api.get("/insight/v1/processes/purchase/chart", params={**ASKED, "language": "de"})).json()
        alone = await api.get("/insight/v1/charts/pareto/svg", params=ASKED)

        assert drawn.headers["content-type"] == "image/svg+xml"
        assert (alone.headers["content-type"], alone.headers["content-security-policy"]) == (
            "image/svg+xml",
            "default-src 'none'; style-src 'unsafe-inline'",
        )
        assert "<script" not in drawn.text
        assert {"Deliver", "40 contacts", "bottleneck"} <= set(_texts(drawn.text))
        assert chart["table"]["rows"][1][:4] == ["Deliver", "late-delivery", 40, "0"]
        assert chart["description"] == "Der Engpass ist Deliver: 40 Kontakte, 0."


async def test_facts_and_figures_leave_as_csv_json_and_parquet_and_say_the_same(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, limited = room.client("insight:read", "insight:admin"), room.client("insight:read", sites=["north"])
        await api.put("/insight/v1/cost-rates/agent", json=PRICE)
        await room.hear(*_told())  # type: ignore[arg-type]  # events of several kinds
        sheet = await api.get("/insight/v1/exports/contacts", params=ASKED)
        listed = (await api.get("/insight/v1/exports/contacts", params={**ASKED, "format": "json"})).json()
        file = await api.get("/insight/v1/exports/contacts", params={**ASKED, "format": "parquet"})
        figures = (await api.get("/insight/v1/exports/figures", params={**ASKED, "format": "json"})).json()
        theirs = (await limited.get("/insight/v1/exports/contacts", params={**ASKED, "format": "json"})).json()
        unknown = await api.get("/insight/v1/exports/everything", params=ASKED)

        rows = list(csv.DictReader(io.StringIO(sheet.text)))
        table = read_parquet(io.BytesIO(file.content)).read_all()
        assert (len(rows), len(listed), table.num_rows, len(theirs)) == (60, 60, 60, 30)
        assert sum(int(row["cost_cents"]) for row in rows) == sum(one["cost_cents"] for one in listed) == 18_000
        assert sum(table["cost_cents"].to_pylist()) == 18_000
        assert min(table["ended_at"].to_pylist()) == min(NOW - timedelta(days=day, hours=2) for day in range(20))
        assert "external_id" not in rows[0]
        csat = figures[0]
        assert (csat["definition_id"], csat["numerator"], csat["n"], csat["value"], csat["method"]) == ("csat@1", 45, 60, 0.75, "wilson")
        assert unknown.status_code == 404


async def test_every_export_answers_in_every_form(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_told()[:2])  # type: ignore[arg-type]  # events of several kinds
        sizes = {}
        for one in (await api.get("/insight/v1/exports")).json():
            names = [column["name"] for column in one["columns"]]
            sheet = await api.get(f"/insight/v1/exports/{one['key']}", params=ASKED)
            listed = (await api.get(f"/insight/v1/exports/{one['key']}", params={**ASKED, "format": "json"})).json()
            file = await api.get(f"/insight/v1/exports/{one['key']}", params={**ASKED, "format": "parquet"})
            table = read_parquet(io.BytesIO(file.content)).read_all()
            sizes[one["key"]] = (len(listed), table.num_rows, len(list(csv.reader(io.StringIO(sheet.text)))) - 1)
            assert (list(table.schema.names), next(csv.reader(io.StringIO(sheet.text)))) == (names, names)

        assert sizes == {
            "contacts": (1, 1, 1), "answers": (1, 1, 1), "feedback": (0, 0, 0), "figures": (5, 5, 5), "days": (2, 2, 2), "drivers": (1, 1, 1),
            "charge-back": (1, 1, 1),
        }  # fmt: skip
